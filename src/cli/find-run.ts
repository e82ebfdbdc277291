import { existsSync } from "node:fs";
import { foldEvent } from "../event/fold-event.ts";
import { emptyRunState, type RunState } from "../event/run-state.ts";
import { JournalDamage } from "../journal/failures.ts";
import { holderLives, lockHolder } from "../journal/lock.ts";
import { readJournal } from "../journal/read-journal.ts";
import { timed } from "../journal/record.ts";
import { belayHome, type RunFolder, runFolder, runIds } from "../journal/run-folder.ts";
import { CommandFailure, exit } from "./exit.ts";
import type { Io } from "./io.ts";

export interface FoundRun {
  readonly folder: RunFolder;
  readonly state: RunState;
  /** A process works on it now (`unknown`: its lock is another machine's). */
  readonly live: boolean | "unknown";
}

/** Reads a run from disk. Throws JournalDamage. */
export function loadRun(io: Io, id: string): FoundRun {
  const folder = runFolder(belayHome(io.env), id);
  const state = emptyRunState();
  for (const record of readJournal(folder.journal).records) foldEvent(state, timed(record));
  const holder = lockHolder(folder.lock);
  const live = holder ? holderLives(holder) : false;
  // A process that is gone without a word was killed, or its machine stopped.
  if (live === false && state.status === "running") state.status = "interrupted";
  if (live === false && state.over) state.status = state.over;
  return { folder, state, live };
}

/** One run that can't be read is one line, and does not hide the others. */
export function readableRun(io: Io, id: string): FoundRun[] {
  try {
    return [loadRun(io, id)];
  } catch (error) {
    if (!(error instanceof JournalDamage)) throw error;
    io.stderr.write(`run ${id}: ${error.message}\n`);
    return [];
  }
}

/** The run of an id, or of the beginning of one; without an id, the newest run that is not over. */
export function findRun(io: Io, given: string | undefined): FoundRun {
  const ids = runIds(belayHome(io.env));
  if (ids.length === 0)
    throw new CommandFailure(exit.wrongInput, "there are no runs here yet", [`looked in ${belayHome(io.env)}`]);
  if (given !== undefined) {
    if (existsSync(runFolder(belayHome(io.env), given).journal) && ids.includes(given)) return loadRun(io, given);
    const fitting = ids.filter((id) => id.startsWith(given));
    if (fitting.length === 1) return loadRun(io, fitting[0] as string);
    throw new CommandFailure(
      exit.wrongInput,
      fitting.length === 0 ? `there is no run ${given}` : `${given} could be ${fitting.join(", ")}`,
      ["belay runs"],
    );
  }
  const open = ids
    .flatMap((id) => readableRun(io, id))
    .filter((run) => run.state.started && !["done", "abandoned", "undone"].includes(run.state.status));
  if (open.length === 1) return open[0] as FoundRun;
  if (open.length === 0) throw new CommandFailure(exit.wrongInput, "no run is open", ["belay runs"]);
  throw new CommandFailure(
    exit.wrongInput,
    `${open.length} runs are open; say which`,
    open.map((run) => `${run.folder.id}  ${run.state.started?.runbook.title ?? ""}`),
  );
}
