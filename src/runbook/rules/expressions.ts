import type { Action } from "../../action/define-action.ts";
import type { Language } from "../../expression/language.ts";
import { expressionsOf } from "../../expression/template.ts";
import type { ExpressionProblem, Reference } from "../../expression/types.ts";
import { isJsonObject, type Json } from "../../schema/json.ts";
import { yamlHabit } from "../describe-problem.ts";
import { ancestorsOf, type Draft, type DraftStep, type SourcePath } from "../draft.ts";
import type { Scope as LanguageScope, Languages } from "../scopes.ts";
import { openPlace, refuseOnCommandLines, refuseSecrets } from "./open-secrets.ts";

/** Checks every expression of a runbook: syntax, names, types, and that nothing is read before it can be known. */
export function checkExpressions(draft: Draft, languages: Languages): void {
  const byId = new Map(draft.steps.map((step) => [step.id, step]));
  for (const step of draft.steps) {
    const each = [step, ...ancestorsOf(step)].some((one) => one.raw["forEach"] !== undefined);
    const of = (scope: LanguageScope = {}) => languages.of({ each, ...scope });
    const scope: StepScope = { draft, step, byId, of };
    checkTexts(scope);
    checkConditions(scope);
    checkRepeat({ ...scope, of: (more = {}) => languages.of(more) }, languages);
  }
  const { data } = draft;
  const scope: Scope = { draft, byId, of: languages.of };
  checkTree(scope, languages.of({}), ["outputs"], data["outputs"]);
  checkTree(scope, languages.of({}), ["recoveryPoint"], data["recoveryPoint"]);
  checkTree(scope, languages.of({ early: true }), ["deadlines"], data["deadlines"]);
  const forConnections = languages.of({ early: true, secrets: true });
  checkTree(scope, forConnections, ["connections"], data["connections"]);
  refuseOnCommandLines(draft, forConnections);
}

interface Scope {
  readonly draft: Draft;
  readonly step?: DraftStep;
  readonly byId: ReadonlyMap<string, DraftStep>;
  /** The language of a place. */
  of(scope?: LanguageScope): Language;
}

interface StepScope extends Scope {
  readonly step: DraftStep;
}

/** The list and the names of a repeated step: the list is known before there is an item. */
function checkRepeat(scope: StepScope, languages: Languages): void {
  const { raw, path } = scope.step;
  if (raw["forEach"] === undefined) return;
  const list = raw["forEach"];
  checkTree(scope, languages.of({}), [...path, "forEach"], list);
  checkKey(scope, languages.of({ each: true }), [...path, "key"], raw["key"]);
  if (typeof list !== "string") return;
  const type = languages.of({}).check(list).type;
  if (type === undefined || type === "dyn" || type.startsWith("list")) return;
  const range = scope.draft.document.locate([...path, "forEach"]);
  scope.draft.error("wrong-type", range, `\`forEach\` must be a list, and this is of type ${type}`);
}

const nameTypes = ["string", "int", "double", "bool", "dyn"];

/** What names an instance is text, or a value that can be written as text. */
function checkKey(scope: StepScope, language: Language, path: SourcePath, key: Json | undefined): void {
  const before = scope.draft.diagnostics.length;
  checkTree(scope, language, path, key);
  if (typeof key !== "string" || scope.draft.diagnostics.length > before) return;
  const range = scope.draft.document.locate(path);
  const type = language.check(key).type;
  if (!key.includes("${{"))
    scope.draft.error(
      "for-each-key",
      range,
      "every instance would have the same name",
      'write `"${{ each.value.name }}"`',
    );
  else if (type !== undefined && !nameTypes.includes(type))
    scope.draft.error("for-each-key", range, "a name is text or a number, and this is a map or a list");
}

