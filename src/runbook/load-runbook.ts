import type { Catalog } from "../action/catalog.ts";
import type { Action } from "../action/define-action.ts";
import { checker } from "../schema/check.ts";
import { isJsonObject, type JsonObject } from "../schema/json.ts";
import type { Diagnostic } from "../source/diagnostic.ts";
import { nearest } from "../source/nearest.ts";
import { readYaml } from "../source/read-yaml.ts";
import { describeProblem } from "./describe-problem.ts";
import { type Draft, makeDraft } from "./draft.ts";
import { inputTypes, runbookSchema } from "./envelope-schema.ts";
import { normalizeRunbook } from "./normalize.ts";
import { checkActions } from "./rules/actions.ts";
import { checkDurations } from "./rules/durations.ts";
import { checkExpressions } from "./rules/expressions.ts";
import { checkIds } from "./rules/ids.ts";
import { checkInputs } from "./rules/inputs.ts";
import { checkReserved } from "./rules/reserved.ts";
import { warnOfTraps } from "./rules/warnings.ts";
import type { InputType, Runbook } from "./runbook.ts";
import { makeLanguages } from "./scopes.ts";
import { namesAction, stepHabit } from "./step-habits.ts";

export interface Loaded {
  /** Undefined when a diagnostic is an error. */
  readonly runbook?: Runbook;
  /** Every mistake and warning, in the order of the file. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads and checks a runbook: the envelope first, then each `with` against its one action, then all references. */
export async function loadRunbook(file: string, text: string, catalog: Catalog): Promise<Loaded> {
  const document = readYaml(file, text);
  if (document.diagnostics.some((one) => one.severity === "error")) return { diagnostics: document.diagnostics };
  if (!isJsonObject(document.data)) {
    const start = { start: 0, end: Math.min(1, text.length) };
    return {
      diagnostics: [
        document.diagnostic(
          "error",
          "not-a-runbook",
          start,
          "a runbook is a map with `apiVersion`, `name`, `title` and `steps`",
        ),
      ],
    };
  }
  const draft = makeDraft(document, document.data);
  await checkEnvelope(draft, catalog);
  checkReserved(draft);
  checkIds(draft);
  await checkActions(draft, catalog);
  checkDurations(draft);
  await checkInputs(draft);
  const languages = makeLanguages(declared(draft));
  checkExpressions(draft, languages);
  warnOfTraps(draft);
  const diagnostics = [...document.diagnostics, ...draft.diagnostics].sort(
    (a, b) => a.line - b.line || a.column - b.column,
  );
  if (diagnostics.some((one) => one.severity === "error")) return { diagnostics };
  return { runbook: normalizeRunbook(draft, languages), diagnostics };
}

/** A step without `uses` whose mistake is another one: a group, or `exec: { argv: … }`. */
const saysWhatItUses = (raw: JsonObject, catalog: Catalog) =>
  raw["steps"] !== undefined || Object.keys(raw).some((key) => namesAction(key, catalog));

const samePath = (a: readonly (string | number)[], b: readonly (string | number)[]) =>
  a.every((one, i) => one === b[i]);

async function checkEnvelope(draft: Draft, catalog: Catalog): Promise<void> {
  const { document, data } = draft;
  const check = await checker("runbook", runbookSchema, { near: (a, b) => nearest(a, [b]) !== undefined });
  for (const problem of check(data)) {
    const place = placeName(draft, problem.path);
    // A group has no `uses`; that groups are not known yet is said once, by the rule on reserved keys.
    const step = draft.steps.find((one) => one.path.length === problem.path.length && samePath(one.path, problem.path));
    if (problem.kind === "missing-key" && problem.key === "uses" && step && saysWhatItUses(step.raw, catalog)) continue;
    const said = describeProblem(problem, place, document.raw(problem.path));
    const habit = problem.kind === "unknown-key" && step ? await stepHabit(step.raw, problem.key, catalog) : undefined;
    const wording = habit === undefined ? said : { ...said, hint: habit };
    const range =
      problem.kind === "unknown-key" ? document.locateKey(problem.path, problem.key) : document.locate(problem.path);
    draft.error(wording.code, range, wording.message, wording.hint);
  }
}

function placeName(draft: Draft, path: readonly (string | number)[]): string {
  if (path.length === 0) return "a runbook";
  const step = draft.steps.find((one) => one.path[0] === path[0] && one.path[1] === path[1]);
  if (step)
    return path.length > 2
      ? `\`${String(path.at(-1))}\` of step \`${step.id}\``
      : step.id
        ? `step \`${step.id}\``
        : "this step";
  return path[0] === "inputs" && path.length === 2 ? `input \`${String(path[1])}\`` : `\`${String(path.at(-1))}\``;
}

function declared(draft: Draft): Parameters<typeof makeLanguages>[0] {
  const inputs = new Map<string, { type: InputType; optional: boolean }>();
  for (const [name, raw] of Object.entries(
    isJsonObject(draft.data["inputs"]) ? draft.data["inputs"] : ({} as JsonObject),
  )) {
    // An input with a mistake is still declared: what reads it has none.
    const type =
      isJsonObject(raw) && inputTypes.includes(raw["type"] as InputType) ? (raw["type"] as InputType) : "object";
    inputs.set(name, { type, optional: isJsonObject(raw) && raw["optional"] === true && raw["default"] === undefined });
  }
  const steps = new Map<string, Action>();
  for (const step of draft.steps) if (step.id) steps.set(step.id, step.action ?? unknownAction);
  return { inputs, steps };
}

/** Stands in for an action that does not exist, so that reading its result is not a second mistake. */
const unknownAction: Action = {
  effect: "read",
  name: "unknown",
  summary: "",
  example: "",
  input: {},
  result: {},
  run: async () => null,
};
