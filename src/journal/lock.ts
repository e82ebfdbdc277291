import { randomUUID } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { JournalWriteFailure, RunLocked } from "./failures.ts";

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
    for (let tries = 0; tries < 5; tries++) {
      try {
        // A link appears with its content, or not at all: nobody ever reads half a lock.
        linkSync(draft, file);
        return lockOf(file, JSON.stringify(me), tookOver);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const holder = lockHolder(file);
      if (!holder) continue;
      const lives = holderLives(holder);
      if (lives === true) throw heldHere(holder);
      if (lives === "unknown" && !takeOver) {
        throw new RunLocked(
          `the run is held by ${describe(holder)}; from here nobody can tell whether it still works`,
          true,
        );
      }
      bury(file, holder);
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

/** Moves a dead lock away; if somebody else replaced it in between, theirs is put back. */
function bury(file: string, holder: LockHolder): void {
  const grave = `${file}.${randomUUID()}`;
  try {
    renameSync(file, grave);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  const buried = lockHolder(grave);
  if (buried && (buried.pid !== holder.pid || buried.at !== holder.at)) {
    try {
      linkSync(grave, file);
    } catch {
      // a third process has the lock by now
    }
  }
  rmSync(grave, { force: true });
}
