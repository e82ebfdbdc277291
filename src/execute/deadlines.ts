import { formatDuration } from "../action/duration.ts";
import type { EventOf } from "../event/event.ts";
import { renderTemplate } from "../expression/template.ts";
import { type DeadlineClock, deadlineClocks } from "../runbook/deadline-clock.ts";
import type { Step } from "../runbook/runbook.ts";
import { RunPause } from "./pause.ts";
import type { DeadlineRuling } from "./questions.ts";
import type { Session } from "./session.ts";
import { UndoRequest } from "./undo-request.ts";
import { hasUndoable } from "./undoable.ts";

type Decision = EventOf<"deadline-decided">;

/**
 * Before an attempt begins: a deadline that is near is said, and one that is over wants a decision, once. What is at
 * work when the limit passes is not ended: half a step is worse than a late one.
 */
export async function heedDeadlines(session: Session, step: Step): Promise<void> {
  // What puts things in order at the end is late for no deadline.
  if (step.section === "finally" || session.root.deadlines.size + session.root.includes.size === 0) return;
  for (const clock of sayDeadlines(session)) {
    if (session.state.deadlines.get(clock.name)?.decision === "continue") continue;
    const decision = await decideOnce(session, step, clock);
    if (decision.decision === "continue") continue;
    const { by = session.run.user, via } = decision;
    const why = `deadline ${clock.name} is over`;
    if (decision.decision === "undo") throw new UndoRequest({ via: via === "runbook" ? "deadline" : via, by, why });
    const override =
      via === "runbook"
        ? `; its runbook stops here (atLimit), unless a person says: belay resume ${session.run.id} --decide deadline.${clock.name}=continue --why …`
        : "";
    throw new RunPause("stopped", `${why}: ${overWords(clock)}; ${nothingBegun(session, step)}${override}`, step.id);
  }
}

/** An earlier attempt may have begun, and then what it did is there or in doubt. */
function nothingBegun(session: Session, step: Step): string {
  const tries = session.state.steps.get(step.id)?.tries ?? 0;
  return tries === 0 ? `nothing of step ${step.id} was begun` : `step ${step.id} was not begun again`;
}

/** Says what is near or over, each once. Returns those that are over. */
export function sayDeadlines(session: Session, now = Date.now()): DeadlineClock[] {
  const over: DeadlineClock[] = [];
  for (const clock of deadlineClocks(session.root, session.state, now)) {
    if (clock.endedAt !== undefined) continue;
    const known = session.state.deadlines.get(clock.name);
    const said = known?.startedAt === clock.startedAt ? known : undefined;
    const { name: deadline, startedAt, limitAt } = clock;
    const event = { deadline, startedAt, limitAt };
    if (clock.leftMs <= 0) {
      if (said?.passedAt === undefined)
        session.durable.note(`deadline ${deadline} ${startedAt} passed`, { type: "deadline-passed", ...event });
      over.push(clock);
    } else if (clock.warnAt !== undefined && Date.parse(clock.warnAt) <= now && said?.warnedAt === undefined)
      session.durable.note(`deadline ${deadline} ${startedAt} warned`, { type: "deadline-warned", ...event });
  }
  return over;
}

const underway = new WeakMap<Session["durable"], Map<string, Promise<Decision>>>();

/** Branches that come to a limit at the same time have one decision, and a person one question. */
function decideOnce(session: Session, step: Step, clock: DeadlineClock): Promise<Decision> {
  const deciding = underway.get(session.durable) ?? new Map<string, Promise<Decision>>();
  underway.set(session.durable, deciding);
  const known = deciding.get(clock.name);
  if (known) return known;
  const decision = decide(session, step, clock).finally(() => deciding.delete(clock.name));
  deciding.set(clock.name, decision);
  return decision;
}

async function decide(session: Session, step: Step, clock: DeadlineClock): Promise<Decision> {
  const { name, deadline, startedAt, limitAt } = clock;
  const asked = deadline.atLimit === "ask";
  const stops = deadline.atLimit === "stop";
  // A stop is not the last word: whoever resumes is asked again.
  const key = `deadline ${name} ${startedAt} decided${asked || stops ? ` ${session.durable.attempt}` : ""}`;
  const known = session.durable.recorded(key);
  if (known?.type === "deadline-decided") return known;
  let decision: Decision;
  let ruling: DeadlineRuling | undefined;
  if (asked || stops) {
    session.durable.flush();
    // Where the author stops the run, a person can say beforehand that it goes on; who resumes it then is asked, too.
    const before = session.state.deadlines.get(name);
    const stoppedBefore = before?.startedAt === startedAt && before.decision === "stop";
    ruling = await session.answerer.deadline({
      kind: "deadline",
      ...(asked || stoppedBefore ? {} : { beforehand: true }),
      deadline: name,
      message: deadline.message
        ? String(renderTemplate(deadline.message, { inputs: clock.inputs, run: session.values.run }))
        : overWords(clock),
      startedAt,
      limitAt,
      step: step.id,
      canUndoRun: hasUndoable(session.state),
    });
    if (!ruling && asked)
      throw new RunPause(
        "waiting",
        `deadline ${name} is over (${overWords(clock)}): a person decides whether to go on`,
        step.id,
      );
  }
  if (ruling) decision = { type: "deadline-decided", deadline: name, ...ruling };
  else
    decision = {
      type: "deadline-decided",
      deadline: name,
      decision: deadline.atLimit as Decision["decision"],
      via: "runbook",
    };
  return session.durable.once(key, async () => decision);
}

function overWords({ elapsedMs, leftMs }: DeadlineClock): string {
  return `${formatDuration(elapsedMs)} of ${formatDuration(elapsedMs + leftMs)}`;
}
