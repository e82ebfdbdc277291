import { setTimeout as delay } from "node:timers/promises";
import { formatDuration } from "../action/duration.ts";
import type { RunState } from "../event/run-state.ts";
import { isJsonObject } from "../schema/json.ts";
import { RunPause } from "./pause.ts";
import type { Session } from "./session.ts";

/** A process that carries the run and the key of an attempt in its environment. */
export interface Orphan {
  readonly pid: number;
  readonly stepKey: string;
  readonly command: string;
}

/** Finding and ending processes on this machine: made by whoever starts belay. */
export interface ProcessTable {
  /** `jobs`: names of background jobs, by the key of the attempt that started each; their processes are found, too. */
  find(runId: string, jobs?: ReadonlyMap<string, string>): readonly Orphan[];
  end(orphans: readonly Orphan[]): Promise<void>;
}

/**
 * Before anything else, a resume sees to it that no attempt whose end is unknown still works: a check that looks too
 * early says "not done" while an old child is about to do it. What a finished step left running is a service that it
 * was to start, and is left alone.
 */
export async function settleOrphans(
  session: Session,
  table: ProcessTable,
  patienceMs: number,
  undoes = false,
): Promise<void> {
  const unfinished = new Set(session.unfinished);
  // What goes on attaches to its jobs; what undoes must not begin while one of them still works.
  const jobs = undoes ? jobsOf(session.state) : new Map<string, string>();
  const wanted = (key: string) => unfinished.has(key) || [...jobs.values()].includes(key);
  const find = () => table.find(session.run.id, jobs).filter((orphan) => wanted(orphan.stepKey));
  const found = find();
  if (found.length === 0) return;
  const lines = found.map((orphan) => `${orphan.pid} ${orphan.stepKey} ${orphan.command}`);
  const note = (decision: "ended by themselves" | "waited" | "ended") =>
    session.durable.note(`orphans ${session.durable.attempt}`, { type: "orphans", found: lines, decision });
  const answer = await session.answerer.orphans({ kind: "orphans", processes: lines });
  if (find().length === 0) return note("ended by themselves");
  if (answer === undefined)
    throw new RunPause("waiting", `processes of an earlier turn still work: ${lines.join("; ")}`);
  if (answer === "end") {
    await table.end(find());
    if (find().length > 0)
      throw new RunPause("waiting", `processes of an earlier turn could not be ended: ${lines.join("; ")}`);
    return note("ended");
  }
  for (const { pid, stepKey, command } of found) {
    const line = `waiting for process ${pid} of an earlier turn to end, at most ${formatDuration(patienceMs)}: ${command}`;
    session.emit({ type: "note", step: stepKey.split(/[#@]/)[0] ?? stepKey, key: stepKey, line });
  }
  const until = Date.now() + patienceMs;
  while (find().length > 0) {
    if (Date.now() > until)
      throw new RunPause("waiting", `processes of an earlier turn still work: ${lines.join("; ")}`);
    if (session.stops.pause.aborted) throw new RunPause("interrupted", "the run was stopped on request");
    await delay(200);
  }
  note("waited");
}

/** The jobs that a run's steps remember: names, and the attempts that started them. One that undoes is attached to. */
function jobsOf(state: RunState): Map<string, string> {
  const jobs = new Map<string, string>();
  for (const step of state.steps.values()) {
    const handles = [step.remembered, ...(step.earlier ?? []).map(({ remembered }) => remembered)];
    for (const remembered of handles) {
      const handle = remembered.get("job");
      if (isJsonObject(handle) && typeof handle["token"] === "string") jobs.set(handle["token"], step.key);
    }
  }
  return jobs;
}
