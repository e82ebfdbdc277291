import { createHash, randomUUID } from "node:crypto";
import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { JournalWriteFailure, RunLocked } from "./failures.ts";

const mostTries = 8;
/** How long a process waits for another one that clears a dead lock away. */
const waitMs = 5;

/** Who holds a run. `started` and `boot` tell a process from another one that got its number later. */
export interface LockHolder {
  readonly host: string;
  readonly user: string;
  readonly pid: number;
  readonly started?: string;
  readonly boot?: string;
  readonly at: string;
}

export interface Lock {
  /** The dead or remote holder whose lock was taken over. */
  readonly tookOver?: string;
  /** Whether the run is still this process's: another one may have taken it over on somebody's word. */
  isOurs(): boolean;
  release(): void;
}

function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}

function bootId(): string | undefined {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return undefined;
  }
}

/** Whether the holder's process lives; `unknown` for another machine. */
export function holderLives(holder: LockHolder): boolean | "unknown" {
  if (holder.host !== hostname()) return "unknown";
  if (holder.boot !== undefined && holder.boot !== bootId()) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  const started = startOf(holder.pid);
  return holder.started === undefined || started === undefined || holder.started === started;
}

/** The holder of a lock file; undefined when nobody holds it. */
export function lockHolder(file: string): LockHolder | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as LockHolder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    return { host: "unknown", user: "unknown", pid: 0, at: "unknown" };
  }
}

/** The refusal of a run that somebody here works on. */
export function heldHere(holder: LockHolder): RunLocked {
  return new RunLocked(`the run is held by ${describe(holder)}`, false);
}

function describe(holder: LockHolder): string {
  return `process ${holder.pid} of ${holder.user} on ${holder.host} since ${holder.at}`;
}

/**
 * Takes the lock of a run, or throws RunLocked. A dead holder on this machine is taken over; one on another machine
 * only when `takeOver` says so. Throws JournalWriteFailure when the disk takes no lock.
 */
export function takeLock(file: string, user: string, takeOver: boolean): Lock {
  const started = startOf(process.pid);
  const boot = bootId();
  const me: LockHolder = {
    host: hostname(),
    user,
    pid: process.pid,
    ...(started ? { started } : {}),
    ...(boot ? { boot } : {}),
    at: new Date().toISOString(),
  };
  const draft = `${file}.${randomUUID()}`;
  try {
    writeFileSync(draft, JSON.stringify(me), { flag: "wx", mode: 0o600 });
  } catch (error) {
    rmSync(draft, { force: true });
    throw new JournalWriteFailure(file, error as NodeJS.ErrnoException);
  }
  let tookOver: string | undefined;
  try {
    for (let tries = 0; tries < mostTries; tries++) {
      try {
        // A link appears with its content, or not at all: nobody ever reads half a lock.
        linkSync(draft, file);
        return lockOf(file, JSON.stringify(me), tookOver);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const content = textOf(file);
      const holder = lockHolder(file);
      if (content === undefined || !holder) continue;
      const lives = holderLives(holder);
      if (lives === true) throw heldHere(holder);
      if (lives === "unknown" && !takeOver) {
        throw new RunLocked(
          `the run is held by ${describe(holder)}; from here nobody can tell whether it still works`,
          true,
        );
      }
      bury(file, content, draft, takeOver);
      tookOver = `${describe(holder)}, ${lives === false ? "which is gone" : "on the operator's word"}`;
    }
    throw new RunLocked("several processes want the run at the same time; try again", false);
  } finally {
    rmSync(draft, { force: true });
  }
}

function lockOf(file: string, content: string, tookOver: string | undefined): Lock {
  const isOurs = () => {
    try {
      return readFileSync(file, "utf8") === content;
    } catch {
      return false;
    }
  };
  return {
    ...(tookOver ? { tookOver } : {}),
    isOurs,
    release: () => {
      if (isOurs()) rmSync(file, { force: true });
    },
  };
}

/**
 * Removes the lock of a dead holder, unless another process is at it. Only one process at a time has the right to remove
 * a lock of this content, and while it has that, nobody else can: so what it removes is what it looked at.
 */
function bury(file: string, content: string, draft: string, takeOver: boolean, depth = 0): void {
  const right = `${file}.${createHash("sha256").update(content).digest("hex").slice(0, 16)}`;
  try {
    linkSync(draft, right);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    // Whoever had the right may have died with it.
    const other = textOf(right);
    const holder = lockHolder(right);
    if (other === undefined || !holder || depth > 2) return;
    const lives = holderLives(holder);
    if (lives === false || (lives === "unknown" && takeOver)) bury(right, other, draft, takeOver, depth + 1);
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, waitMs);
    return;
  }
  try {
    if (textOf(file) === content) rmSync(file, { force: true });
  } finally {
    rmSync(right, { force: true });
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
