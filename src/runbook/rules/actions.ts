import type { Catalog } from "../../action/catalog.ts";
import type { Action } from "../../action/define-action.ts";
import { checker } from "../../schema/check.ts";
import { isJsonObject, type Json, type JsonObject } from "../../schema/json.ts";
import { nearest } from "../../source/nearest.ts";
import { describeProblem } from "../describe-problem.ts";
import { type Draft, type DraftStep, type SourcePath, stepName } from "../draft.ts";
import { onlyLooks, vouchable } from "../effect.ts";
import { mentions } from "../mentions.ts";

/** True for a value that an expression will replace: its real value is checked when the step is ready. */
export function holdsExpression(value: unknown): boolean {
  return typeof value === "string" && value.includes("${{");
}

/** Resolves what every step `uses`, and checks each `with` against the schema of that one action. */
export async function checkActions(draft: Draft, catalog: Catalog): Promise<void> {
  for (const step of draft.steps) {
    if (step.kind !== "step") continue;
    const action = await resolve(draft, catalog, step.path, step.raw["uses"]);
    if (!action) continue;
    step.action = action;
    await checkWith(draft, action, [...step.path, "with"], step.raw["with"], step.raw);
    checkEffect(draft, step, action);
    await checkNested(draft, catalog, step);
  }
}

async function checkNested(draft: Draft, catalog: Catalog, step: DraftStep): Promise<void> {
  await checkUndo(draft, catalog, step);
  const check = step.raw["check"];
  if (isJsonObject(check)) {
    const action = await resolveLook(draft, catalog, [...step.path, "check"], check);
    if (action) step.checkAction = action;
  }
  const input = step.raw["with"];
  if (step.action?.effect === "poll" && isJsonObject(input)) {
    const action = await resolveLook(draft, catalog, [...step.path, "with"], input);
    if (action) step.pollAction = action;
  }
}

/** A step's own `undo`: an action of its own, or the reason why there is none. */
async function checkUndo(draft: Draft, catalog: Catalog, step: DraftStep): Promise<void> {
  const undo = step.raw["undo"];
  if (undo === undefined) return;
  const { document } = draft;
  const at = document.locateKey(step.path, "undo");
  const only = step.action && step.action.effect !== "change" && step.action.effect !== "manual";
  if (only || step.raw["reads"] === true) {
    draft.error("undo-of-a-look", at, `${stepName(step)} changes nothing, so there is nothing to undo`);
    return;
  }
  if (step.section !== "steps") {
    draft.error("undo-outside-steps", at, "`undo` is for `steps`: what `finally` puts in order stays so");
    return;
  }
  if (!isJsonObject(undo)) {
    const hint = 'say why: `undo: { none: "the old data is gone with it" }`';
    draft.error("undo-none", at, undo === "none" ? "`undo: none` wants a reason" : "`undo` is a map", hint);
    return;
  }
  const ways = ["uses", "none", "notNeeded"].filter((key) => undo[key] !== undefined);
  if (ways.length !== 1) {
    const what =
      ways.length === 0 ? "does not say what undoes it" : `has ${ways.map((key) => `\`${key}\``).join(" and ")}`;
    const hint = "one of: `uses` with its `with`; `none` with the reason why it can't be undone; `notNeeded`";
    draft.error("undo-what", at, `\`undo\` of ${stepName(step)} ${what}`, hint);
    return;
  }
  const [way = ""] = ways;
  const reason = undo[way];
  if (way !== "uses" && typeof reason === "string" && reason !== "" && reason.trim() === "")
    draft.error("undo-none", document.locate([...step.path, "undo", way]), `\`undo: ${way}\` wants a reason`);
  if (undo["uses"] === undefined) return;
  const path = [...step.path, "undo"];
  const action = await resolve(draft, catalog, path, undo["uses"]);
  if (!action) return;
  await checkWith(draft, action, [...path, "with"], undo["with"]);
  if (action.effect === "change" || action.effect === "manual") step.undoAction = action;
  else
    draft.error(
      "undo-look",
      document.locate([...path, "uses"]),
      `\`${action.name}\` changes nothing: it undoes nothing`,
    );
}

async function resolveLook(
  draft: Draft,
  catalog: Catalog,
  path: SourcePath,
  raw: JsonObject,
): Promise<Action | undefined> {
  const action = await resolve(draft, catalog, path, raw["uses"]);
  if (!action) return undefined;
  await checkWith(draft, action, [...path, "with"], raw["with"]);
  if (action.effect === "read" || vouchable(action)) return action;
  draft.error(
    "not-a-look",
    draft.document.locate([...path, "uses"]),
    `\`${action.name}\` does not only look: a read action belongs here`,
  );
  return undefined;
}

async function resolve(
  draft: Draft,
  catalog: Catalog,
  path: SourcePath,
  uses: Json | undefined,
): Promise<Action | undefined> {
  if (typeof uses !== "string") return undefined;
  const action = await catalog.load(uses);
  if (action) return action;
  const near = nearest(uses, catalog.names);
  const hint = near ? `did you mean \`${near}\`?` : "`belay actions` lists them";
  draft.error("unknown-action", draft.document.locate([...path, "uses"]), `there is no action \`${uses}\``, hint);
  return undefined;
}

/** `around` is the step: what stands there instead of in `with` is not missing, too. */
async function checkWith(
  draft: Draft,
  action: Action,
  path: SourcePath,
  value: Json | undefined,
  around: JsonObject = {},
): Promise<void> {
  if (value !== undefined && !isJsonObject(value)) return; // the envelope has said so
  const check = await checker(`action-${action.name}`, action.input, {
    lenient: holdsExpression,
    near: (a, b) => nearest(a, [b]) !== undefined,
  });
  for (const problem of check(value ?? {})) {
    if (problem.kind === "missing-key" && problem.path.length === 0 && problem.key in around) continue;
    const at = [...path, ...problem.path];
    const wording = describeProblem(problem, `\`with\` of ${action.name}`, draft.document.raw(at));
    const range =
      problem.kind === "unknown-key" ? draft.document.locateKey(at, problem.key) : draft.document.locate(at);
    draft.error(wording.code, range, wording.message, wording.hint);
  }
}

function checkEffect(draft: Draft, step: DraftStep, action: Action): void {
  const reads = step.raw["reads"] === true;
  if (reads && !vouchable(action) && action.effect !== "read") {
    draft.error(
      "reads-not-possible",
      draft.document.locateKey(step.path, "reads"),
      `\`reads\` is for actions such as exec, shell and http; what \`${action.name}\` does is known`,
    );
  }
  if (step.section !== "preflight") {
    if (step.raw["once"] !== undefined)
      draft.error(
        "once-outside-preflight",
        draft.document.locateKey(step.path, "once"),
        "`once` is for preflight only: steps are never repeated",
      );
    return;
  }
  if (onlyLooks(action, reads, step.raw["with"] ?? {})) return;
  // `reads: yes` or `read: true`: that mistake has its own message.
  if (vouchable(action) && step.raw["reads"] !== false && mentions(step.raw, ["reads"])) return;
  const hint = vouchable(action) ? "if it only looks, say `reads: true`" : "move it to `steps`";
  draft.error(
    "change-in-preflight",
    draft.document.locate([...step.path, "uses"]),
    `preflight only looks, and \`${action.name}\` ${action.effect === "manual" ? "needs a person" : "changes things"}`,
    hint,
  );
}
