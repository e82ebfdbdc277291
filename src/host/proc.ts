import { readdirSync, readFileSync } from "node:fs";

/** What /proc says of one process. */
export interface ProcessFacts {
  readonly parent: number;
  /** The process group. */
  readonly group: number;
  /** One letter: R, S, D, T, Z… */
  readonly state: string;
  /** When it started, in clock ticks since boot: with the pid, the identity of a process. */
  readonly startTicks: number;
}

/** Linux shows process times in hundredths of a second, whatever the kernel counts in. */
const ticksPerSecond = 100;

/** All process ids; empty on a system without /proc. */
export function processIds(): number[] {
  try {
    return readdirSync("/proc")
      .filter((name) => /^[0-9]+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** undefined when there is no such process (any more), or no /proc. */
export function processFacts(pid: number): ProcessFacts | undefined {
  const stat = readProc(pid, "stat");
  if (stat === undefined) return undefined;
  // The name comes in brackets and can hold anything, brackets and spaces too.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return {
    state: fields[0] ?? "?",
    parent: Number(fields[1]),
    group: Number(fields[2]),
    startTicks: Number(fields[19]),
  };
}

/** A zombie is dead: only its number is left, until its parent looks. */
export function isDead({ state }: ProcessFacts): boolean {
  return state === "Z" || state === "X" || state === "x";
}

/** The environment a process was started with; undefined when it is another user's, or gone. */
export function processEnvironment(pid: number): string[] | undefined {
  return readProc(pid, "environ")?.split("\0");
}

/** Program and arguments in one line, as far as 200 characters. */
export function processCommand(pid: number): string {
  const line = (readProc(pid, "cmdline") ?? "").replace(/[\x00-\x1f\x7f]+/g, " ").trim();
  return (line === "" ? (readProc(pid, "comm") ?? "?").trim() : line).slice(0, 200);
}

/** Milliseconds since 1970, exact to about a second. */
export function startedAt(facts: ProcessFacts): number {
  const boot = /^btime ([0-9]+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1];
  return Number(boot ?? 0) * 1000 + (facts.startTicks / ticksPerSecond) * 1000;
}

function readProc(pid: number, name: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "utf8");
  } catch {
    return undefined;
  }
}
