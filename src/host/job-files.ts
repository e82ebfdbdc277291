import { closeSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { keptBytes } from "./output.ts";
import { isDead, processEnvironment, processFacts, processIds } from "./proc.ts";

/** What a job's watcher wrote down before the program started. */
export interface Watcher {
  /** Also the number of the job's process group. */
  readonly pid: number;
  /** With the pid, its identity; absent on a system without /proc. */
  readonly startTicks?: number;
  readonly boot: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
}

export function readWatcher(folder: string): Watcher | undefined {
  const [pid, stat = "", boot = "", startedAt = ""] = read(join(folder, "watcher"))?.split("\n") ?? [];
  if (pid === undefined) return undefined;
  const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  return { pid: Number(pid), boot, startedAt, ...(ticks === undefined ? {} : { startTicks: Number(ticks) }) };
}

/** The exit code; undefined until it is written. */
export function readStatus(folder: string): number | undefined {
  const text = read(join(folder, "status"));
  return text === undefined ? undefined : Number.parseInt(text, 10);
}

export function watcherLives({ pid, startTicks, boot }: Watcher): boolean {
  const now = read("/proc/sys/kernel/random/boot_id")?.trim();
  if (boot !== "" && now !== undefined && boot !== now) return false;
  if (startTicks === undefined) return answers(pid);
  const facts = processFacts(pid);
  return facts !== undefined && facts.startTicks === startTicks && !isDead(facts);
}

/** Whether any process that was started in the job's name still lives, be it without its watcher. */
export function jobLives(name: string): boolean {
  const mark = `BELAY_JOB=${name}`;
  return processIds().some((pid) => {
    if (!processEnvironment(pid)?.includes(mark)) return false;
    const facts = processFacts(pid);
    return facts !== undefined && !isDead(facts);
  });
}

/** The end of a stream, at most `most` bytes; empty when there is none. */
export function readEnd(path: string, most = keptBytes): { readonly text: string; readonly size: number } {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch {
    return { text: "", size: 0 };
  }
  try {
    const { size } = fstatSync(fd);
    const bytes = Buffer.alloc(Math.min(size, most));
    const got = readSync(fd, bytes, 0, bytes.length, size - bytes.length);
    // A character that the cut went through is left out.
    let from = 0;
    while (size > most && from < 4 && ((bytes[from] ?? 0) & 0xc0) === 0x80) from++;
    return { text: bytes.toString("utf8", from, got), size };
  } finally {
    closeSync(fd);
  }
}

function answers(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
