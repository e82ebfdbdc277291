import type { EventOf } from "../event/event.ts";
import { renderTemplate } from "../expression/template.ts";
import { canLook, type LookResult, lookAt } from "../look/look.ts";
import { scopeOf } from "../look/world.ts";
import { canUndo, effectOf } from "../runbook/effect.ts";
import type { Step } from "../runbook/runbook.ts";
import type { Finished, InDoubt } from "./outcome.ts";
import { RunPause } from "./pause.ts";
import { placeOf } from "./place-of.ts";
import { inputOf, type Started } from "./prepare.ts";
import type { Ruling, RulingQuestion } from "./questions.ts";
import type { Session } from "./session.ts";
import { canGoBackTo, hasUndoable } from "./undoable.ts";

export type Decided = EventOf<"decided">;

/** What is done about an attempt that failed, or whose outcome is not known. Throws a pause when nobody decides. */
export async function decide(
  session: Session,
  step: Step,
  key: string,
  begun: Started | undefined,
  outcome: Finished | InDoubt,
  fresh: boolean,
): Promise<Decided> {
  return outcome.type === "step-in-doubt"
    ? decideDoubt(session, step, key, begun, outcome, fresh)
    : decideFailure(session, step, key, outcome, fresh);
}

function decided(
  step: Step,
  key: string,
  decision: Decided["decision"],
  via: Decided["via"],
  more: Partial<Decided> = {},
): Decided {
  return { type: "decided", step: step.id, key, decision, via, ...more };
}

/**
 * In doubt: safe to repeat → again; the world says → as it says; else a person says.
 * A doubt that arose in this turn is never answered with another attempt by itself: that could go on all night.
 */
async function decideDoubt(
  session: Session,
  step: Step,
  key: string,
  begun: Started | undefined,
  outcome: InDoubt,
  fresh: boolean,
): Promise<Decided> {
  const input = begun ? inputOf(session, step, begun) : {};
  // It names what it starts before it starts it: another attempt attaches to that, or begins where nothing was begun.
  const attaches = step.action.effect === "change" && step.action.reattaches && !session.durable.forgot(step.id);
  const harmless =
    effectOf(step.action, step.reads, input) !== "change" || (step.repeatable && !step.check) || attaches;
  const handles = [...(session.state.steps.get(step.id)?.remembered.values() ?? [])];
  if (harmless && !fresh)
    return decided(step, key, "run-again", attaches && handles.length > 0 ? "handle" : "repeatable");
  for (;;) {
    const look = await lookAt(session, step, input, placeOf(session, step, key));
    const { seen, state } = look;
    if (state === "done")
      return decided(step, key, "done", "check", {
        seen,
        ...(look.result === undefined ? {} : { result: look.result }),
      });
    const again = state === "not-done" || (state === "partial" && step.repeatable);
    if (again && !fresh) return decided(step, key, "run-again", "check", { seen });
    const ruling = await ask(session, step, key, "in-doubt", outcome.message, [], look);
    if (!ruling) throw new RunPause("in-doubt", `step ${step.id} is in doubt: ${outcome.message} (${seen})`, step.id);
    if (ruling.decision !== "look-again") return ruled(step, key, ruling, seen);
  }
}

async function decideFailure(
  session: Session,
  step: Step,
  key: string,
  outcome: Finished,
  fresh: boolean,
): Promise<Decided> {
  const message = outcome.message ?? "it failed";
  // A failure of an earlier turn: who resumes the run wants the step tried again.
  if (!fresh) return decided(step, key, "run-again", "resume", { by: session.run.user });
  for (;;) {
    const ruling = await ask(session, step, key, "failed", message, outcome.details ?? []);
    if (!ruling) throw new RunPause("failed", `step ${step.id} failed: ${message}`, step.id);
    if (ruling.decision !== "look-again") return ruled(step, key, ruling);
  }
}

async function ask(
  session: Session,
  step: Step,
  key: string,
  situation: RulingQuestion["situation"],
  message: string,
  details: readonly string[],
  look?: LookResult,
): Promise<Ruling | undefined> {
  session.durable.flush();
  return session.answerer.rule({
    kind: "ruling",
    situation,
    step: step.id,
    key,
    title: String(renderTemplate(step.title, scopeOf(session.values))),
    message,
    details,
    ...(look ? { seen: look.seen } : {}),
    canLook: situation !== "failed" && canLook(step),
    canSkip: situation === "failed",
    canUndoStep:
      situation === "in-doubt" && step.section !== "finally" && canUndo(step) && canGoBackTo(session.root, step.id),
    canUndoRun: situation === "failed" && step.section !== "finally" && hasUndoable(session.state),
    resultSchema: step.action.result,
  });
}

function ruled(step: Step, key: string, ruling: Exclude<Ruling, { decision: "look-again" }>, seen?: string): Decided {
  const { decision, ...rest } = ruling;
  return decided(step, key, decision, rest.via, { ...rest, ...(seen === undefined ? {} : { seen }) });
}