function checkTexts(scope: StepScope): void {
  const { of } = scope;
  const { raw, path, action, undoAction } = scope.step;
  const { check, undo } = raw;
  checkTree(scope, of(), [...path, "title"], raw["title"]);
  checkTree(scope, of(), [...path, "timeout"], raw["timeout"]);
  for (const [key, inner] of [
    ["confirm", "message"],
    ["confirm", "type"],
    ["confirm", "within"],
    ["retry", "delay"],
  ] as const) {
    const outer = raw[key];
    if (isJsonObject(outer)) checkTree(scope, of(), [...path, key, inner], outer[inner]);
  }
  if (isJsonObject(check))
    checkInput(scope, of(lookScope), [...path, "check", "with"], check["with"], scope.step.checkAction);
  if (isJsonObject(undo) && action) {
    const language = of({ ...lookScope, result: action });
    checkInput(scope, language, [...path, "undo", "with"], undo["with"], undoAction);
    checkTree(scope, language, [...path, "undo", "timeout"], undo["timeout"]);
  }
  // What an included runbook gets is kept in the journal: it has secrets of its own.
  const language = of(scope.step.kind === "include" ? {} : lookScope);
  checkInput(scope, language, [...path, "with"], raw["with"], action);
}

const lookScope: LanguageScope = { secrets: true };

/** The input of an action: the only place where a secret's value goes. */
function checkInput(
  scope: StepScope,
  language: Language,
  path: SourcePath,
  input: Json | undefined,
  action: Action | undefined,
): void {
  if (!isJsonObject(input)) return;
  for (const [key, value] of Object.entries(input)) {
    const at = [...path, key];
    if (action?.effect === "poll") {
      // Conditions have a check of their own; a misspelt one has its message.
      if (key === "with") checkInput(scope, language, at, value, scope.step.pollAction);
      else if (key === "every") checkTree(scope, scope.of(), at, value);
      continue;
    }
    if (action?.name === "shell" && key === "script") {
      refuseInScript(scope, at, value);
      continue;
    }
    checkTree(scope, language, at, value);
    refuseSecrets(scope.draft, language, at, value, openPlace(key, action));
  }
}

/** A value inside a script's text could be code: values go in through the environment. */
function refuseInScript(scope: Scope, path: SourcePath, value: Json): void {
  if (typeof value !== "string") return;
  const at = value.indexOf("${{");
  const scalar = scope.draft.document.scalar(path);
  if (at === -1 || !scalar) return;
  scope.draft.error(
    "expression-in-script",
    { start: scalar.sourceOffset(at), end: scalar.sourceOffset(at) + 3 },
    "an expression can't stand inside a script: its value could be read as code",
    'hand the value over in `env`, and write "$NAME" in the script',
  );
}

function checkConditions(scope: StepScope): void {
  const { of } = scope;
  const { raw, path, action, checkAction, pollAction } = scope.step;
  const { when, check, expect, retry } = raw;
  checkCondition(scope, of(), [...path, "when"], when);
  if (action && !Array.isArray(expect)) checkCondition(scope, of({ result: action }), [...path, "expect"], expect);
  if (action && Array.isArray(expect)) {
    for (const [index, one] of expect.entries())
      checkCondition(scope, of({ result: action }), [...path, "expect", index], one);
  }
  if (checkAction && isJsonObject(check)) {
    for (const key of ["done", "notDone"])
      checkCondition(scope, of({ result: checkAction }), [...path, "check", key], check[key]);
  }
  const input = raw["with"];
  if (pollAction && isJsonObject(input)) {
    for (const key of ["until", "failIf"])
      checkCondition(scope, of({ result: pollAction }), [...path, "with", key], input[key]);
  }
  if (isJsonObject(retry))
    checkCondition(scope, of({ result: "dyn", error: true }), [...path, "retry", "if"], retry["if"]);
}

function checkTree(scope: Scope, language: Language, path: SourcePath, value: Json | undefined): void {
  if (value === undefined) return;
  for (const found of expressionsOf(value)) checkText(scope, language, [...path, ...found.path]);
}

/** The CEL type of a scalar that is one expression; undefined for other text, or when it has mistakes. */
function checkText(scope: Scope, language: Language, path: SourcePath): string | undefined {
  const scalar = scope.draft.document.scalar(path);
  if (!scalar) return undefined;
  const checked = language.check(scalar.value);
  const range = (at: { start: number; end: number }) => ({
    start: scalar.sourceOffset(at.start),
    end: scalar.sourceOffset(Math.max(at.start, at.end - 1)) + 1,
  });
  for (const problem of tellable(scope.draft, scalar.value, checked.problems))
    scope.draft.error("expression", range(problem), problem.message, problem.hint);
  for (const reference of checked.references) {
    const wrong = tooEarly(scope, reference);
    if (wrong) scope.draft.error("not-known-yet", range(reference), wrong.message, wrong.hint);
  }
  return checked.problems.length > 0 ? undefined : checked.type;
}

