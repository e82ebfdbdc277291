import type { Systems } from "../action/systems.ts";
import type { RunEvent, TimedEvent } from "../event/event.ts";
import { foldEvent, type RunState, type StepStatus } from "../event/run-state.ts";
import { fileDurable } from "../journal/file-durable.ts";
import type { FileJournal } from "../journal/file-journal.ts";
import type { RunFolder } from "../journal/run-folder.ts";
import type { ContextSource } from "../look/contexts.ts";
import { stepValue } from "../look/world.ts";
import type { Runbook } from "../runbook/runbook.ts";
import type { Answerer } from "./questions.ts";
import type { Session, Stops } from "./session.ts";
import { lookingPart } from "./step-contexts.ts";

/** What a turn at a run is made from. */
export interface TurnOptions {
  readonly runbook: Runbook;
  readonly folder: RunFolder;
  readonly journal: FileJournal;
  /** The fold of the journal so far; the journal's listener keeps it up to date. */
  readonly state: RunState;
  readonly systems: Systems;
  readonly answerer: Answerer;
  readonly stops: Stops;
  readonly user: string;
  readonly host: string;
  onEvent(event: RunEvent & { readonly at?: string }): void;
}

/** Makes the session of a turn, once its first record (`run-started` or `run-resumed`) is in the journal. */
export function openSession(options: TurnOptions): Session {
  const { folder, journal, state, runbook } = options;
  const started = state.started;
  if (!started) throw new Error("a session needs a run that was started");
  const run = { id: folder.id, startedAt: started.at, user: options.user, host: options.host };
  const emit: Session["emit"] = (event) => options.onEvent(event);
  const source: ContextSource = {
    systems: options.systems,
    cwd: started.cwd,
    run,
    captured: (id) => state.steps.get(id)?.captured,
    onProgress: (place, { done, total, unit }) =>
      emit({ type: "progress", step: place.id, key: place.key, done, unit, ...(total === undefined ? {} : { total }) }),
    onNote: (place, line) => emit({ type: "note", step: place.id, key: place.key, line }),
    onOutput: (place, lines) => emit({ type: "output", step: place.id, key: place.key, lines }),
  };
  return {
    runbook,
    cwd: started.cwd,
    durable: fileDurable(journal, folder.id, state.attempt, state, new AbortController().signal),
    answerer: options.answerer,
    source,
    run,
    turn: state.turns,
    unfinished: [...state.steps.values()].filter((step) => open.has(step.status)).map((step) => step.key),
    folders: { logs: folder.logs, trash: folder.trash },
    values: { inputs: state.inputs, steps: finishedSteps(state), run: { ...run } },
    stops: options.stops,
    ...lookingPart(source, folder.logs),
    emit,
  };
}

/** What earlier turns brought to an end; a replay says the same again, step by step. */
function finishedSteps(state: RunState): Session["values"]["steps"] {
  const steps: Session["values"]["steps"] = {};
  for (const { id, status, result } of state.steps.values()) {
    if (through.has(status)) steps[id] = stepValue(result ?? null, status);
  }
  return steps;
}

const open = new Set<StepStatus>(["running", "in-doubt"]);
const through = new Set<StepStatus>(["done", "already-done", "skipped", "done-by-hand"]);

/** Folds every event of a journal that is read or written into a state, and hands the new ones on. */
export function foldingListener(state: RunState, onEvent: TurnOptions["onEvent"]): (event: TimedEvent) => void {
  return (event) => {
    foldEvent(state, event);
    onEvent(event);
  };
}
