import { parseDuration } from "../action/duration.ts";
import { renderTemplate } from "../expression/template.ts";
import { holds } from "../look/conditions.ts";
import { scopeOf } from "../look/world.ts";
import type { Step } from "../runbook/runbook.ts";
import type { Json } from "../schema/json.ts";
import { mayFail } from "./budget.ts";
import { heedDeadlines } from "./deadlines.ts";
import { type Decided, decide } from "./decide.ts";
import { baseKey } from "./group-record.ts";
import { stopHere } from "./halt.ts";
import { type Finished, type InDoubt, inDoubt } from "./outcome.ts";
import { perform } from "./perform.ts";
import { inputOf, prepare, type Started } from "./prepare.ts";
import type { Session } from "./session.ts";
import { InstanceFailure, UndoRequest } from "./undo-request.ts";

/** How a step stands after it: what later steps read, and whether the run may go on. */
export interface StepEnd {
  readonly status: Finished["state"];
  readonly result: Json;
}

/** Brings a step to its end: attempts, retries, doubts and decisions. Throws a pause when the run must stop here. */
export async function runStep(session: Session, step: Step): Promise<StepEnd> {
  // What preflight saw in an earlier turn says nothing of now: it has a key of its own in each turn.
  const whole = baseKey(session, step.id);
  const base = step.section === "preflight" && !step.once ? `${whole}@${session.turn}` : whole;
  let triesLeft = step.retry?.attempts ?? 1;
  let begunBefore = false;
  for (let attempt = 1; ; attempt++) {
    const key = `${base}#${attempt}`;
    stopHere(session, step.id);
    if (!session.durable.recorded(`${key} begun`)) await heedDeadlines(session, step);
    const { begun, outcome, fresh } = await attemptOnce(session, step, key, begunBefore);
    begunBefore ||= begun?.effect === "change";
    // The next attempt changes something else: what it finds done already is not this run's work.
    if (session.state.adopted.some(({ again }) => again?.includes(key))) begunBefore = false;
    if (outcome.type === "step-finished" && outcome.state !== "failed")
      return { status: outcome.state, result: outcome.result ?? null };
    triesLeft -= 1;
    if (outcome.type === "step-finished") {
      if (await triesAgain(session, step, key, outcome, attempt, triesLeft, fresh)) continue;
      // A failure whose text was mended is tried again, whatever the new text says of failures.
      const decided = session.durable.recorded(`${key} decided`) !== undefined;
      if (step.onFailure === "continue" && !decided) return { status: "failed", result: outcome.result ?? null };
    }
    const decision = await decideOnce(session, step, key, begun, outcome, fresh);
    if (decision.decision === "undo-step" || decision.decision === "undo-run") throw undoRequest(step, decision);
    if (decision.decision === "continue") throw new InstanceFailure(`${step.id} failed`);
    if (decision.decision !== "run-again") return endOf(decision);
    triesLeft = step.retry?.attempts ?? 1;
  }
}

async function decideOnce(
  session: Session,
  step: Step,
  key: string,
  begun: Started | undefined,
  outcome: Finished | InDoubt,
  fresh: boolean,
): Promise<Decided> {
  return session.durable.once(`${key} decided`, async () => {
    const failed = outcome.type === "step-finished";
    if (failed && mayFail(session.share))
      return { type: "decided", step: step.id, key, decision: "continue", via: "max-failures" };
    // What puts things in order at the end does so after an undo, too.
    if (failed && step.onFailure === "undo" && step.section !== "finally")
      throw new UndoRequest({
        via: "failure",
        by: session.run.user,
        why: `step ${step.id} failed: ${outcome.message ?? ""}`,
      });
    return decide(session, step, key, begun, outcome, fresh);
  });
}

/** The step is not through, and what it did is taken back; or all of the run is. */
function undoRequest(step: Step, { decision, via, by, why }: Decided): UndoRequest {
  return new UndoRequest({
    via: via === "option" ? "option" : "prompt",
    by: by ?? "",
    ...(decision === "undo-step" ? { to: step.id } : {}),
    ...(why === undefined ? {} : { why }),
  });
}

interface Attempted {
  readonly begun?: Started;
  readonly outcome: Finished | InDoubt;
  /** Whether it happened in this turn. */
  readonly fresh: boolean;
}

async function attemptOnce(session: Session, step: Step, key: string, begunBefore: boolean): Promise<Attempted> {
  const { durable } = session;
  let fresh = false;
  const begun = await durable.once(
    `${key} begun`,
    async () => {
      fresh = true;
      const ready = await prepare(session, step, key, begunBefore);
      // Looking and asking take their time: by now another branch may have ended the turn.
      if (ready.type === "step-started" || ready.state === "failed") stopHere(session, step.id);
      return ready;
    },
    { lazyFor: (event) => event.type === "step-finished" || event.effect !== "change" },
  );
  if (begun.type === "step-finished") return { outcome: begun, fresh };
  const outcome = await durable.once<Finished | InDoubt>(
    `${key} done`,
    async () => {
      // Begun by another turn, and no end recorded: nobody here knows what it did.
      if (begun.attempt !== durable.attempt && begun.effect === "change")
        return inDoubt(step, key, begun.attempt, "belay stopped while it was running");
      fresh = true;
      return perform(session, step, key, begun.effect, inputOf(session, step, begun));
    },
    // What a person states is on disk before anything builds on it.
    { lazyFor: () => begun.effect !== "manual", happened: true },
  );
  return { begun, outcome, fresh };
}

async function triesAgain(
  session: Session,
  step: Step,
  key: string,
  outcome: Finished,
  attempt: number,
  triesLeft: number,
  fresh: boolean,
): Promise<boolean> {
  const { retry } = step;
  if (!retry || triesLeft <= 0 || outcome.retryable === false) return false;
  const scope = scopeOf(session.values, { result: outcome.result ?? null, error: { message: outcome.message ?? "" } });
  try {
    if (retry.if && !holds(retry.if, scope)) return false;
  } catch {
    // What it asks about is not known of this failure: then it does not ask for another attempt.
    return false;
  }
  if (!fresh) return true;
  const first = parseDuration(String(renderTemplate(retry.delay, scope))) ?? 5000;
  const inMs = Math.round(first * retry.backoff ** (retry.attempts - triesLeft - 1));
  session.emit({
    type: "retrying",
    step: step.id,
    key,
    inMs,
    attempt: attempt + 1,
    attempts: retry.attempts,
    message: outcome.message ?? "",
  });
  try {
    await session.durable.sleep(key, inMs, AbortSignal.any([session.stops.pause, session.halt.signal]));
  } catch {
    // Whoever ended the wait ended the turn: the next attempt is not begun.
  }
  stopHere(session, step.id);
  return true;
}

function endOf(decision: Decided): StepEnd {
  const result = decision.result ?? null;
  switch (decision.decision) {
    case "done":
      return { status: "done", result };
    case "skip":
      return { status: "skipped", result };
    default:
      return { status: "done-by-hand", result };
  }
}
