import type { EventOf } from "../event/event.ts";
import { renderTemplate } from "../expression/template.ts";
import { absoluteInput } from "../look/absolute-input.ts";
import { holds } from "../look/conditions.ts";
import { inputProblem } from "../look/input-problem.ts";
import { canLook, type LookResult, lookAt, sentence } from "../look/look.ts";
import { TurnEnds } from "../look/turn-ends.ts";
import { scopeOf } from "../look/world.ts";
import { canUndo, type Effect, effectOf } from "../runbook/effect.ts";
import type { Step } from "../runbook/runbook.ts";
import { holdsSecret } from "../runbook/secret-uses.ts";
import type { Json } from "../schema/json.ts";
import { mask } from "../secret/mask-stream.ts";
import { confirmIfAsked } from "./confirm.ts";
import { type Finished, finished } from "./outcome.ts";
import { RunPause } from "./pause.ts";
import { placeOf } from "./place-of.ts";
import type { Frame, Session } from "./session.ts";
import { UndoRequest } from "./undo-request.ts";
import { canGoBackTo, hasUndoable } from "./undoable.ts";

export type Started = EventOf<"step-started">;

/**
 * Everything before a step's effect: is it wanted, is it done already, may it begin, and what will undo need?
 * Returns what is recorded before the effect, or the end of the step when there is nothing to do.
 * `begunBefore`: an earlier attempt of this run began to change the world.
 */
export async function prepare(
  session: Session,
  step: Step,
  key: string,
  begunBefore: boolean,
): Promise<Started | Finished> {
  let input: Json;
  try {
    const scope = scopeOf(session.values);
    if (step.when && !holds(step.when, scope))
      return finished(step, key, "skipped", { message: `its condition does not hold: ${step.when.text}` });
    const rendered = renderTemplate(step.with, scope);
    const wrong = await inputProblem(step, rendered);
    if (wrong) return finished(step, key, "failed", { message: wrong });
    input = absoluteInput(step.action, rendered, session.cwd);
  } catch (error) {
    if (error instanceof TurnEnds) throw error;
    const missing = step.section === "finally" ? neverReached(session, step) : undefined;
    if (missing) return finished(step, key, "skipped", { message: `it reads step ${missing}, which was not done` });
    const silent = doneWithoutResult(session, step);
    const why = silent
      ? `; step ${silent} was found done, so its result is not known: do this step by hand, or start a new run`
      : "";
    return finished(step, key, "failed", { message: `${sentence(error)}${why}` });
  }
  const effect = effectOf(step.action, step.reads, input);
  if (effect !== "change") {
    await confirmIfAsked(session, step, key, recordedInput(session, step, input), effect);
    return started(session, step, key, effect, input);
  }
  return prepareChange(session, step, key, input, begunBefore);
}

async function prepareChange(
  session: Session,
  step: Step,
  key: string,
  input: Json,
  begunBefore: boolean,
): Promise<Started | Finished> {
  const look = canLook(step) ? await lookAt(session, step, input, placeOf(session, step, key)) : undefined;
  if (look?.state === "done") {
    // What an earlier attempt of this run began is this run's own work, and undo's concern.
    return finished(step, key, begunBefore ? "done" : "already-done", {
      message: look.seen,
      ...(look.result === undefined ? {} : { result: look.result }),
    });
  }
  // An action that inspects itself judges a half-done world by itself; an author's check hands the question to a person.
  if (step.check && look?.state === "partial" && !step.repeatable)
    return halfDone(session, step, key, input, look, begunBefore);
  if (step.check && look?.state === "unknown")
    return finished(step, key, "failed", { message: `nothing was begun: ${look.seen}`, retryable: true });
  return goAhead(session, step, key, input, look);
}

async function goAhead(
  session: Session,
  step: Step,
  key: string,
  input: Json,
  look: LookResult | undefined,
): Promise<Started | Finished> {
  await confirmIfAsked(session, step, key, recordedInput(session, step, input), "change");
  if (session.stops.pause.aborted) throw new RunPause("interrupted", "the run was stopped on request", step.id);
  try {
    const { action } = step;
    const captured =
      action.effect === "change" && action.capture
        ? await action.capture(input, await session.read(placeOf(session, step, key)))
        : undefined;
    return started(session, step, key, "change", input, captured, look?.seen);
  } catch (error) {
    if (error instanceof TurnEnds) throw error;
    return finished(step, key, "failed", { message: sentence(error) });
  }
}

