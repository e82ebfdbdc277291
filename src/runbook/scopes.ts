import type { Action } from "../action/define-action.ts";
import { type Language, makeLanguage } from "../expression/language.ts";
import { valueTypeOf } from "../expression/type-of-schema.ts";
import type { ValueType } from "../expression/types.ts";
import type { InputType } from "./runbook.ts";

const inputValueTypes: { readonly [T in InputType]: ValueType } = {
  string: "string",
  path: "string",
  duration: "string",
  timestamp: "string",
  integer: "int",
  number: "dyn",
  boolean: "bool",
  list: "list<dyn>",
  object: "dyn",
};

/** `run` in expressions. */
export const runValueType: ValueType = { id: "string", startedAt: "string", user: "string", host: "string" };

/** What is known before a runbook's expressions are checked: its inputs' types and its steps' actions. */
export interface Declared {
  readonly inputs: ReadonlyMap<string, { readonly type: InputType; readonly optional: boolean }>;
  readonly steps: ReadonlyMap<string, Action>;
}

/** The languages of a runbook: what expressions may name outside and inside of a look at a `result`. */
export interface Languages {
  readonly base: Language;
  /** For `check`, `expect`, `until`, `failIf`: also `result` of an action. */
  withResult(action: Action): Language;
  /** For `retry.if`: also `error`. */
  readonly retry: Language;
}

export function makeLanguages(declared: Declared): Languages {
  const inputs: { [name: string]: ValueType } = {};
  for (const [name, input] of declared.inputs)
    inputs[name] = input.optional ? "dyn" : (inputValueTypes[input.type] ?? "dyn");
  const steps: { [name: string]: ValueType } = {};
  for (const [id, action] of declared.steps) steps[id] = { result: resultType(action), status: "string", done: "bool" };
  const types = { inputs, steps, run: runValueType };
  const results = new Map<string, Language>();
  return {
    base: makeLanguage(types),
    withResult(action) {
      const known = results.get(action.name);
      if (known) return known;
      const made = makeLanguage({ ...types, result: resultType(action) });
      results.set(action.name, made);
      return made;
    },
    get retry() {
      const known = results.get("retry.if");
      if (known) return known;
      const made = makeLanguage({ ...types, result: "dyn", error: { message: "string" } });
      results.set("retry.if", made);
      return made;
    },
  };
}

function resultType(action: Action): ValueType {
  return valueTypeOf(action.result);
}
