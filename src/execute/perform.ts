import { formatDuration, parseDuration } from "../action/duration.ts";
import { ActionFailure } from "../action/failure.ts";
import { renderTemplate } from "../expression/template.ts";
import { holds } from "../look/conditions.ts";
import { canLook, lookAt, runRead, sentence } from "../look/look.ts";
import { pollOnce } from "../look/poll.ts";
import { type Place, scopeOf } from "../look/world.ts";
import type { Effect } from "../runbook/effect.ts";
import type { Step } from "../runbook/runbook.ts";
import type { Json } from "../schema/json.ts";
import { withLogDigests } from "./log-digests.ts";
import { type Finished, finished, type InDoubt, inDoubt } from "./outcome.ts";
import { RunPause } from "./pause.ts";
import { placeOf } from "./place-of.ts";
import type { Session } from "./session.ts";
import { changeContext } from "./step-contexts.ts";

/** Does a step once, and says how it ended. What it throws is a pause, never a failure of the step. */
export async function perform(
  session: Session,
  step: Step,
  key: string,
  effect: Effect,
  input: Json,
): Promise<Finished | InDoubt> {
  return withLogDigests(session, key, await performOnce(session, step, key, effect, input));
}

async function performOnce(
  session: Session,
  step: Step,
  key: string,
  effect: Effect,
  input: Json,
): Promise<Finished | InDoubt> {
  const timeout = timeoutOf(session, step);
  const ending = endingSignal(session, effect, timeout);
  const place: Place = placeOf(session, step, key, ending.signal);
  const begun = performance.now();
  const after = () => performance.now() - begun;
  try {
    const result = plain(await carryOut(session, step, effect, input, place));
    const wrong = await contradiction(session, step, input, result, key, effect);
    // The look was ended, too: it says nothing of what was done.
    if (wrong && session.stops.now.aborted) throw interrupted(session, step, key, effect);
    if (wrong) return finished(step, key, "failed", { ...wrong, result, durationMs: after() });
    return finished(step, key, "done", { result, durationMs: after() });
  } catch (error) {
    if (error instanceof RunPause) throw error;
    if (session.stops.now.aborted || (effect !== "change" && session.stops.pause.aborted))
      throw interrupted(session, step, key, effect);
    // `wait` says itself what it saw last.
    if (ending.timedOut() && step.action.effect === "poll")
      return finished(step, key, "failed", { message: sentence(error), durationMs: after(), retryable: true });
    if (ending.timedOut()) return afterTimeout(session, step, key, effect, input, timeout ?? 0, after());
    if (effect === "change" && !(error instanceof ActionFailure && error.kind !== "in-doubt"))
      return inDoubt(step, key, session.durable.attempt, sentence(error));
    const failure = error instanceof ActionFailure ? error : undefined;
    return finished(step, key, "failed", {
      message: sentence(error),
      details: failure?.details ?? [],
      ...(failure?.result === undefined ? {} : { result: plain(failure.result) }),
      retryable: failure?.kind !== "wrong-input",
      durationMs: after(),
    });
  } finally {
    ending.release();
  }
}

async function carryOut(session: Session, step: Step, effect: Effect, input: Json, place: Place): Promise<Json> {
  const { action } = step;
  switch (action.effect) {
    case "read":
      return runRead(session, action, input, place, "step");
    case "change":
      if (effect === "read") return runRead(session, action, input, place, "step");
      return action.run(input, await changeContext(session, place));
    case "poll": {
      session.durable.flush();
      return action.run(input, { ...(await session.read(place)), look: () => pollOnce(session, step, place) });
    }
    case "assert":
      return action.run(input, { ...(await session.read(place)), written: step.written });
    case "manual": {
      session.durable.flush();
      const title = String(renderTemplate(step.title, scopeOf(session.values)));
      return action.run(input, {
        ...(await session.read(place)),
        ask: async (question) => {
          const answers = await session.answerer.manual({
            kind: "manual",
            step: step.id,
            key: place.key,
            title,
            ...question,
          });
          if (!answers) throw new RunPause("waiting", "nobody has done it and said so", step.id);
          return answers;
        },
      });
    }
  }
}

