import { setMaxListeners } from "node:events";
import type { StreamMask, Systems } from "../action/systems.ts";
import type { RunEvent, TimedEvent } from "../event/event.ts";
import { foldEvent } from "../event/fold-event.ts";
import type { RunState, StepStatus } from "../event/run-state.ts";
import { fileDurable } from "../journal/file-durable.ts";
import type { FileJournal } from "../journal/file-journal.ts";
import type { RunFolder } from "../journal/run-folder.ts";
import type { Connections } from "../look/connections.ts";
import type { ContextSource } from "../look/contexts.ts";
import type { Values } from "../look/world.ts";
import type { Runbook } from "../runbook/runbook.ts";
import type { Json } from "../schema/json.ts";
import type { Masker } from "../secret/masker.ts";
import type { Approvals } from "./approvals.ts";
import { knownSteps } from "./frame.ts";
import { makeHalt } from "./halt.ts";
import { answererWithout, approvalsWithout, hidden, hiddenRecord, unsealed, withSecrets } from "./hide-secrets.ts";
import type { Answerer } from "./questions.ts";
import type { Session, Stops } from "./session.ts";
import { lookingPart } from "./step-contexts.ts";
import type { TurnSecrets } from "./turn-secrets.ts";

/** What a turn at a run is made from. */
export interface TurnOptions {
  readonly runbook: Runbook;
  readonly folder: RunFolder;
  readonly journal: FileJournal;
  /** The fold of the journal so far; the journal's listener keeps it up to date. */
  readonly state: RunState;
  readonly systems: Systems;
  readonly connections: Connections;
  readonly approvals: Approvals;
  readonly secrets?: TurnSecrets;
  readonly answerer: Answerer;
  readonly stops: Stops;
  /** Aborted when another process has taken the run over. */
  readonly lost?: AbortSignal;
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
  const { secrets } = options;
  // Nothing that is told or recorded has a secret in it, wherever it came from.
  const emit: Session["emit"] = (event) => options.onEvent(secrets ? hidden(secrets.masker(), event) : event);
  if (secrets) journal.mask = (event) => hiddenRecord(secrets.masker(), event);
  const secretsOf = (of: Runbook) => secrets?.of(of) ?? {};
  const source: ContextSource = {
    systems: options.systems,
    connections: options.connections,
    ...(secrets ? { mask: () => streamMask(secrets.masker()), hideEnv: secrets.hideEnv } : {}),
    cwd: started.cwd,
    run,
    captured: (id) => capturedOf(state, id, secrets),
    unsealed: (captured) => (secrets ? unsealed(captured, secrets) : captured),
    onProgress: (place, { done, total, unit }) =>
      emit({ type: "progress", step: place.id, key: place.key, done, unit, ...(total === undefined ? {} : { total }) }),
    onNote: (place, line) => emit({ type: "note", step: place.id, key: place.key, line }),
    onOutput: (place, lines) => emit({ type: "output", step: place.id, key: place.key, lines }),
  };
  const values: Values = {
    inputs: state.inputs,
    steps: knownSteps(state, [...runbook.preflight, ...runbook.steps, ...runbook.finally], ""),
    run: { ...run },
    secrets: secretsOf(runbook),
  };
  options.connections.declare("", runbook, values);
  const lost = options.lost ?? new AbortController().signal;
  // Everything that works at the same time listens to these.
  setMaxListeners(0, options.stops.pause, options.stops.now, lost);
  const durable = fileDurable(journal, folder.id, state.attempt, state, lost);
  return {
    runbook,
    root: runbook,
    prefix: "",
    base: "",
    state,
    approvals: secrets ? approvalsWithout(options.approvals, secrets) : options.approvals,
    halt: makeHalt(),
    secretsOf,
    secretsForUndo: async () => secrets?.fetchForUndo(),
    cwd: started.cwd,
    durable: secrets ? withSecrets(durable, secrets) : durable,
    answerer: secrets ? answererWithout(options.answerer, secrets) : options.answerer,
    source,
    run,
    turn: state.turns,
    unfinished: [...state.steps.values()].flatMap((step) => [
      ...(open.has(step.status) ? [step.key] : []),
      ...(step.undo?.status === "running" || step.undo?.status === "in-doubt" ? [step.undo.key] : []),
    ]),
    folders: { logs: folder.logs, trash: folder.trash },
    values,
    stops: options.stops,
    ...lookingPart(source, folder.logs),
    emit,
  };
}

/** Undefined where there is nothing to hide: then programs write their logs themselves. */
function streamMask(masker: Masker): StreamMask | undefined {
  return masker.active ? masker.stream() : undefined;
}

/** What an attempt captured, with its secrets back in their places. */
export function capturedOf(state: RunState, address: string, secrets: TurnSecrets | undefined): Json | undefined {
  const captured = state.steps.get(address)?.captured;
  return captured === undefined || !secrets ? captured : unsealed(captured, secrets);
}

const open = new Set<StepStatus>(["running", "in-doubt"]);

/** Folds every event of a journal that is read or written into a state, and hands the new ones on. */
export function foldingListener(state: RunState, onEvent: TurnOptions["onEvent"]): (event: TimedEvent) => void {
  return (event) => {
    foldEvent(state, event);
    onEvent(event);
  };
}
