import type { TimedEvent } from "./event.ts";
import { foldSafety } from "./fold-safety.ts";
import { foldStep } from "./fold-step.ts";
import type { RunState } from "./run-state.ts";

/** Adds one event to a state, in place: the same fold for resume, status, report and the terminal. */
export function foldEvent(state: RunState, event: TimedEvent): RunState {
  const heardAt = state.lastAt;
  state.lastAt = event.at;
  switch (event.type) {
    case "run-started": {
      const { runbook, at, attempt, operator, program } = event;
      state.started = event;
      state.attempt = attempt;
      state.inputs = event.inputs;
      state.turns = 1;
      state.turnList.push({ at, attempt, operator, program });
      state.runbook = { file: runbook.file, version: runbook.version, digest: runbook.digest };
      state.included = event.included ?? [];
      if (event.environment !== undefined) state.environment = event.environment;
      break;
    }
    case "run-resumed": {
      const { at, attempt, operator, program, tookOver, differs } = event;
      state.attempt = attempt;
      if (state.status === "done" || state.status === "abandoned") state.over = state.status;
      state.status = "running";
      endTurn(state, heardAt);
      state.turns += 1;
      state.turnList.push({
        at,
        attempt,
        operator,
        program,
        ...(tookOver === undefined ? {} : { tookOver }),
        ...(differs === undefined ? {} : { differs }),
      });
      if (event.environment !== undefined) state.environment = event.environment;
      delete state.message;
      delete state.endedAt;
      break;
    }
    case "adopted":
      state.adopted.push(event);
      state.runbook = event.runbook;
      state.included = event.included ?? [];
      state.inputs = { ...state.inputs, ...event.inputs };
      for (const step of state.steps.values()) if (event.again?.includes(step.key)) step.renewed = true;
      for (const name of event.reconnected ?? []) state.connections.delete(name);
      break;
    case "connected": {
      const { kind, summary, facts } = event;
      state.connections.set(event.connection, { kind, summary, facts });
      break;
    }
    case "run-paused":
      endTurn(state, event.at);
      state.status = event.reason;
      state.message = event.message;
      break;
    case "run-finished":
      endTurn(state, event.at);
      state.status = event.state;
      state.endedAt = event.at;
      if (event.state === "done") state.doneAt = event.at;
      delete state.over;
      if (event.why !== undefined) state.message = event.why;
      if (event.outputs !== undefined) state.outputs = event.outputs;
      if (event.left !== undefined) state.left = event.left;
      break;
    case "orphans":
      break;
    case "group-started":
    case "step-started":
    case "step-finished":
    case "step-in-doubt":
    case "step-interrupted":
    case "decided":
    case "confirmed":
    case "remembered":
      foldStep(state, event);
      break;
    default:
      foldSafety(state, event);
  }
  return state;
}

function endTurn(state: RunState, at: string | undefined): void {
  const turn = state.turnList.at(-1);
  if (turn && at !== undefined) turn.endedAt ??= at;
}
