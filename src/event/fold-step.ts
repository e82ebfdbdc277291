import type { EventOf, TimedEvent } from "./event.ts";
import type { RunState, StepState } from "./run-state.ts";

type StepEvent = TimedEvent &
  EventOf<
    | "group-started"
    | "step-started"
    | "step-finished"
    | "step-in-doubt"
    | "step-interrupted"
    | "decided"
    | "confirmed"
    | "remembered"
  >;

/** The state of a step; made when it is first heard of. */
export function stepOf(state: RunState, id: string, key: string): StepState {
  let step = state.steps.get(id);
  if (!step) {
    step = { id, status: "pending", key, tries: 0, round: 1, order: 0, remembered: new Map() };
    state.steps.set(id, step);
  }
  step.key = key;
  return step;
}

function begin(state: RunState, step: StepState, at: string): void {
  step.status = "running";
  step.startedAt = at;
  step.begunAt ??= at;
  state.starts += 1;
  step.order = state.starts;
}

/** What earlier attempts kept for undo is theirs: the one that begins now has another input. */
function setAside(step: StepState): void {
  const { key, input, captured, remembered } = step;
  if (captured !== undefined || remembered.size > 0) {
    const kept = { ...(input === undefined ? {} : { input }), ...(captured === undefined ? {} : { captured }) };
    step.earlier = [...(step.earlier ?? []), { key, ...kept, remembered }];
  }
  step.remembered = new Map();
  delete step.captured;
  delete step.renewed;
}

function start(state: RunState, event: TimedEvent & EventOf<"step-started">): void {
  const before = state.steps.get(event.step);
  if (before?.renewed) setAside(before);
  const step = stepOf(state, event.step, event.key);
  begin(state, step, event.at);
  step.tries += 1;
  step.section = event.section;
  step.effect = event.effect;
  step.input = event.input;
  if (event.noReturn !== undefined) step.noReturn = event.noReturn;
  if (event.connection !== undefined) step.connection = event.connection;
  if (event.title !== undefined) step.title = event.title;
  if (event.captured !== undefined && step.captured === undefined) step.captured = event.captured;
}

function finish(state: RunState, event: TimedEvent & EventOf<"step-finished">): void {
  const step = stepOf(state, event.step, event.key);
  step.status = event.state;
  step.section = event.section;
  step.endedAt = event.at;
  delete step.message;
  delete step.details;
  const { durationMs, result, message, details, by, why, evidence, output } = event;
  Object.assign(step, JSON.parse(JSON.stringify({ durationMs, message, details, by, why, evidence, output })));
  if (result !== undefined) step.result = result;
}

/** Whether a key is that of an attempt to undo a step: `load!undo#1`. No step has such a name. */
const isUndoKey = (key: string) => /!undo#\d+$/.test(key);

const isInDoubt = ({ status, effect }: StepState) =>
  status === "in-doubt" || (status === "running" && effect === "change");

/** Decisions about the undoing of a step have its undo's key, and are told there. */
function decide(state: RunState, event: TimedEvent & EventOf<"decided">): void {
  if (isUndoKey(event.key)) {
    const undo = state.steps.get(event.step)?.undo;
    if (undo) undo.status = "running";
    return;
  }
  const step = stepOf(state, event.step, event.key);
  switch (event.decision) {
    case "run-again":
      // Until the next attempt begins, what the last one did is as unknown as before.
      if (!isInDoubt(step)) step.status = "pending";
      return;
    case "undo-step":
    case "undo-run":
    case "leave":
      return;
    case "continue":
      step.status = "failed";
      step.givenUp = true;
      return;
    default:
      step.status = event.decision === "skip" ? "skipped" : event.decision;
      step.endedAt = event.at;
      if (event.result !== undefined) step.result = event.result;
      if (event.by !== undefined) step.by = event.by;
      if (event.why !== undefined) step.why = event.why;
      if (event.evidence !== undefined) step.evidence = event.evidence;
  }
}

/** What steps and groups say of themselves. */
export function foldStep(state: RunState, event: StepEvent): void {
  switch (event.type) {
    case "group-started": {
      const step = stepOf(state, event.step, event.key);
      begin(state, step, event.at);
      step.section = event.section;
      const { instances, inputs } = event;
      step.group = { ...(instances === undefined ? {} : { instances }), ...(inputs === undefined ? {} : { inputs }) };
      return;
    }
    case "step-started":
      start(state, event);
      return;
    case "step-finished":
      finish(state, event);
      return;
    case "step-in-doubt":
    case "step-interrupted": {
      const step = stepOf(state, event.step, event.key);
      step.status = "in-doubt";
      step.message = event.message;
      return;
    }
    case "decided":
      decide(state, event);
      return;
    case "remembered":
      (isUndoKey(event.key) ? state.steps.get(event.step) : stepOf(state, event.step, event.key))?.remembered.set(
        event.name,
        event.value,
      );
      return;
    case "confirmed":
      return;
    default:
      event satisfies never;
  }
}
