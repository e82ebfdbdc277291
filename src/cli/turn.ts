import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { hostname } from "node:os";
import type { EventOf } from "../event/event.ts";
import { foldEvent } from "../event/fold-event.ts";
import { emptyRunState, type IncludedState } from "../event/run-state.ts";
import { hidden } from "../execute/hide-secrets.ts";
import { foldingListener, openSession } from "../execute/open-session.ts";
import { settleOrphans } from "../execute/orphans.ts";
import type { RunEnd } from "../execute/run-loop.ts";
import type { Session } from "../execute/session.ts";
import type { TurnSecrets } from "../execute/turn-secrets.ts";
import { JournalWriteFailure } from "../journal/failures.ts";
import { FileJournal } from "../journal/file-journal.ts";
import { type Lock, takeLock } from "../journal/lock.ts";
import { timed } from "../journal/record.ts";
import type { RunFolder } from "../journal/run-folder.ts";
import type { Connections } from "../look/connections.ts";
import { renderEnd } from "../render/end.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { allSteps } from "../runbook/walk.ts";
import type { Json, JsonObject } from "../schema/json.ts";
import type { Arrival } from "./arrival.ts";
import { environmentOf } from "./environment.ts";
import { CommandFailure, type ExitCode, exit, exitCodeOf } from "./exit.ts";
import { fileApprovals } from "./file-approvals.ts";
import { checkIdentities } from "./identities.ts";
import type { Io } from "./io.ts";
import { localSystems } from "./local-systems.ts";
import { localTarget } from "./local-target.ts";
import { maskError } from "./mask-error.ts";
import { openConnections } from "./open-connections.ts";
import { localProcessTable } from "./process-table.ts";
import { refuseOver } from "./refuse-over.ts";
import { releaseMemory } from "./small-memory.ts";
import { listenForStops } from "./stops.ts";
import { version } from "./version.ts";
import { makeWatch, timedNow, type Watch, type WatchOptions } from "./watch.ts";

/** One turn of this process at a run: its first record, then the work, then its last word. */
export interface TurnRequest {
  readonly io: Io;
  readonly runbook: Runbook;
  readonly folder: RunFolder;
  readonly options: WatchOptions & { readonly takeOver?: boolean };
  /**
   * A new run's file (absolute), inputs, the digest of the plan that was agreed to, and whether it is a rehearsal;
   * absent for a run that goes on.
   */
  readonly start?: {
    readonly file: string;
    readonly inputs: JsonObject;
    readonly plan?: string;
    readonly drill?: boolean;
    /** The runbooks that it includes. */
    readonly included?: readonly IncludedState[];
  };
  /** Of a run that goes on: where this turn works, compared with the one before. */
  readonly arrival?: Arrival;
  /** Puts another text of the runbook in force, once nobody else can work on the run. */
  adopt?(onEvent: (event: EventOf<"adopted">) => void): Promise<void>;
  /** It undoes the run, which may be over. */
  readonly undoes?: true;
  /** Fetched before anything begins. */
  readonly secrets?: TurnSecrets | undefined;
  work(session: Session, before: () => Promise<void>): Promise<RunEnd>;
}

const lockWatchMs = 1000;

/** How long a resume without a terminal waits for processes that outlived an earlier turn. */
const orphanPatienceMs = 10 * 60 * 1000;

export async function takeTurn(request: TurnRequest): Promise<ExitCode> {
  const { io, folder, options } = request;
  let lock: Lock;
  try {
    lock = takeLock(folder.lock, io.user, options.takeOver === true);
  } catch (error) {
    if (request.start) forget(folder);
    throw whatWasDone(error, request, false);
  }
  try {
    return await lockedTurn(request, lock);
  } finally {
    lock.release();
  }
}

