import { formatDuration, parseDuration } from "../../action/duration.ts";
import { ActionFailure } from "../../action/failure.ts";
import { renderTemplate } from "../../expression/template.ts";
import { sentence } from "../../look/look.ts";
import type { OwnUndoLook } from "../../look/look-at-undo.ts";
import { TurnEnds } from "../../look/turn-ends.ts";
import { type Place, scopeOf } from "../../look/world.ts";
import type { Json } from "../../schema/json.ts";
import { withLogDigests } from "../log-digests.ts";
import { RunPause } from "../pause.ts";
import { endingSignal } from "../perform.ts";
import { placeOf } from "../place-of.ts";
import { undoOwn } from "./own-undo.ts";
import { otherContext } from "./undo-contexts.ts";
import { type UndoFinished, type UndoInDoubt, type UndoStarted, undoFinished } from "./undo-events.ts";
import { lookAtStep, questionOf, type Undoing } from "./undoing.ts";

/** Undoes a step once, and says how it ended, with the digests of what its programs printed. */
export async function performUndo(
  undoing: Undoing,
  begun: UndoStarted,
  before: OwnUndoLook | undefined,
): Promise<UndoFinished | UndoInDoubt> {
  return withLogDigests(undoing.session, undoing.key, await performOnce(undoing, begun, before));
}

/**
 * `before`: what the step's own undo would have found just now. What it throws is a
 * pause, never a failure.
 */
async function performOnce(
  undoing: Undoing,
  begun: UndoStarted,
  before: OwnUndoLook | undefined,
): Promise<UndoFinished | UndoInDoubt> {
  const { session, step, key, effect, way } = undoing;
  const start = performance.now();
  const after = () => ({ durationMs: performance.now() - start });
  const doubt = (message: string): UndoInDoubt => ({
    type: "undo-in-doubt",
    step: step.id,
    key,
    begunBy: session.durable.attempt,
    message,
  });
  let ending: ReturnType<typeof endingSignal> | undefined;
  try {
    const limit = limitOf(undoing);
    ending = endingSignal(session, effect, limit);
    const place = placeOf(session, way.kind === "runbook" ? way.step : step, key, ending.signal);
    const end = await carryOut(undoing, begun, before, place);
    const wrong = way.kind === "runbook" ? await stillThere(undoing) : undefined;
    // The look was ended, too: it says nothing of what was done.
    if (wrong && session.stops.now.aborted) return doubt("it was ended on request before it was through");
    if (wrong) return undoFinished(step.id, key, "failed", { message: wrong, ...after() });
    return undoFinished(step.id, key, end.state, { ...end.more, ...after() });
  } catch (error) {
    if (error instanceof TurnEnds) throw error;
    if (effect === "manual" && session.stops.pause.aborted)
      throw new RunPause("interrupted", "the run was stopped on request", step.id);
    if (session.stops.now.aborted) return doubt("it was ended on request before it was through");
    if (ending?.timedOut() && effect === "change") return doubt(`${sentence(error)}; it was ended`);
    const failure = error instanceof ActionFailure ? error : undefined;
    if (effect === "change" && (!failure || failure.kind === "in-doubt")) return doubt(sentence(error));
    return undoFinished(step.id, key, "failed", {
      message: sentence(error),
      details: failure?.details ?? [],
      ...after(),
    });
  } finally {
    ending?.release();
  }
}

interface End {
  readonly state: UndoFinished["state"];
  readonly more: Partial<Pick<UndoFinished, "message" | "by" | "evidence">>;
}

async function carryOut(
  undoing: Undoing,
  begun: UndoStarted,
  before: OwnUndoLook | undefined,
  place: Place,
): Promise<End> {
  const { session, way, undoInput, step } = undoing;
  if (way.kind === "action") {
    await undoOwn(undoing, place);
    // It found nothing to do but to clear up behind itself.
    return before?.state === "undone"
      ? { state: "already-undone", more: { message: before.seen } }
      : { state: "undone", more: {} };
  }
  if (way.kind !== "runbook" || "problem" in undoInput) throw new ActionFailure("wrong-input", "nothing undoes it");
  const { action } = way.step;
  if (action.effect === "change") {
    await action.run(undoInput.value, await otherContext(session, place, begun.captured));
    return { state: "undone", more: {} };
  }
  if (action.effect !== "manual") throw new ActionFailure("wrong-input", `${action.name} changes nothing`);
  session.durable.flush();
  const result = await action.run(undoInput.value, {
    ...(await session.read(place)),
    ask: async (question) => {
      const { title } = questionOf(undoing, "by-hand", "");
      const answers = await session.answerer.manual({
        kind: "manual",
        step: step.id,
        key: place.key,
        title: `undo: ${title}`,
        ...question,
      });
      if (!answers) throw new RunPause("waiting", `nobody has undone step ${step.id} and said so`, step.id);
      return answers;
    },
  });
  return { state: "undone-by-hand", more: statedBy(result) };
}

function statedBy(result: Json): End["more"] {
  const { by, answers } = result as { by?: string; answers?: { [name: string]: Json } };
  const stated = Object.entries(answers ?? {}).filter(([name]) => name !== "done");
  const evidence = stated.map(([name, value]) => `${name}: ${String(value)}`).join("; ");
  return { ...(by === undefined ? {} : { by }), ...(evidence === "" ? {} : { evidence }) };
}

/** What was to be undone must be gone: an exit code alone says nothing of that. */
async function stillThere(undoing: Undoing): Promise<string | undefined> {
  const look = await lookAtStep(undoing);
  return look?.state === "done" ? `it ran, but the step still looks done: ${look.seen}` : undefined;
}

/** How long undoing may take, in milliseconds. */
function limitOf({ session, way, known }: Undoing): number | undefined {
  if (way.kind !== "runbook" || !way.undo.timeout) return undefined;
  const text = renderTemplate(way.undo.timeout, scopeOf(session.values, { result: known.result ?? null }));
  const limit = typeof text === "string" ? parseDuration(text) : undefined;
  if (limit === undefined)
    throw new ActionFailure(
      "wrong-input",
      `its time limit ${JSON.stringify(text)} is not a duration; nothing was undone`,
    );
  if (limit <= 0) throw new ActionFailure("wrong-input", `its time limit is ${formatDuration(limit)}`);
  return limit;
}
