import type { CompiledText } from "./language.ts";
import type { Value, Values } from "./types.ts";

/** The name (a step's id, say) after which the value at a path is known; undefined when it is known now. */
export type Unknown = (path: readonly string[]) => string | undefined;

export type Known =
  | { readonly known: true; readonly value: Value }
  | { readonly known: false; readonly after: readonly string[] };

/** The value of a scalar: of any type when it is exactly one expression, else text. Throws ExpressionFailure. */
export function evaluate(compiled: CompiledText, values: Values): Value {
  return compiled.evaluate(values);
}

/** The value of a scalar, or the names after which it will be known. Throws ExpressionFailure. */
export function evaluateKnown(compiled: CompiledText, values: Values, unknown: Unknown): Known {
  const after = new Set<string>();
  for (const { path } of compiled.references) {
    const name = unknown(path);
    if (name !== undefined) after.add(name);
  }
  return after.size > 0 ? { known: false, after: [...after] } : { known: true, value: compiled.evaluate(values) };
}
