import type { ReadContext } from "../action/context.ts";
import type { ChangeAction, ManualAction } from "../action/define-action.ts";
import { renderTemplate } from "../expression/template.ts";
import type { Step, Undo } from "../runbook/runbook.ts";
import type { Json } from "../schema/json.ts";
import { absoluteInput } from "./absolute-input.ts";
import { canLook, type LookResult, lookAt } from "./look.ts";
import { type Place, scopeOf, type World } from "./world.ts";

/** How a step is undone. */
export type WayBack =
  /** By what its action knows. */
  | { readonly kind: "action"; readonly action: ChangeAction }
  /** By what its author wrote: another action, as a step of its own. */
  | { readonly kind: "runbook"; readonly step: Step; readonly undo: Extract<Undo, { kind: "uses" }> }
  /** It is not: it can't be, or there is nothing to take back. */
  | { readonly kind: "none" | "not-needed"; readonly reason: string };

export function wayBack(step: Step): WayBack {
  const { undo, action } = step;
  if (undo?.kind === "uses") return { kind: "runbook", step: undoAsStep(step, undo), undo };
  if (undo) return { kind: undo.kind, reason: undo.reason };
  if (action.effect === "change" && action.undo) return { kind: "action", action };
  return { kind: "none", reason: `${step.uses} can't be undone, and the runbook does not say how` };
}

/** What undoes a step, as a step that can be looked at: it has the name of the step that it undoes. */
function undoAsStep(step: Step, undo: Extract<Undo, { kind: "uses" }>): Step {
  const { check: _check, poll: _poll, on: _on, ...rest } = step;
  const { uses, action, written, on } = undo;
  return {
    ...rest,
    uses,
    action: action as ChangeAction | ManualAction,
    written,
    with: undo.with,
    ...(on === undefined ? {} : { on }),
    reads: false,
    repeatable: undo.repeatable ?? (action.effect !== "change" || action.repeatable),
  };
}

/** The input of what undoes a step. Throws ExpressionFailure. */
export function wayBackInput({ values, cwd }: World, { step }: { readonly step: Step }, result: Json): Json {
  return absoluteInput(step.action, renderTemplate(step.with, scopeOf(values, { result })), cwd);
}

/** What the world says of the action that undoes a step: `done` is undone. Undefined where it has nothing to look with. */
export async function lookAtWayBack(
  world: World,
  { step }: { readonly step: Step },
  input: Json,
  place: Place,
  captured?: Json,
): Promise<LookResult | undefined> {
  if (!canLook(step)) return undefined;
  return lookAt(otherWorld(world, captured), step, input, place);
}

/** A world in which another action, that stands under a step's name, has nothing of what that step captured. */
export function otherWorld<W extends World>(world: W, captured: Json | undefined): W {
  return { ...world, read: async (place: Place) => withCaptured(await world.read(place), captured) };
}

/** A context with what was captured for this action, and not with what the step captured. */
export function withCaptured<C extends ReadContext>(context: C, captured: Json | undefined): C {
  const { captured: _captured, ...rest } = context;
  return { ...rest, ...(captured === undefined ? {} : { captured }) } as C;
}
