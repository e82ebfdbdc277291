import type { Json, JsonObject } from "../schema/json.ts";
import type { EventOf, TimedEvent } from "./event.ts";

export type StepStatus =
  | "pending"
  | "running"
  | "done"
  | "already-done"
  | "skipped"
  | "failed"
  | "in-doubt"
  | "done-by-hand";

/** What is known of one step. Times are ISO 8601, UTC. */
export interface StepState {
  readonly id: string;
  status: StepStatus;
  key: string;
  tries: number;
  startedAt?: string;
  endedAt?: string;
  durationMs?: number;
  /** What the attempt does to the world, once it began. */
  effect?: EventOf<"step-started">["effect"];
  input?: Json;
  result?: Json;
  message?: string;
  details?: readonly string[];
  by?: string;
  why?: string;
  evidence?: string;
  /** What undo needs, from the first attempt that captured it. */
  captured?: Json;
  remembered: Map<string, Json>;
}

export type RunStatus =
  | "running"
  | "failed"
  | "in-doubt"
  | "waiting"
  | "interrupted"
  | "stopped"
  | "disk-full"
  | "done"
  | "abandoned";

/** What is known of a run: nothing but a fold over its events. */
export interface RunState {
  started?: EventOf<"run-started"> & { readonly at: string };
  status: RunStatus;
  /** The turn at work, or the last one. */
  attempt: string;
  inputs: JsonObject;
  steps: Map<string, StepState>;
  turns: number;
  lastAt?: string;
  endedAt?: string;
  message?: string;
  /** What the run handed on, once it is done. */
  outputs?: JsonObject;
}

export function emptyRunState(): RunState {
  return { status: "running", attempt: "", inputs: {}, steps: new Map(), turns: 0 };
}

function stepOf(state: RunState, id: string, key: string): StepState {
  let step = state.steps.get(id);
  if (!step) {
    step = { id, status: "pending", key, tries: 0, remembered: new Map() };
    state.steps.set(id, step);
  }
  step.key = key;
  return step;
}

function finish(state: RunState, event: EventOf<"step-finished">, at: string): void {
  const step = stepOf(state, event.step, event.key);
  step.status = event.state;
  step.endedAt = at;
  delete step.message;
  delete step.details;
  const { durationMs, result, message, details, by, why, evidence } = event;
  Object.assign(step, JSON.parse(JSON.stringify({ durationMs, message, details, by, why, evidence })));
  if (result !== undefined) step.result = result;
}

function decide(state: RunState, event: EventOf<"decided">, at: string): void {
  const step = stepOf(state, event.step, event.key);
  if (event.decision === "run-again") {
    step.status = "pending";
    return;
  }
  step.status = event.decision === "skip" ? "skipped" : event.decision;
  step.endedAt = at;
  if (event.result !== undefined) step.result = event.result;
  if (event.by !== undefined) step.by = event.by;
  if (event.why !== undefined) step.why = event.why;
  if (event.evidence !== undefined) step.evidence = event.evidence;
}

/** Adds one event to a state, in place: the same fold for resume, status, report and the terminal. */
export function foldEvent(state: RunState, event: TimedEvent): RunState {
  state.lastAt = event.at;
  switch (event.type) {
    case "run-started":
      state.started = event;
      state.attempt = event.attempt;
      state.inputs = event.inputs;
      state.turns = 1;
      break;
    case "run-resumed":
      state.attempt = event.attempt;
      state.status = "running";
      state.turns += 1;
      delete state.message;
      break;
    case "step-started": {
      const step = stepOf(state, event.step, event.key);
      step.status = "running";
      step.tries += 1;
      step.startedAt = event.at;
      step.effect = event.effect;
      step.input = event.input;
      if (event.captured !== undefined && step.captured === undefined) step.captured = event.captured;
      break;
    }
    case "step-finished":
      finish(state, event, event.at);
      break;
    case "step-in-doubt":
    case "step-interrupted": {
      const step = stepOf(state, event.step, event.key);
      step.status = "in-doubt";
      step.message = event.message;
      break;
    }
    case "decided":
      decide(state, event, event.at);
      break;
    case "remembered":
      stepOf(state, event.step, event.key).remembered.set(event.name, event.value);
      break;
    case "confirmed":
    case "orphans":
      break;
    case "run-paused":
      state.status = event.reason;
      state.message = event.message;
      break;
    case "run-finished":
      state.status = event.state;
      state.endedAt = event.at;
      if (event.why !== undefined) state.message = event.why;
      if (event.outputs !== undefined) state.outputs = event.outputs;
      break;
    default:
      event satisfies never;
  }
  return state;
}
