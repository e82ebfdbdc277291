import { readFileSync } from "node:fs";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type LocalProcessesOptions, localProcesses } from "../../src/host/local-processes.ts";
import { makeMasker } from "../../src/secret/masker.ts";

const masker = makeMasker({ password: "hunter22" });

/** A temporary folder with the logs of a step. */
export async function processFolder() {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "belay-process-")));
  const end = new AbortController();
  const stdout = join(folder, "out.log");
  const stderr = join(folder, "err.log");
  const common = { runId: "k7", stepKey: "load#2", cwd: folder, signal: end.signal };
  return {
    folder,
    stdout,
    stderr,
    abort: (reason?: unknown) => end.abort(reason),
    files: (more: Partial<LocalProcessesOptions> = {}) =>
      localProcesses({ ...common, output: { kind: "files", stdout, stderr }, ...more }),
    /** Into the same files, with "hunter22" masked. */
    masked: (more: Partial<LocalProcessesOptions> = {}) =>
      localProcesses({ ...common, output: { kind: "files", stdout, stderr }, mask: () => masker.stream(), ...more }),
    memory: (more: Partial<LocalProcessesOptions> = {}) =>
      localProcesses({ ...common, output: { kind: "memory" }, ...more }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Looks until it is so; fails after the time is over. */
export async function eventually<T>(look: () => T | undefined | false, withinMs = 5000): Promise<T> {
  const until = performance.now() + withinMs;
  for (;;) {
    const found = look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > until) throw new Error(`not so within ${withinMs} ms: ${look}`);
    await sleep(20);
  }
}

/** Whether a process lives (a zombie does not). */
export function lives(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(")") + 2));
  } catch {
    return false;
  }
}

/** The number in a file that a child writes; undefined until it is there. */
export function pidIn(path: string): number | undefined {
  try {
    return Number(/^([0-9]+)\n/.exec(readFileSync(path, "utf8"))?.[1]) || undefined;
  } catch {
    return undefined;
  }
}