/** The problems of a text as an author should hear of them: one mistake, one message. */
function tellable(draft: Draft, text: string, problems: readonly ExpressionProblem[]): ExpressionProblem[] {
  const told: ExpressionProblem[] = [];
  for (const problem of problems) {
    const words = text.slice(problem.start, problem.end);
    if (words === "secrets" && draft.data["secrets"] !== undefined) {
      const message = "a secret can't be read here: only the input of an action may hold one";
      told.push({ start: problem.start, end: problem.end, message });
      continue;
    }
    const before = told.at(-1);
    if (before && text[problem.start - 1] === "-" && before.end === problem.start - 1) {
      // `load-it` is read as two names, neither of which is known.
      const message = before.message.replace(/`(\S+)`/, `\`$1-${words}\``);
      told[told.length - 1] = { ...problem, message, start: before.start };
    } else {
      const hint = habitHint(text, problem);
      told.push(hint === undefined ? problem : { ...problem, hint });
    }
  }
  return told;
}

/** What a slip of the pen or another language's habit makes of an expression. */
function habitHint(text: string, { message, start }: ExpressionProblem): string | undefined {
  const rest = text.slice(start);
  if (message.startsWith("Newlines")) return "between double quotes YAML makes a line end of \\n; write \\\\n";
  if (message.includes("never closed") && /^[^}]*\}(?!\})/.test(rest)) return "an expression ends with two braces: }}";
  if (!message.startsWith("The expression is not complete")) return undefined;
  if (/[^=!<>]=(?!=)/.test(text)) return "equality is written ==";
  return /\s(and|or|not)\s/.test(text) ? "and, or, not are written &&, ||, !" : undefined;
}

function tooEarly(scope: Scope, reference: Reference): { message: string; hint?: string } | undefined {
  const [root, id] = reference.path;
  if (root !== "steps" || id === undefined || !scope.step) return undefined;
  const target = scope.byId.get(id);
  return target && notKnown(scope.step, target);
}

/** Why nothing is known of a step where another one stands; undefined when its result is there. */
function notKnown(step: DraftStep, target: DraftStep): { message: string; hint?: string } | undefined {
  if (target === step)
    return step.kind === "step"
      ? {
          message: `step \`${step.id}\` can't read its own result here`,
          hint: "in `expect` and `check`, write `result`",
        }
      : { message: `\`${step.id}\` can't read its own result` };
  if (target.order > step.order)
    return { message: `step \`${target.id}\` comes later, so nothing is known of it here` };
  const around = [step, ...ancestorsOf(step)];
  if (around.includes(target))
    return { message: `\`${step.id}\` stands in \`${target.id}\`, which is not through yet` };
  const outer = ancestorsOf(target);
  const common = outer.findIndex((one) => around.includes(one));
  const between = common === -1 ? outer : outer.slice(0, common);
  const repeated = between.find((one) => one.raw["forEach"] !== undefined);
  if (repeated)
    return {
      message: `step \`${target.id}\` runs once for each item of \`${repeated.id}\``,
      hint: `write steps.${repeated.id}.result["KEY"].${target.id}`,
    };
  if (common !== -1 && outer[common]?.raw["parallel"] === true)
    return { message: `step \`${target.id}\` runs at the same time, so nothing is known of it here` };
  return undefined;
}

function checkCondition(scope: Scope, language: Language, path: SourcePath, value: Json | undefined): void {
  if (typeof value !== "string") return;
  if (!value.includes("${{")) {
    scope.draft.error(
      "not-a-condition",
      scope.draft.document.locate(path),
      "a condition is one expression",
      yamlHabit(value, ["boolean"], value) ?? `write "\${{ ${value} }}"`,
    );
    return;
  }
  const before = scope.draft.diagnostics.length;
  const type = checkText(scope, language, path);
  if (scope.draft.diagnostics.length > before) return;
  const range = scope.draft.document.locate(path);
  if (type === undefined)
    scope.draft.error("not-a-condition", range, "a condition is one expression and nothing around it");
  else if (type !== "bool" && type !== "dyn")
    scope.draft.error("not-a-condition", range, `a condition must be true or false, and this is of type ${type}`);
}
