import { evaluateKnown } from "../expression/evaluate.ts";
import { renderKnown } from "../expression/template.ts";
import { absoluteInput } from "../look/absolute-input.ts";
import { inputProblem } from "../look/input-problem.ts";
import { sentence } from "../look/look.ts";
import { scopeOf } from "../look/world.ts";
import type { Node, Step } from "../runbook/runbook.ts";
import type { Json } from "../schema/json.ts";
import { type Planning, unknownIn } from "./planning.ts";

/** A step's input as far as it is known now, and the steps after which the rest is. */
export type Rendered = { readonly value: Json; readonly after: readonly string[] } | { readonly failed: string };

export async function renderInput(planning: Planning, step: Step): Promise<Rendered> {
  try {
    const { value, after } = renderKnown(step.with, scopeOf(planning.world.values), unknownIn(planning));
    const wrong = after.length > 0 ? undefined : await inputProblem(step, value);
    if (wrong) return { failed: wrong };
    return { value: after.length > 0 ? value : absoluteInput(step.action, value, planning.options.cwd), after };
  } catch (error) {
    return { failed: sentence(error) };
  }
}

/** Whether a step or group is wanted. */
export type When =
  | { readonly holds: true }
  | { readonly holds: false }
  | { readonly after: readonly string[] }
  | { readonly failed: string };

export function judgeWhen(planning: Planning, { when }: Pick<Node, "when">): When {
  if (!when) return { holds: true };
  try {
    const found = evaluateKnown(when.compiled, scopeOf(planning.world.values), unknownIn(planning));
    return found.known ? { holds: found.value === true } : { after: found.after };
  } catch (error) {
    return { failed: sentence(error) };
  }
}
