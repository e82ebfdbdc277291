import { inputProblem } from "../../look/input-problem.ts";
import { canLook, type LookResult, sentence } from "../../look/look.ts";
import type { OwnUndoLook } from "../../look/look-at-undo.ts";
import { TurnEnds } from "../../look/turn-ends.ts";
import { otherWorld } from "../../look/way-back.ts";
import type { Json } from "../../schema/json.ts";
import { RunPause } from "../pause.ts";
import { placeOf } from "../place-of.ts";
import { recordedInput } from "../prepare.ts";
import { lookAtOwn } from "./own-undo.ts";
import { type UndoFinished, type UndoStarted, undoFinished } from "./undo-events.ts";
import { lookAtStep, lookAtUndo, questionOf, type Undoing } from "./undoing.ts";

/**
 * Everything before a step is undone: can it be, is it undone already, is it still as the run left it? Returns what is
 * recorded before anything changes, or the end where there is nothing to do. `agreed`: it is wanted in spite of what
 * the world looks like; `onLook` hears that.
 */
export async function prepareUndo(
  undoing: Undoing,
  agreed: boolean,
  onLook: (look: OwnUndoLook) => void,
): Promise<UndoStarted | UndoFinished> {
  const { step, key, way, input } = undoing;
  if (way.kind === "none") return undoFinished(step.id, key, "left", { message: way.reason });
  if (way.kind === "not-needed") return undoFinished(step.id, key, "not-needed", { message: way.reason });
  const told = await toldBefore(undoing);
  if (told) return told;
  if (way.kind === "runbook") return prepareOther(undoing, agreed);
  // An action's own undo judges the world by itself, and touches nothing that is not as the step left it.
  if ("problem" in input)
    return undoFinished(step.id, key, "failed", { message: `nothing was undone: ${input.problem}` });
  const look = await lookAtOwn(undoing);
  onLook(look);
  return started(undoing, look);
}

/** What was decided on the command line before the undo runs. */
async function toldBefore({ session, step, key }: Undoing): Promise<UndoFinished | undefined> {
  const ruling = await session.answerer.undoBefore?.(step.id);
  if (!ruling || ruling.decision === "run-again") return undefined;
  const { decision, by, why, evidence } = ruling;
  return undoFinished(step.id, key, decision === "leave" ? "left" : "undone-by-hand", {
    message: "decided beforehand",
    by,
    why,
    ...(evidence === undefined ? {} : { evidence }),
  });
}

/** What an author wrote knows nothing of the world: where that is not as the step left it, a person decides. */
async function prepareOther(undoing: Undoing, agreed: boolean): Promise<UndoStarted | UndoFinished> {
  const { session, step, key, way, known, undoInput } = undoing;
  if (way.kind !== "runbook") throw new Error("only what the runbook names is prepared so");
  const look = await lookAtStep(undoing);
  if (look?.state === "not-done" && !look.assumed)
    return undoFinished(step.id, key, "already-undone", { message: look.seen });
  if ("problem" in undoInput)
    return undoFinished(step.id, key, "failed", { message: `nothing was undone: ${undoInput.problem}` });
  const wrong = await inputProblem(way.step, undoInput.value);
  if (wrong) return undoFinished(step.id, key, "failed", { message: `nothing was undone: ${wrong}` });
  const undone = await lookAtUndo(undoing);
  if (undone?.state === "done") return undoFinished(step.id, key, "already-undone", { message: undone.seen });
  // Only that it is not done is known. What may run twice does no harm; of anything else a person knows more.
  const harmless = look?.assumed === true && way.step.repeatable;
  const asLeft = harmless || (look ? look.state === "done" : known.status === "done");
  if (!asLeft && !agreed) {
    const seen = look?.seen ?? "there is nothing to look with: the step has no check";
    const message = look ? notAsLeft(look) : `how far it came is not known: ${beganAs(known.status)}`;
    const end = await ask(undoing, message, seen);
    if (end) return end;
  }
  try {
    const { action } = way.step;
    const captured =
      action.effect === "change" && action.capture
        ? await action.capture(
            undoInput.value,
            await otherWorld(session, undefined).read(placeOf(session, way.step, key)),
          )
        : undefined;
    return started(undoing, look, captured);
  } catch (error) {
    if (error instanceof TurnEnds) throw error;
    return undoFinished(step.id, key, "failed", { message: `nothing was undone: ${sentence(error)}` });
  }
}

/** Undefined where a person wants it undone all the same. */
async function ask(undoing: Undoing, message: string, seen: string): Promise<UndoFinished | undefined> {
  const { session, step, key } = undoing;
  session.durable.flush();
  const ruling = await session.answerer.undo(questionOf(undoing, "changed-since", message, { seen }));
  if (!ruling)
    throw new RunPause(
      "in-doubt",
      `step ${step.id} was not undone: ${message} (${seen}); a person decides: --decide ${step.id}=run-again|done|leave`,
      step.id,
    );
  if (ruling.decision === "run-again") {
    const { by, via } = ruling;
    await session.durable.once(`${key} ruled`, async () => ({
      type: "decided",
      step: step.id,
      key,
      decision: "run-again",
      via,
      by,
      seen,
    }));
    return undefined;
  }
  const { by, why, evidence } = ruling;
  return undoFinished(step.id, key, ruling.decision === "leave" ? "left" : "undone-by-hand", {
    message: seen,
    by,
    why,
    ...(evidence === undefined ? {} : { evidence }),
  });
}

function notAsLeft({ state, assumed }: LookResult): string {
  if (assumed) return "it is not done as the world is now, and its check does not say whether nothing of it is there";
  return state === "partial"
    ? "it is half done as the world is now"
    : "nobody can tell whether it is as the run left it";
}

function beganAs(status: string): string {
  switch (status) {
    case "failed":
      return "it failed";
    case "skipped":
      return "it was skipped after it had begun";
    case "done-by-hand":
      return "a person did it by hand";
    default:
      return "it was begun, and its end is not known";
  }
}

function started(undoing: Undoing, look: Pick<LookResult, "seen"> | undefined, captured?: Json): UndoStarted {
  const { session, step, key, way, known, undoInput } = undoing;
  const began = known.status === "done" ? "" : beganAs(known.status);
  const seen = [began, look ? look.seen : canLook(step) ? "" : "there is nothing to look with"];
  const words = seen.filter((part) => part !== "").join("; ");
  return {
    type: "undo-started",
    step: step.id,
    key,
    attempt: session.durable.attempt,
    ...(way.kind === "runbook" ? { uses: way.undo.uses } : {}),
    ...(way.kind === "runbook" && "value" in undoInput
      ? { input: recordedInput(session, way.step, undoInput.value, { result: known.result ?? null }) }
      : {}),
    ...(captured === undefined ? {} : { captured }),
    ...(words === "" ? {} : { seen: words }),
  };
}