async function lockedTurn(request: TurnRequest, lock: Lock): Promise<ExitCode> {
  const { io, runbook, folder, options, start } = request;
  const state = emptyRunState();
  // Ctrl-C can come while the view is still being loaded: it counts all the same.
  let watching: Watch | undefined;
  const interrupts = listenForStops((by) => watching?.view.onEvent({ type: "pausing", message: by }));
  watching = await makeWatch(io, runbook, folder.id, options, interrupts);
  const { view, answerer, warn } = watching;
  const onEvent = (event: Parameters<typeof view.onEvent>[0]) => view.onEvent(timedNow(event));
  let journal: FileJournal | undefined;
  let connections: Connections | undefined;
  // A step that works while somebody else takes the run over must not go on beside theirs.
  const lost = new AbortController();
  const watch = setInterval(() => {
    if (!lock.isOurs()) lost.abort();
  }, lockWatchMs);
  watch.unref();
  try {
    const listener = foldingListener(state, onEvent);
    // On a terminal its changes were shown before.
    await request.adopt?.((event) => (options.output === "ndjson" ? onEvent(event) : undefined));
    journal = start ? FileJournal.create(folder, listener) : FileJournal.open(folder, listener);
    for (const record of journal.records) foldEvent(state, timed(record));
    view.before?.(state);
    // Whoever had the lock a moment ago may have brought it to its end.
    refuseOver(folder.id, state.over ?? state.status, request.undoes ? "undo" : "forward");
    journal.stillOurs = lock.isOurs;
    const attempt = randomUUID();
    if (start) journal.append("run started", startedEvent(request, attempt, start), "now");
    else journal.append(`resumed ${attempt}`, resumedEvent(io, attempt, lock, request.arrival), "now");
    const checking = checkIdentities(journal, state);
    connections = openConnections(state.started?.cwd ?? io.cwd, checking);
    const session = openSession({
      connections,
      ...(request.secrets ? { secrets: request.secrets } : {}),
      approvals: fileApprovals(folder, runbook, state, io, warn),
      runbook,
      folder,
      journal,
      state,
      systems: localSystems,
      answerer,
      stops: interrupts,
      lost: lost.signal,
      user: io.user,
      host: hostname(),
      onEvent,
    });
    releaseMemory();
    const last = await request.work(
      session,
      start
        ? async () => {}
        : () =>
            settleOrphans(
              session,
              localProcessTable,
              orphanPatienceMs,
              request.undoes || session.state.undo !== undefined,
            ),
    );
    const end = request.secrets ? hidden(request.secrets.masker(), last) : last;
    // A pause is on disk already, or could not be put there.
    if (end.state !== "paused") journal.flush();
    const code = exitCodeOf(end);
    onEvent({
      type: "ended",
      state: end.state,
      exitCode: code,
      message: end.state === "paused" ? end.message : end.state,
      ...(end.state === "paused" && end.step ? { step: end.step } : {}),
    });
    await view.close();
    if (options.output === undefined || options.output === "text")
      io.stdout.write(`${renderEnd({ id: folder.id, state, runbook, end }, { color: io.color, width: io.width })}\n`);
    for (const preset of answerer.unasked())
      io.stderr.write(`belay: nothing in this turn asked for ${preset}: it decided nothing\n`);
    return code;
  } catch (error) {
    await view.close();
    if (start && state.started === undefined) forget(folder);
    throw maskError(whatWasDone(error, request, state.started !== undefined), request.secrets);
  } finally {
    clearInterval(watch);
    interrupts.release();
    await connections?.close();
    journal?.close();
  }
}

/** A run without a first record is none: nothing of it was begun, and nobody could go on with it. */
function forget(folder: RunFolder): void {
  try {
    rmSync(folder.path, { recursive: true, force: true });
  } catch {
    // It stays, as a run that never began.
  }
}

function whatWasDone(error: unknown, { folder, start, undoes }: TurnRequest, working: boolean): unknown {
  if (!(error instanceof JournalWriteFailure)) return error;
  const remedy = error.full ? "make room" : "see to the disk";
  if (start && !working)
    return new CommandFailure(exit.failed, `${error.message}; nothing ran`, [`${remedy}, and start again`]);
  return new CommandFailure(exit.failed, `${error.message}; nothing more was begun`, [
    `${remedy}, then: belay ${undoes ? "undo" : "resume"} ${folder.id}`,
  ]);
}

function turnFacts(io: Io): Pick<EventOf<"run-started">, "operator" | "program"> {
  return {
    operator: { user: io.user, host: hostname(), pid: process.pid },
    program: { belay: version, node: process.version },
  };
}

function startedEvent(
  request: TurnRequest,
  attempt: string,
  start: NonNullable<TurnRequest["start"]>,
): EventOf<"run-started"> {
  const { runbook, folder, io } = request;
  return {
    type: "run-started",
    run: folder.id,
    runbook: {
      name: runbook.name,
      version: runbook.version,
      title: runbook.title,
      file: start.file,
      digest: runbook.digest,
    },
    inputs: start.inputs,
    attempt,
    ...turnFacts(io),
    cwd: io.cwd,
    ...(start.plan === undefined ? {} : { plan: start.plan }),
    ...(start.included?.length ? { included: [...start.included] } : {}),
    target: localTarget(),
    environment: { ...environmentOf(io, allSteps(runbook), io.cwd) } as unknown as Json,
    ...(start.drill === true ? { drill: true } : {}),
  };
}

function resumedEvent(io: Io, attempt: string, lock: Lock, arrival?: Arrival): EventOf<"run-resumed"> {
  return {
    type: "run-resumed",
    attempt,
    ...turnFacts(io),
    ...(lock.tookOver === undefined ? {} : { tookOver: lock.tookOver }),
    ...(arrival?.differs.length ? { differs: [...arrival.differs] } : {}),
    ...(arrival?.environment ? { environment: arrival.environment as unknown as Json } : {}),
  };
}
