import type { EventOf } from "../event/event.ts";
import { JournalWriteFailure } from "../journal/failures.ts";
import { withdrawApprovals } from "./approval.ts";
import { watchDeadlines } from "./deadline-watch.ts";
import { identifyConnections } from "./identify.ts";
import { maskLogs } from "./log-digests.ts";
import { outputsOf } from "./outputs.ts";
import { type PauseReason, RunPause } from "./pause.ts";
import { endInOrder, runFinally } from "./run-finally.ts";
import { runNodes } from "./run-node.ts";
import type { Session } from "./session.ts";
import { UndoRequest } from "./undo-request.ts";

/** How a turn at a run ended. */
export type RunEnd =
  | { readonly state: "done" | "abandoned" }
  /** `failed`: it was to be done, and was undone instead. */
  | { readonly state: "undone"; readonly failed?: true }
  | { readonly state: "paused"; readonly reason: PauseReason; readonly message: string; readonly step?: string };

/**
 * Runs a runbook from wherever its journal says it is, to its end or to the next pause. A run that was being undone
 * goes on being undone.
 */
export async function runToEnd(session: Session, before?: () => Promise<void>): Promise<RunEnd> {
  return endingIn(session, async () => {
    await before?.();
    await maskLogs(session, session.unfinished);
    await identifyConnections(session);
    if (session.state.undo) return undone(session);
    const endWatch = watchDeadlines(session);
    try {
      await runNodes(session, session.runbook.preflight);
      await runNodes(session, session.runbook.steps);
      await runFinally(session, runNodes);
    } catch (error) {
      if (!(error instanceof UndoRequest)) throw error;
      return undone(session, error);
    } finally {
      endWatch();
    }
    const outputs = outputsOf(session);
    return finish(session, {
      type: "run-finished",
      state: "done",
      ...(session.runbook.outputs.size > 0 ? { outputs } : {}),
    });
  });
}

/** Undoes a run, or what came from a step on: on request, or in the middle of a turn. */
export async function undoToEnd(session: Session, request: UndoRequest, before?: () => Promise<void>): Promise<RunEnd> {
  return endingIn(session, async () => {
    await before?.();
    await identifyConnections(session);
    return undo(session, request);
  });
}

/** Undone in the middle of a turn that was to bring the run to its end. */
async function undone(session: Session, request?: UndoRequest): Promise<RunEnd> {
  const end = await undo(session, request);
  return session.state.undo?.via === "command" || end.state !== "undone" ? end : { ...end, failed: true };
}

async function undo(session: Session, request?: UndoRequest): Promise<RunEnd> {
  // A branch that asked for it stopped the others; a person who stops the run stops it before it is undone, too.
  session.halt.lift();
  if (session.stops.pause.aborted) throw new RunPause("interrupted", "the run was stopped on request");
  if (request?.to === undefined) await withdrawApprovals(session);
  const { undoRun } = await import("./undo/undo-run.ts");
  await session.secretsForUndo();
  const left = await undoRun(session, request);
  await endInOrder(session, runNodes);
  const { why, by, via } = session.state.undo ?? {};
  return finish(session, {
    type: "run-finished",
    state: "undone",
    ...(left.length > 0 ? { left: [...left] } : {}),
    ...(why === undefined ? {} : { why }),
    ...(by === undefined || via === "failure" || via === "deadline" ? {} : { by }),
  });
}

/** Gives a run up: what must be put in order at the end is, and nothing else is done. */
export async function abandonRun(session: Session, why: string, before?: () => Promise<void>): Promise<RunEnd> {
  return endingIn(session, async () => {
    await before?.();
    await endInOrder(session, runNodes);
    return finish(session, { type: "run-finished", state: "abandoned", why, by: session.run.user });
  });
}

async function finish(session: Session, event: EventOf<"run-finished">): Promise<RunEnd> {
  await withdrawApprovals(session);
  // A run that was done can be undone, or taken back and done again: each end has a record of its own.
  await session.durable.once(`run ${event.state} ${session.durable.attempt}`, async () => event, { happened: true });
  return { state: event.state };
}

async function endingIn(session: Session, work: () => Promise<RunEnd>): Promise<RunEnd> {
  try {
    return await work();
  } catch (error) {
    const pause = asPause(error, session);
    try {
      session.durable.note(`paused ${session.durable.attempt}`, {
        type: "run-paused",
        reason: pause.reason,
        message: pause.message,
        ...(pause.step === undefined ? {} : { step: pause.step }),
      });
    } catch (cannot) {
      // A full disk can't even take this; the journal without it says "interrupted", which is as true.
      if (!(cannot instanceof JournalWriteFailure)) throw cannot;
    }
    return {
      state: "paused",
      reason: pause.reason,
      message: pause.message,
      ...(pause.step === undefined ? {} : { step: pause.step }),
    };
  }
}

function asPause(error: unknown, session: Session): RunPause {
  if (error instanceof RunPause) {
    const asked = session.stops.pause.aborted && error.reason === "waiting";
    return asked ? new RunPause("interrupted", "the run was stopped on request", error.step) : error;
  }
  if (error instanceof JournalWriteFailure)
    return new RunPause(error.full ? "disk-full" : "stopped", `${error.message}; nothing more was begun`);
  throw error;
}