/** What a step that ran without an error still got wrong: by its check, or by what its author expects of the result. */
async function contradiction(session: Session, step: Step, input: Json, result: Json, key: string, effect: Effect) {
  try {
    const scope = scopeOf(session.values, { result });
    for (const condition of step.expect) {
      if (!holds(condition, scope))
        return { message: `it ran, but what is expected does not hold: ${condition.text}`, retryable: true };
    }
  } catch (error) {
    return { message: sentence(error) };
  }
  if (!step.check || effect !== "change") return undefined;
  const look = await lookAt(session, step, input, placeOf(session, step, key));
  if (look.state === "done") return undefined;
  const says = {
    "not-done": "it is not done",
    partial: "it is half done",
    unknown: "nothing, because it could not look",
  }[look.state];
  return {
    message: `it ran without an error, but the check says: ${says} (${look.seen})`,
    retryable: look.state === "not-done",
  };
}

async function afterTimeout(
  session: Session,
  step: Step,
  key: string,
  effect: Effect,
  input: Json,
  timeout: number,
  durationMs: number,
) {
  const message = `it was ended after ${formatDuration(timeout)}, its time limit`;
  if (effect !== "change") return finished(step, key, "failed", { message, durationMs, retryable: true });
  if (!canLook(step)) return inDoubt(step, key, session.durable.attempt, message);
  const look = await lookAt(session, step, input, placeOf(session, step, key));
  if (look.state === "done")
    return finished(step, key, "done", {
      message: `${message}; by then it was done (${look.seen})`,
      durationMs,
      ...(look.result === undefined ? {} : { result: look.result }),
    });
  if (look.state === "not-done")
    return finished(step, key, "failed", {
      message: `${message}; it is not done (${look.seen})`,
      durationMs,
      retryable: true,
    });
  return inDoubt(step, key, session.durable.attempt, `${message} (${look.seen})`);
}

function interrupted(session: Session, step: Step, key: string, effect: Effect): RunPause {
  const message = "it was ended on request before it was through";
  // What only looks leaves nothing behind, so there is nothing to doubt.
  if (effect === "change")
    session.durable.note(`${key} interrupted ${session.durable.attempt}`, {
      type: "step-interrupted",
      step: step.id,
      key,
      message,
    });
  return new RunPause(
    "interrupted",
    effect === "change" ? "a step was ended on request; what it did is not known" : "the run was stopped on request",
    step.id,
  );
}

function timeoutOf(session: Session, step: Step): number | undefined {
  if (!step.timeout) return undefined;
  const text = renderTemplate(step.timeout, scopeOf(session.values));
  const value = typeof text === "string" ? parseDuration(text) : undefined;
  if (value === undefined)
    throw new RunPause(
      "failed",
      `step ${step.id} has the time limit ${JSON.stringify(text)}, which is not a duration`,
      step.id,
    );
  return value;
}

export interface Ending {
  readonly signal: AbortSignal;
  timedOut(): boolean;
  release(): void;
}

/** The signal that ends a step: its time limit, a second Ctrl-C, a lost run; and the first Ctrl-C where nothing is changed. */
export function endingSignal(session: Session, effect: Effect, timeout: number | undefined): Ending {
  const own = new AbortController();
  const sources = [session.stops.now, session.durable.lost, ...(effect === "change" ? [] : [session.stops.pause])];
  const end = () => own.abort(new ActionFailure("failed", "it was ended on request"));
  for (const source of sources) {
    if (source.aborted) end();
    else source.addEventListener("abort", end, { once: true });
  }
  let late = false;
  const timer =
    timeout === undefined
      ? undefined
      : setTimeout(() => {
          late = true;
          own.abort(new ActionFailure("failed", `its time limit of ${formatDuration(timeout)} is over`));
        }, timeout);
  return {
    signal: own.signal,
    timedOut: () => late,
    release: () => {
      clearTimeout(timer);
      for (const source of sources) source.removeEventListener("abort", end);
    },
  };
}

/** Results are journalled: what is not JSON does not leave a step. */
function plain(result: unknown): Json {
  return result === undefined ? null : (JSON.parse(JSON.stringify(result)) as Json);
}
