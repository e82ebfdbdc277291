import type { Catalog } from "../../action/catalog.ts";
import { isJsonObject, type Json } from "../../schema/json.ts";
import { nearest } from "../../source/nearest.ts";
import { ancestorsOf, type Draft, type DraftStep, stepName } from "../draft.ts";
import { namedItems } from "../named-items.ts";
import { namesAction } from "../step-habits.ts";
import { holdsExpression } from "./actions.ts";

/** What a group, or an included runbook, has no use for: each step has its own. */
const stepOnly = [
  "check",
  "expect",
  "retry",
  "timeout",
  "reads",
  "repeatable",
  "undo",
  "once",
  "confirm",
  "on",
] as const;
const groupOnly = ["parallel"] as const;
const repeatOnly = ["key", "maxFailures"] as const;

/** Groups have steps and no action, `forEach` has what names its instances, and nothing is said that nobody heeds. */
export function checkGroups(draft: Draft, catalog: Catalog): void {
  for (const step of draft.steps) {
    checkShape(draft, step, catalog);
    checkKeys(draft, step);
    checkForEach(draft, step);
    if (step.section === "preflight" && step.kind !== "step")
      draft.error(
        "group-in-preflight",
        draft.document.locate(step.path),
        "preflight has single steps only",
        "its steps run one after the other; none of them changes anything",
      );
  }
}

function checkShape(draft: Draft, step: DraftStep, catalog: Catalog): void {
  const { raw, path } = step;
  // `exec: { argv: … }` has a message of its own, as has `use`.
  const said = Object.keys(raw).some(
    (key) => namesAction(key, catalog) || nearest(key, ["uses", "steps"]) !== undefined,
  );
  if (raw["uses"] === undefined && raw["steps"] === undefined && !said)
    draft.error("missing-key", draft.document.locate(path), `${stepName(step)} lacks the key \`uses\``);
  if (raw["uses"] !== undefined && raw["steps"] !== undefined)
    draft.error(
      "uses-and-steps",
      draft.document.locateKey(path, "steps"),
      `${stepName(step)} has \`uses\` and \`steps\`: a step uses an action, a group has steps`,
      "make two steps of it, or move the action into the group",
    );
}

function checkKeys(draft: Draft, step: DraftStep): void {
  const { raw, path, kind } = step;
  const refuse = (keys: readonly string[], why: string, hint?: string) => {
    for (const key of keys) {
      if (raw[key] === undefined) continue;
      draft.error("key-not-here", draft.document.locateKey(path, key), `\`${key}\` ${why}`, hint);
    }
  };
  if (kind === "group")
    refuse([...stepOnly, "with"], "belongs to a step, not to a group", "give it to the steps inside");
  if (kind === "include")
    refuse(stepOnly, "belongs to a step, not to an included runbook", "its own steps have theirs");
  if (kind !== "group") refuse(groupOnly, "is for groups: `steps` that run at the same time");
  if (raw["forEach"] === undefined) {
    refuse(repeatOnly, "goes with `forEach`, which is not here");
    if (raw["parallel"] !== true && raw["concurrency"] !== undefined)
      refuse(["concurrency"], "goes with `forEach` or `parallel: true`");
  }
  if (kind === "group" && raw["onFailure"] === "continue")
    refuse(["onFailure"], "can't be `continue` for a group", "say it of the steps that may fail");
}

function checkForEach(draft: Draft, step: DraftStep): void {
  const { forEach, key } = step.raw;
  if (forEach === undefined) return;
  const at = draft.document.locateKey(step.path, "forEach");
  if (step.section === "preflight") {
    draft.error("for-each-in-preflight", at, "`forEach` is not for preflight", "one `assert` can look at a whole list");
    return;
  }
  if ([step, ...ancestorsOf(step)].filter((one) => one.raw["forEach"] !== undefined).length > 1) {
    const hint = "put the inner steps into a runbook of their own, and include it";
    draft.error("for-each-in-for-each", at, "`forEach` inside of `forEach`: `each` would mean two things", hint);
  }
  if (typeof forEach === "string" && !holdsExpression(forEach))
    draft.error(
      "wrong-type",
      draft.document.locate([...step.path, "forEach"]),
      "`forEach` is a list, or one expression that gives one",
    );
  if (Array.isArray(forEach) && key === undefined && forEach.some((item) => isJsonObject(item) || Array.isArray(item)))
    draft.error(
      "for-each-key",
      at,
      "the items are no simple values, so their instances need names",
      'say which with `key`, such as `key: "${{ each.value.name }}"`',
    );
  else if (Array.isArray(forEach) && key === undefined) checkNames(draft, step, forEach);
}

/** Names that are written out are refused now, not after other steps have changed something. */
function checkNames(draft: Draft, step: DraftStep, list: Json[]): void {
  if (list.some((item) => typeof item === "string" && holdsExpression(item))) return;
  const found = namedItems(list, (item) => item);
  if ("problem" in found)
    draft.error("for-each-key", draft.document.locate([...step.path, "forEach"]), found.problem, "say it with `key`");
}
