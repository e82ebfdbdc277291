import type { Draft } from "../draft.ts";

/** Every step has an id of its own; results, journal and command line go by it. */
export function checkIds(draft: Draft): void {
  const seen = new Map<string, number>();
  for (const step of draft.steps) {
    if (!step.id) continue;
    const range = draft.document.locate([...step.path, "id"]);
    const line = draft.document.diagnostic("error", "", range, "").line;
    const first = seen.get(step.id);
    if (first !== undefined)
      draft.error("duplicate-id", range, `two steps have the id \`${step.id}\`; the other is in line ${first}`);
    else seen.set(step.id, line);
  }
}
