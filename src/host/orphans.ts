import { setTimeout as sleep } from "node:timers/promises";
import { isDead, processCommand, processEnvironment, processFacts, processIds, startedAt } from "./proc.ts";

/** A process that a run started, and that still lives. */
export interface LiveProcess {
  readonly pid: number;
  /** The attempt that started it, such as `load#2`; empty when it does not say. */
  readonly stepKey: string;
  readonly command: string;
  /** ISO 8601, exact to about a second. */
  readonly startedAt: string;
  /** With the pid, its identity: a pid is given out again. */
  readonly startTicks: number;
}

const lookMs = 50;
/** How long a killed process may take to vanish. */
const afterKillMs = 2000;

/**
 * The live processes of a run and of its background jobs (`jobs`: names, and the attempts that started them), found by the environment that its children carry: also those that outlived their
 * parents or left their process group. Empty on a system without /proc; those of other users can't be seen.
 */
export function findLiveProcesses(runId: string, jobs?: ReadonlyMap<string, string>): LiveProcess[] {
  const own = withAncestors(process.pid);
  const mark = `BELAY_RUN=${runId}`;
  const found: LiveProcess[] = [];
  for (const pid of processIds()) {
    if (own.has(pid)) continue;
    const environment = processEnvironment(pid);
    if (!environment) continue;
    const job = jobs && jobs.size > 0 ? jobKey(environment, jobs) : undefined;
    if (job === undefined && !environment.includes(mark)) continue;
    const facts = processFacts(pid);
    if (facts === undefined || isDead(facts)) continue;
    const stepKey =
      job ?? environment.find((entry) => entry.startsWith("BELAY_STEP="))?.slice("BELAY_STEP=".length) ?? "";
    const at = new Date(startedAt(facts)).toISOString();
    found.push({ pid, stepKey, command: processCommand(pid), startedAt: at, startTicks: facts.startTicks });
  }
  return found;
}

/** The attempt whose background job a process belongs to: a job does not carry the run, only its own name. */
function jobKey(environment: readonly string[], jobs: ReadonlyMap<string, string>): string | undefined {
  const name = environment.find((entry) => entry.startsWith("BELAY_JOB="))?.slice("BELAY_JOB=".length);
  return name === undefined ? undefined : jobs.get(name);
}

/** Whether it is still the same process, and not a dead one whose parent has not looked yet. */
export function isAlive(live: LiveProcess): boolean {
  const facts = processFacts(live.pid);
  return facts !== undefined && facts.startTicks === live.startTicks && !isDead(facts);
}

/** SIGTERM, and SIGKILL after the grace (default 10000 ms). Resolves with those that live in spite of it. */
export async function endProcesses(
  list: readonly LiveProcess[],
  options: { graceMs?: number } = {},
): Promise<LiveProcess[]> {
  sendTo(list, "SIGTERM");
  const stubborn = await waitForProcesses(list, { timeoutMs: options.graceMs ?? 10_000 });
  sendTo(stubborn, "SIGKILL");
  return waitForProcesses(stubborn, { timeoutMs: afterKillMs });
}

/** Resolves when all have ended, the time is over, or the signal aborts: with those that are still alive. */
export async function waitForProcesses(
  list: readonly LiveProcess[],
  options: { timeoutMs: number; signal?: AbortSignal },
): Promise<LiveProcess[]> {
  const until = performance.now() + options.timeoutMs;
  let alive = list.filter(isAlive);
  while (alive.length > 0) {
    const left = until - performance.now();
    if (left <= 0 || options.signal?.aborted) break;
    await sleep(Math.min(lookMs, left), undefined, options.signal && { signal: options.signal }).catch(() => {});
    alive = alive.filter(isAlive);
  }
  return alive;
}

function sendTo(list: readonly LiveProcess[], signal: NodeJS.Signals): void {
  for (const live of list) {
    if (!isAlive(live)) continue;
    try {
      process.kill(live.pid, signal);
    } catch {
      // It ended this moment, or belongs to another user: then it is in what is returned.
    }
  }
}

function withAncestors(pid: number): Set<number> {
  const line = new Set<number>();
  for (let next: number | undefined = pid; next !== undefined && next > 0 && !line.has(next); ) {
    line.add(next);
    next = processFacts(next)?.parent;
  }
  return line;
}
