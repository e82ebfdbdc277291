import type { EventOf } from "../event/event.ts";
import { renderTemplate } from "../expression/template.ts";
import { JournalWriteFailure } from "../journal/failures.ts";
import { scopeOf, stepValue } from "../look/world.ts";
import type { Step } from "../runbook/runbook.ts";
import type { JsonObject } from "../schema/json.ts";
import { type PauseReason, RunPause } from "./pause.ts";
import { runStep } from "./run-step.ts";
import type { Session } from "./session.ts";

/** How a turn at a run ended. */
export type RunEnd =
  | { readonly state: "done" | "abandoned" }
  | { readonly state: "paused"; readonly reason: PauseReason; readonly message: string; readonly step?: string };

/** Runs a runbook from wherever its journal says it is, to its end or to the next pause. */
export async function runToEnd(session: Session, before?: () => Promise<void>): Promise<RunEnd> {
  return endingIn(session, async () => {
    await before?.();
    for (const step of session.runbook.preflight) await runOne(session, step);
    for (const step of session.runbook.steps) await runOne(session, step);
    await runFinally(session);
    const outputs: JsonObject = {};
    for (const [name, template] of session.runbook.outputs)
      outputs[name] = renderTemplate(template, scopeOf(session.values));
    return finish(session, {
      type: "run-finished",
      state: "done",
      ...(session.runbook.outputs.size > 0 ? { outputs } : {}),
    });
  });
}

/** Gives a run up: what must be put in order at the end is, and nothing else is done. */
export async function abandonRun(session: Session, why: string, before?: () => Promise<void>): Promise<RunEnd> {
  return endingIn(session, async () => {
    await before?.();
    await runFinally(session);
    return finish(session, { type: "run-finished", state: "abandoned", why, by: session.run.user });
  });
}

async function finish(session: Session, event: EventOf<"run-finished">): Promise<RunEnd> {
  await session.durable.once("run finished", async () => event, { happened: true });
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

async function runOne(session: Session, step: Step): Promise<void> {
  const end = await runStep(session, step);
  session.values.steps[step.id] = stepValue(end.result, end.status);
}

/** Every step of `finally` gets its chance; the first pause among them is what stops the run. */
async function runFinally(session: Session): Promise<void> {
  for (const step of [...session.runbook.preflight, ...session.runbook.steps]) {
    // A run that was given up never came to some of its steps; what reads them finds null, not a mistake.
    session.values.steps[step.id] ??= stepValue(null, "pending");
  }
  let pause: RunPause | undefined;
  for (const step of session.runbook.finally) {
    try {
      await runOne(session, step);
    } catch (error) {
      if (!(error instanceof RunPause) || error.reason === "interrupted") throw error;
      pause ??= error;
    }
  }
  if (pause) throw pause;
}
