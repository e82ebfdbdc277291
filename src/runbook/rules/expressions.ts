import type { Language } from "../../expression/language.ts";
import { expressionsOf } from "../../expression/template.ts";
import type { ExpressionProblem, Reference } from "../../expression/types.ts";
import { isJsonObject, type Json } from "../../schema/json.ts";
import { yamlHabit } from "../describe-problem.ts";
import type { Draft, DraftStep, SourcePath } from "../draft.ts";
import type { Languages } from "../scopes.ts";

/** Checks every expression of a runbook: syntax, names, types, and that nothing is read before it can be known. */
export function checkExpressions(draft: Draft, languages: Languages): void {
  const orders = new Map(draft.steps.map((step) => [step.id, step]));
  for (const step of draft.steps) {
    // What `forEach` would name is not known, and that `forEach` is not known was said.
    if (step.raw["forEach"] !== undefined) continue;
    const scope: StepScope = { draft, step, orders };
    checkTexts(scope, languages);
    checkConditions(scope, languages);
  }
  const outputs = draft.data["outputs"];
  if (outputs !== undefined) checkTree({ draft, orders }, languages.base, ["outputs"], outputs);
}

interface Scope {
  readonly draft: Draft;
  readonly step?: DraftStep;
  readonly orders: ReadonlyMap<string, DraftStep>;
}

interface StepScope extends Scope {
  readonly step: DraftStep;
}

function checkTexts(scope: StepScope, languages: Languages): void {
  const { raw, path, action } = scope.step;
  const check = raw["check"];
  checkTree(scope, languages.base, [...path, "title"], raw["title"]);
  checkTree(scope, languages.base, [...path, "timeout"], raw["timeout"]);
  for (const [key, inner] of [
    ["confirm", "message"],
    ["confirm", "type"],
    ["retry", "delay"],
  ] as const) {
    const outer = raw[key];
    if (isJsonObject(outer)) checkTree(scope, languages.base, [...path, key, inner], outer[inner]);
  }
  if (isJsonObject(check)) checkTree(scope, languages.base, [...path, "check", "with"], check["with"]);
  const input = raw["with"];
  if (!isJsonObject(input)) return;
  for (const [key, value] of Object.entries(input)) {
    const at = [...path, "with", key];
    // Conditions have a check of their own; a misspelt one has its message.
    if (action?.effect === "poll" && !(key in pollTexts)) continue;
    if (action?.name === "shell" && key === "script") refuseInScript(scope, at, value);
    else checkTree(scope, languages.base, at, value);
  }
}

/** What of the input of `wait` is text with expressions. */
const pollTexts = { with: true, every: true };

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

function checkConditions(scope: StepScope, languages: Languages): void {
  const { raw, path, action, checkAction, pollAction } = scope.step;
  const { when, check, expect, retry } = raw;
  checkCondition(scope, languages.base, [...path, "when"], when);
  if (action && !Array.isArray(expect))
    checkCondition(scope, languages.withResult(action), [...path, "expect"], expect);
  if (action && Array.isArray(expect)) {
    for (const [index, one] of expect.entries())
      checkCondition(scope, languages.withResult(action), [...path, "expect", index], one);
  }
  if (checkAction && isJsonObject(check)) {
    for (const key of ["done", "notDone"])
      checkCondition(scope, languages.withResult(checkAction), [...path, "check", key], check[key]);
  }
  const input = raw["with"];
  if (pollAction && isJsonObject(input)) {
    for (const key of ["until", "failIf"])
      checkCondition(scope, languages.withResult(pollAction), [...path, "with", key], input[key]);
  }
  if (isJsonObject(retry)) checkCondition(scope, languages.retry, [...path, "retry", "if"], retry["if"]);
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
    // That this version has no secrets is said where they are declared.
    if (words === "secrets" && draft.data["secrets"] !== undefined) continue;
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
  const target = scope.orders.get(id);
  if (!target || target.order < scope.step.order) return undefined;
  if (target === scope.step)
    return {
      message: `step \`${id}\` can't read its own result here`,
      hint: "in `expect` and `check`, write `result`",
    };
  return { message: `step \`${id}\` comes later, so nothing is known of it here` };
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
