import { closeSync, openSync, readSync } from "node:fs";
import type { EventOf } from "../event/event.ts";
import { foldEvent } from "../event/fold-event.ts";
import { emptyRunState, type RunState } from "../event/run-state.ts";
import { readJournal } from "../journal/read-journal.ts";
import { type JournalRecord, timed } from "../journal/record.ts";
import { runFolder, runIds } from "../journal/run-folder.ts";
import type { Rehearsal } from "../render/rehearsal.ts";

interface Candidate {
  readonly id: string;
  readonly at: string;
  readonly started: EventOf<"run-started">;
}

/** A first record holds the inputs; what is longer is looked at for no date. */
const longest = 4 * 1024 * 1024;

/**
 * The newest rehearsal of a runbook here that came to its end. Of every run only the first record is read, and the
 * whole journal of rehearsals until one is through. Journals that can't be read are passed over: `belay verify` says why.
 */
export function lastDrill(home: string, runbook: string): Rehearsal | undefined {
  const candidates = runIds(home)
    .flatMap((id): Candidate[] => {
      const record = firstRecord(runFolder(home, id).journal);
      if (record?.event.type !== "run-started" || record.event.drill !== true) return [];
      return record.event.runbook?.name === runbook ? [{ id, at: record.at, started: record.event }] : [];
    })
    .sort((a, b) => (a.at < b.at ? 1 : -1));
  for (const { id, started } of candidates) {
    const state = stateOf(runFolder(home, id).journal);
    if (state?.endedAt === undefined || state.started === undefined) continue;
    const { operator, at, target } = state.started;
    return {
      run: id,
      startedAt: at,
      endedAt: state.endedAt,
      operator: operator.user,
      host: target?.host ?? operator.host,
      result: state.status,
      digest: state.runbook?.digest ?? started.runbook.digest,
      version: state.runbook?.version ?? started.runbook.version,
      connections: [...state.connections].map(([name, { summary }]) => ({ name, summary })),
    };
  }
  return undefined;
}

function stateOf(journal: string): RunState | undefined {
  try {
    const state = emptyRunState();
    for (const record of readJournal(journal).records) foldEvent(state, timed(record));
    return state;
  } catch {
    return undefined;
  }
}

/** The first line of a journal, without the rest of it. */
function firstRecord(journal: string): JournalRecord | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(journal, "r");
    let bytes = Buffer.alloc(0);
    for (let size = 4096; size <= longest; size *= 8) {
      const more = Buffer.alloc(size);
      const read = readSync(fd, more, 0, size, bytes.length);
      bytes = Buffer.concat([bytes, more.subarray(0, read)]);
      const end = bytes.indexOf(10);
      if (end !== -1) {
        const line = bytes.toString("utf8", 0, end);
        // Most runs are none, and need not be parsed.
        return line.includes('"drill":true') ? (JSON.parse(line) as JournalRecord) : undefined;
      }
      if (read === 0) return undefined;
    }
    return undefined;
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
