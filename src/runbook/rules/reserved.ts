import type { Draft } from "../draft.ts";

const rootKeys: { readonly [key: string]: string } = {
  secrets: "secrets",
  connections: "connections",
  deadlines: "deadlines",
};

const stepKeys: { readonly [key: string]: string } = {
  undo: "a step's own `undo`",
  forEach: "`forEach`",
  key: "`forEach`",
  concurrency: "`forEach`",
  maxFailures: "`forEach`",
  steps: "groups of steps",
  parallel: "parallel groups",
};

/** Keys that the language keeps a place for, and this version can't carry out: never ignored, always said. */
export function checkReserved(draft: Draft): void {
  for (const [key, what] of Object.entries(rootKeys)) {
    if (draft.data[key] === undefined) continue;
    draft.error("not-yet", draft.document.locateKey([], key), `this version of belay does not know ${what} yet`);
  }
  for (const step of draft.steps) {
    const seen = new Set<string>();
    for (const [key, what] of Object.entries(stepKeys)) {
      if (step.raw[key] === undefined || seen.has(what)) continue;
      seen.add(what);
      draft.error(
        "not-yet",
        draft.document.locateKey(step.path, key),
        `this version of belay does not know ${what} yet`,
      );
    }
    const confirm = step.raw["confirm"];
    for (const key of ["approvers", "notBy"]) {
      if (typeof confirm !== "object" || confirm === null || !(key in confirm)) continue;
      draft.error(
        "not-yet",
        draft.document.locateKey([...step.path, "confirm"], key),
        "this version of belay does not know approval by other people yet",
      );
    }
  }
}
