import { evaluate } from "../expression/evaluate.ts";
import { ExpressionFailure } from "../expression/types.ts";
import type { Condition } from "../runbook/runbook.ts";
import type { Json } from "../schema/json.ts";

/** Whether a condition holds. Throws ExpressionFailure when it can't be evaluated, or is neither true nor false. */
export function holds(condition: Condition, scope: { readonly [root: string]: Json }): boolean {
  const value = evaluate(condition.compiled, scope);
  if (typeof value !== "boolean")
    throw new ExpressionFailure(`${condition.text} must be true or false, but is ${JSON.stringify(value)}`);
  return value;
}
