import type { Catalog } from "../action/catalog.ts";
import type { Action } from "../action/define-action.ts";
import type { ValueType } from "../expression/types.ts";
import { checker } from "../schema/check.ts";
import { isJsonObject, type JsonObject } from "../schema/json.ts";
import type { Diagnostic } from "../source/diagnostic.ts";
import { nearest } from "../source/nearest.ts";
import { readYaml } from "../source/read-yaml.ts";
import { describeProblem } from "./describe-problem.ts";
import { type Draft, type DraftStep, makeDraft } from "./draft.ts";
import { inputTypes, runbookSchema, stepSchema } from "./envelope-schema.ts";
import { digestOfText, type IncludeSource } from "./include.ts";
import { normalizeRunbook } from "./normalize.ts";
import { checkActions } from "./rules/actions.ts";
import { checkDeclarations } from "./rules/declarations.ts";
import { checkDurations } from "./rules/durations.ts";
import { checkExpressions } from "./rules/expressions.ts";
import { checkGroups } from "./rules/groups.ts";
import { checkIds } from "./rules/ids.ts";
import { checkIncludes } from "./rules/includes.ts";
import { checkInputs } from "./rules/inputs.ts";
import { warnOfTraps } from "./rules/warnings.ts";
import type { InputType, Runbook } from "./runbook.ts";
import { makeLanguages } from "./scopes.ts";
import { stepHabit } from "./step-habits.ts";

export interface Loaded {
  /** Undefined when a diagnostic is an error. */
  readonly runbook?: Runbook;
  /** Every mistake and warning, in the order of the file. */
  readonly diagnostics: readonly Diagnostic[];
}

/** What loading needs besides the text. */
export interface LoadOptions {
  /** Where included runbooks come from; without it, there are none. */
  readonly includes?: IncludeSource;
  /** The digests of the runbooks that include this one, from the outside in. */
  readonly within?: readonly string[];
}

/** Reads and checks a runbook: the envelope first, then each `with` against its one action, then all references. */
export async function loadRunbook(
  file: string,
  text: string,
  catalog: Catalog,
  options: LoadOptions = {},
): Promise<Loaded> {
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
  checkIds(draft);
  checkGroups(draft, catalog);
  await checkActions(draft, catalog);
  await checkDeclarations(draft, catalog);
  const inner: Diagnostic[] = [];
  await includeRunbooks(draft, catalog, options, inner);
  checkDurations(draft);
  await checkInputs(draft);
  const languages = makeLanguages(declared(draft));
  checkExpressions(draft, languages);
  warnOfTraps(draft);
  const diagnostics = [...document.diagnostics, ...draft.diagnostics].sort(
    (a, b) => a.line - b.line || a.column - b.column,
  );
  const all = [...diagnostics, ...inner];
  if (all.some((one) => one.severity === "error")) return { diagnostics: all };
  return { runbook: normalizeRunbook(draft, languages), diagnostics: all };
}

/** Loads what the steps include. The mistakes of each file are told once. */
async function includeRunbooks(
  draft: Draft,
  catalog: Catalog,
  options: LoadOptions,
  told: Diagnostic[],
): Promise<void> {
  const digest = digestOfText(draft.document.text);
  const within = [...(options.within ?? []), digest];
  const loaded = new Map<string, Promise<Loaded>>();
  await checkIncludes(draft, digest, options.includes, async (file, text) => {
    const key = digestOfText(text);
    if (within.includes(key)) return "cycle";
    const known = loaded.get(key);
    const loading = known ?? loadRunbook(file, text, catalog, { ...options, within });
    loaded.set(key, loading);
    const { runbook, diagnostics } = await loading;
    if (!known) told.push(...diagnostics);
    return runbook;
  });
}

const samePath = (a: readonly (string | number)[], b: readonly (string | number)[]) =>
  a.every((one, i) => one === b[i]);

async function checkEnvelope(draft: Draft, catalog: Catalog): Promise<void> {
  const { document, data } = draft;
  const check = await checker("runbook", runbookSchema, { near: (a, b) => nearest(a, [b]) !== undefined });
  const found = check(data);
  // The envelope looks at the outermost steps; those of groups are looked at one by one.
  const inner = draft.steps.filter((step) => step.parent);
  const checkStep =
    inner.length === 0
      ? undefined
      : await checker("step", stepSchema, { near: (a, b) => nearest(a, [b]) !== undefined });
  for (const step of inner) {
    for (const problem of checkStep?.(step.raw) ?? [])
      found.push({ ...problem, path: [...step.path, ...problem.path] });
  }
  for (const problem of found) {
    const place = placeName(draft, problem.path);
    const step = draft.steps.find((one) => one.path.length === problem.path.length && samePath(one.path, problem.path));
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
  const step = draft.steps.findLast((one) => one.path.length <= path.length && samePath(one.path, path));
  if (step)
    return path.length > step.path.length
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
  const steps = new Map<string, Action | ValueType>();
  for (const step of draft.steps) if (step.id) steps.set(step.id, resultOf(step));
  const secrets = isJsonObject(draft.data["secrets"]) ? Object.keys(draft.data["secrets"]) : [];
  return { inputs, steps, secrets };
}

/** What is known of a step's result: of what is repeated, one for each instance, by its name. */
function resultOf(step: DraftStep): Action | ValueType {
  if (step.raw["forEach"] !== undefined || step.kind === "group") return "dyn";
  if (step.kind === "step") return step.action ?? unknownAction;
  return step.included ? Object.fromEntries([...step.included.outputs.keys()].map((name) => [name, "dyn"])) : "dyn";
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
