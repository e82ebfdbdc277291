import { randomUUID } from "node:crypto";
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join, parse, relative, resolve, sep } from "node:path";
import { approvalsFolder, type RunPlace } from "./approval-files.ts";
import { JournalWriteFailure } from "./failures.ts";

/** Enter, make files, see no list, and touch nobody else's files: a letter box. */
const boxMode = 0o1733;
const permissions = 0o7777;

/**
 * Makes the folder that approvers put their verdicts in, and lets them pass through the run's folder, and the folder of
 * all runs, to get there. Both can still be listed by their owner only. Throws JournalWriteFailure.
 */
export function openApprovals(place: RunPlace): void {
  const path = approvalsFolder(place);
  try {
    const run = statSync(place.path);
    try {
      mkdirSync(path, { mode: 0o700 });
      // Root may work on another user's run; its owner must be able to go on with it.
      if (process.geteuid?.() === 0) lchownSync(path, run.uid, run.gid);
      fsyncFolder(place.path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const box = lstatSync(path);
    if (!box.isDirectory()) throw new Error("it is not a folder");
    if ((box.mode & permissions) !== boxMode) chmodSync(path, boxMode);
    if ((run.mode & permissions) !== 0o711) chmodSync(place.path, 0o711);
    letThrough(dirname(place.path));
  } catch (error) {
    throw new JournalWriteFailure(path, error as NodeJS.ErrnoException);
  }
}

/** The folder of all runs is belay's own; where it belongs to somebody else, they decide. */
function letThrough(folder: string): void {
  const found = statSync(folder);
  if ((found.mode & 0o011) === 0o011 || found.uid !== process.geteuid?.()) return;
  chmodSync(folder, (found.mode & permissions) | 0o011);
}

/** Replaces a file that everybody may read; on disk when it returns. Throws JournalWriteFailure. */
export function writeForAll(place: RunPlace, file: string, content: unknown): void {
  const draft = join(approvalsFolder(place), `.draft.${randomUUID()}`);
  try {
    writeDraft(draft, JSON.stringify(content), place);
    renameSync(draft, file);
    fsyncFolder(approvalsFolder(place));
  } catch (error) {
    rmSync(draft, { force: true });
    throw new JournalWriteFailure(file, error as NodeJS.ErrnoException);
  }
}

function writeDraft(draft: string, text: string, place: RunPlace): void {
  const fd = openSync(draft, "wx", 0o600);
  try {
    writeSync(fd, text);
    if (process.geteuid?.() === 0) {
      const { uid, gid } = statSync(place.path);
      fchownSync(fd, uid, gid);
    }
    fchmodSync(fd, 0o644);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** For the owner of a folder; others may not open it. */
export function fsyncFolder(path: string): void {
  const fd = openSync(path, constants.O_RDONLY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** The folders above a path and itself, from the root. */
function wayTo(path: string): string[] {
  const whole = resolve(path);
  const { root } = parse(whole);
  const parts = relative(root, whole).split(sep);
  return parts.map((_, index) => join(root, ...parts.slice(0, index + 1)));
}

/** The first folder on the way to a path that this user may not enter; undefined where there is none, or it is missing. */
export function closedToMe(path: string): string | undefined {
  for (const folder of wayTo(path)) {
    try {
      accessSync(folder, constants.X_OK);
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === "EACCES" ? folder : undefined;
    }
  }
  return undefined;
}

/**
 * The first folder on the way to a run's approvals that not every user may enter. Said to the operator while the step
 * waits: approvers who may not enter it can't approve. (Those of its group may be able to.)
 */
export function closedToOthers(place: RunPlace): string | undefined {
  return wayTo(approvalsFolder(place)).find((folder) => {
    const found = statSync(folder, { throwIfNoEntry: false });
    return found !== undefined && (found.mode & 0o001) === 0;
  });
}
