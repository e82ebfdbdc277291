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

const eachValueType: ValueType = { value: "dyn", key: "string", index: "int" };

/** What is known before a runbook's expressions are checked: its inputs' types and its steps' results. */
export interface Declared {
  readonly inputs: ReadonlyMap<string, { readonly type: InputType; readonly optional: boolean }>;
  /** `dyn`: nothing is known of what it may be. */
  readonly steps: ReadonlyMap<string, Action | ValueType>;
  readonly secrets: readonly string[];
}

/** What may be named in one place besides `inputs`, `steps` and `run`. */
export interface Scope {
  /** The place is inside of what `forEach` repeats. */
  readonly each?: boolean;
  /** The value goes to an action and nowhere else. */
  readonly secrets?: boolean;
  /** `result` of this action, or of any. */
  readonly result?: Action | "dyn";
  /** `error`, for `retry.if`. */
  readonly error?: boolean;
  /** Only what is known before the first step: inputs, secrets, run. */
  readonly early?: boolean;
}

/** The languages of a runbook: what expressions may name, by place. */
export interface Languages {
  of(scope: Scope): Language;
}

export function makeLanguages(declared: Declared): Languages {
  const inputs: { [name: string]: ValueType } = {};
  for (const [name, input] of declared.inputs)
    inputs[name] = input.optional ? "dyn" : (inputValueTypes[input.type] ?? "dyn");
  const steps: { [name: string]: ValueType } = {};
  for (const [id, of] of declared.steps) steps[id] = { result: resultType(of), status: "string", done: "bool" };
  // An optional secret may be null.
  const secrets = Object.fromEntries(declared.secrets.map((name) => [name, "dyn"]));
  const known = new Map<string, Language>();
  return {
    of({ each = false, secrets: withSecrets = false, result, error = false, early = false }) {
      const name = [each, withSecrets, error, early, typeof result === "string" ? result : result?.name].join(" ");
      const made = known.get(name);
      if (made) return made;
      const language = makeLanguage({
        inputs,
        ...(early ? {} : { steps }),
        run: runValueType,
        ...(each ? { each: eachValueType } : {}),
        ...(withSecrets ? { secrets } : {}),
        ...(result === undefined ? {} : { result: resultType(result) }),
        ...(error ? { error: { message: "string" } } : {}),
      });
      known.set(name, language);
      return language;
    },
  };
}

function resultType(of: Action | ValueType): ValueType {
  if (typeof of === "object" && "effect" in of && "result" in of && typeof of.effect === "string")
    return valueTypeOf((of as Action).result);
  return of as ValueType;
}
