import type { EventOf } from "../../event/event.ts";
import type { OwnUndoLook } from "../../look/look-at-undo.ts";
import { sessionAt } from "../frame.ts";
import { baseKey } from "../group-record.ts";
import { RunPause } from "../pause.ts";
import type { Session } from "../session.ts";
import { decideUndo } from "./decide-undo.ts";
import { performUndo } from "./perform-undo.ts";
import { prepareUndo } from "./prepare-undo.ts";
import { type UndoFinished, type UndoInDoubt, undoFinished } from "./undo-events.ts";
import { makeUndoing, type Undoing } from "./undoing.ts";

/** Undoes one step: attempts, doubts and decisions. Returns whether the change stays. Throws a pause. */
export async function undoStep(root: Session, id: string): Promise<boolean> {
  const known = root.state.steps.get(id);
  const found = sessionAt(root, id);
  const base = `${baseKey(root, id)}!undo`;
  if (!known || found?.node.kind !== "step") {
    const message = "the runbook that the run goes by now has no such step";
    await root.durable.once(`${base}#1 begun`, async () => undoFinished(id, `${base}#1`, "left", { message }));
    return true;
  }
  // Who decided, looking at this very step, that it is taken back is not asked the same again.
  const { to, via } = root.state.undo ?? {};
  let agreed = to === id && (via === "prompt" || via === "option");
  for (let attempt = 1; ; attempt++) {
    const undoing = await makeUndoing(found.session, found.node, known, `${base}#${attempt}`);
    const end = await attemptUndo(undoing, agreed);
    if (end.type === "undo-finished") return end.state === "left" && undoing.way.kind !== "not-needed";
    // Whoever wants it run again wants it in spite of what was seen; a resume says nothing of that.
    agreed = end.via !== "resume";
    if (root.stops.pause.aborted) throw new RunPause("interrupted", "the run was stopped on request", id);
  }
}

/** One attempt, to an end that stands, or to the decision for another one. */
async function attemptUndo(undoing: Undoing, agreed: boolean): Promise<UndoFinished | EventOf<"decided">> {
  const { session, step, key } = undoing;
  const { durable } = session;
  let fresh = false;
  let before: OwnUndoLook | undefined;
  const begun = await durable.once(
    `${key} begun`,
    () => {
      fresh = true;
      return prepareUndo(undoing, agreed, (look) => {
        before = look;
      });
    },
    // What a person said is on disk before anything builds on it.
    { lazyFor: (event) => event.type === "undo-finished" && event.by === undefined },
  );
  let outcome: UndoFinished | UndoInDoubt;
  if (begun.type === "undo-finished") outcome = begun;
  else {
    outcome = await durable.once<UndoFinished | UndoInDoubt>(
      `${key} done`,
      async () => {
        if (begun.attempt !== durable.attempt && undoing.effect === "change")
          return {
            type: "undo-in-doubt",
            step: step.id,
            key,
            begunBy: begun.attempt,
            message: "belay stopped while it was being undone",
          };
        fresh = true;
        return performUndo(undoing, begun, before);
      },
      { lazyFor: (event) => event.type === "undo-finished" && event.by === undefined, happened: true },
    );
  }
  if (outcome.type === "undo-finished" && outcome.state !== "failed") return outcome;
  if (fresh && session.stops.now.aborted)
    throw new RunPause("interrupted", `undoing step ${step.id} was ended on request`, step.id);
  const captured = begun.type === "undo-started" ? begun.captured : undefined;
  return durable.once(`${key} decided`, () => decideUndo(undoing, outcome, captured, fresh));
}
