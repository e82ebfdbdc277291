import type { StepState } from "../../event/run-state.ts";
import { renderTemplate } from "../../expression/template.ts";
import { canLook, type LookResult, lookAt, sentence } from "../../look/look.ts";
import { TurnEnds } from "../../look/turn-ends.ts";
import { lookAtWayBack, type WayBack, wayBack, wayBackInput } from "../../look/way-back.ts";
import { scopeOf } from "../../look/world.ts";
import { type Effect, effectOf } from "../../runbook/effect.ts";
import type { Step } from "../../runbook/runbook.ts";
import type { Json } from "../../schema/json.ts";
import { placeOf } from "../place-of.ts";
import { inputOf } from "../prepare.ts";
import type { UndoQuestion } from "../questions.ts";
import type { Session } from "../session.ts";

/** One attempt to undo a step, and what all of its parts need. */
export interface Undoing {
  /** The frame that the step stands in. */
  readonly session: Session;
  readonly step: Step;
  readonly known: StepState;
  readonly key: string;
  readonly way: WayBack;
  /** What undoing it does to the world. */
  readonly effect: Effect;
  /** The step's input, with its secrets; or why it can't be had. */
  readonly input: Known;
  /** The input of the action that the runbook names. */
  readonly undoInput: Known;
}

type Known = { readonly value: Json } | { readonly problem: string };

export async function makeUndoing(session: Session, step: Step, known: StepState, key: string): Promise<Undoing> {
  const way = wayBack(step);
  const undoInput =
    way.kind === "runbook"
      ? knownOr(() => wayBackInput(session, way, known.result ?? null))
      : { problem: "no other action undoes it" };
  const effect =
    way.kind === "runbook"
      ? effectOf(way.step.action, false, "value" in undoInput ? undoInput.value : null) === "manual"
        ? "manual"
        : "change"
      : "change";
  const input = knownOr(() => inputOf(session, step, { input: known.input ?? null }));
  return { session, step, known, key, way, effect, input, undoInput };
}

function knownOr(make: () => Json): Known {
  try {
    return { value: make() };
  } catch (error) {
    if (error instanceof TurnEnds) throw error;
    return { problem: sentence(error) };
  }
}

/** What the world says of the step that is undone; undefined where it has nothing to look with. */
export async function lookAtStep({ session, step, key, input }: Undoing): Promise<LookResult | undefined> {
  if (!canLook(step)) return undefined;
  // An author's check does not need the step's own input.
  if ("problem" in input && !step.check) return { state: "unknown", seen: input.problem };
  return lookAt(session, step, "value" in input ? input.value : null, placeOf(session, step, key));
}

/** What the world says of the action that undoes it: `done` is undone. */
export async function lookAtUndo(
  { session, key, way, undoInput }: Undoing,
  captured?: Json,
): Promise<LookResult | undefined> {
  if (way.kind !== "runbook" || "problem" in undoInput) return undefined;
  return lookAtWayBack(session, way, undoInput.value, placeOf(session, way.step, key), captured);
}

export function questionOf(
  { session, step, key }: Undoing,
  situation: UndoQuestion["situation"],
  message: string,
  more: { readonly details?: readonly string[]; readonly seen?: string } = {},
): UndoQuestion {
  const { details = [], seen } = more;
  return {
    kind: "undo",
    situation,
    step: step.id,
    key,
    title: String(renderTemplate(step.title, scopeOf(session.values))),
    message,
    details,
    ...(seen === undefined ? {} : { seen }),
  };
}