async function halfDone(
  session: Session,
  step: Step,
  key: string,
  input: Json,
  look: LookResult,
  begunBefore: boolean,
): Promise<Started | Finished> {
  session.durable.flush();
  const message = begunBefore
    ? "an earlier attempt left it half done"
    : "it is half done before it was begun in this run";
  const ruling = await session.answerer.rule({
    kind: "ruling",
    situation: "half-done",
    step: step.id,
    key,
    title: String(renderTemplate(step.title, scopeOf(session.values))),
    message,
    details: [],
    seen: look.seen,
    canLook: true,
    canSkip: true,
    canUndoStep: begunBefore && step.section !== "finally" && canUndo(step) && canGoBackTo(session.root, step.id),
    canUndoRun: step.section !== "finally" && hasUndoable(session.state),
    resultSchema: step.action.result,
  });
  if (!ruling) throw new RunPause("in-doubt", `step ${step.id}: ${message} (${look.seen})`, step.id);
  switch (ruling.decision) {
    case "look-again":
      return prepareChange(session, step, key, input, begunBefore);
    case "run-again":
      return goAhead(session, step, key, input, look);
    case "skip":
      return { ...finished(step, key, "skipped"), by: ruling.by, why: ruling.why };
    case "undo-step":
    case "undo-run":
      throw new UndoRequest({
        via: ruling.via,
        by: ruling.by,
        ...(ruling.decision === "undo-step" ? { to: step.id } : {}),
        ...(ruling.why === undefined ? {} : { why: ruling.why }),
      });
    case "done-by-hand": {
      const { by, why, evidence, result } = ruling;
      return { ...finished(step, key, "done-by-hand", result === undefined ? {} : { result }), by, why, evidence };
    }
  }
}

function started(
  session: Session,
  step: Step,
  key: string,
  effect: Effect,
  input: Json,
  captured?: Json,
  seen?: string,
): Started {
  return {
    type: "step-started",
    step: step.id,
    key,
    section: step.section,
    attempt: session.durable.attempt,
    effect,
    input: recordedInput(session, step, input),
    ...(captured === undefined ? {} : { captured }),
    ...(seen === undefined ? {} : { seen }),
    ...(effect === "change" && !canUndo(step) ? { noReturn: true } : {}),
    ...(step.on === undefined ? {} : { connection: step.on }),
    ...ownTitle(session, step),
  };
}

/** A title with an expression in it, with the values of now; it is no reason not to begin. */
function ownTitle(session: Frame, step: Step): { title?: string } {
  if (step.title.references.length === 0) return {};
  try {
    return { title: String(renderTemplate(step.title, scopeOf(session.values))) };
  } catch {
    return {};
  }
}

/** What `with` comes to, with secrets: they reach the action, and nothing else. */
function realInput(session: Frame, step: Step): Json {
  return absoluteInput(step.action, renderTemplate(step.with, scopeOf(session.values)), session.cwd);
}

/**
 * The input of an attempt that was begun: what was recorded, unless secrets belong into it. A word of it that is spelled
 * like a secret is masked in the record, too, and is had again in the same way.
 */
export function inputOf(session: Frame, step: Step, begun: Pick<Started, "input">): Json {
  const whole = !holdsSecret(step.with) && !JSON.stringify(begun.input).includes(mask);
  return whole ? begun.input : realInput(session, step);
}

/** The input as it is recorded. Where a secret is part of it, the name stands for the value. */
export function recordedInput(
  session: Frame,
  step: Step,
  real: Json,
  extra: { readonly [root: string]: Json } = {},
): Json {
  if (!holdsSecret(step.with)) return real;
  const names = Object.fromEntries(Object.keys(session.values.secrets).map((name) => [name, `(secret ${name})`]));
  try {
    return absoluteInput(
      step.action,
      renderTemplate(step.with, scopeOf(session.values, { ...extra, secrets: names })),
      session.cwd,
    );
  } catch {
    return "(holds a secret)";
  }
}

/** A step that a step of `finally` reads, and that a run that was given up never came to, or not to its end. */
function neverReached(session: Session, step: Step): string | undefined {
  return stepsRead(step).find((id) => ["pending", "failed"].includes(session.values.steps[id]?.status ?? ""));
}

/** A step that this one reads, that is done, and of which nobody knows the result. */
function doneWithoutResult(session: Session, step: Step): string | undefined {
  return stepsRead(step).find(
    (id) => session.values.steps[id]?.done === true && session.values.steps[id]?.result === null,
  );
}

function stepsRead(step: Step): string[] {
  const all = [...step.with.references, ...(step.when?.compiled.references ?? [])];
  return all.filter(({ path }) => path[0] === "steps").map(({ path }) => path[1] ?? "");
}
