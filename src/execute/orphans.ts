import { setTimeout as delay } from "node:timers/promises";
import { RunPause } from "./pause.ts";
import type { Session } from "./session.ts";

/** A process of the run that an earlier turn started, and that still works. */
export interface Orphan {
  readonly pid: number;
  readonly stepKey: string;
  readonly command: string;
}

/** Finding and ending processes on this machine: made by whoever starts belay. */
export interface ProcessTable {
  find(runId: string): readonly Orphan[];
  end(orphans: readonly Orphan[]): Promise<void>;
}

/**
 * Before anything else, a resume sees to it that nothing of the run still works: a check that looks too early says
 * "not done" while an old child is about to do it.
 */
export async function settleOrphans(session: Session, table: ProcessTable, patienceMs: number): Promise<void> {
  const found = table.find(session.run.id);
  if (found.length === 0) return;
  const lines = found.map((orphan) => `${orphan.pid} ${orphan.stepKey} ${orphan.command}`);
  const note = (decision: "ended by themselves" | "waited" | "ended") =>
    session.durable.note(`orphans ${session.durable.attempt}`, { type: "orphans", found: lines, decision });
  const answer = await session.answerer.orphans({ kind: "orphans", processes: lines });
  if (table.find(session.run.id).length === 0) return note("ended by themselves");
  if (answer === undefined)
    throw new RunPause("waiting", `processes of an earlier turn still work: ${lines.join("; ")}`);
  if (answer === "end") {
    await table.end(table.find(session.run.id));
    if (table.find(session.run.id).length > 0)
      throw new RunPause("waiting", `processes of an earlier turn could not be ended: ${lines.join("; ")}`);
    return note("ended");
  }
  const until = Date.now() + patienceMs;
  while (table.find(session.run.id).length > 0) {
    if (Date.now() > until)
      throw new RunPause("waiting", `processes of an earlier turn still work: ${lines.join("; ")}`);
    if (session.stops.pause.aborted) throw new RunPause("interrupted", "the run was stopped on request");
    await delay(200);
  }
  note("waited");
}
