/** A journal that can't be trusted. `byte` is where in the file the damage begins. */
export class JournalDamage extends Error {
  override readonly name = "JournalDamage";
  readonly file: string;
  readonly byte: number;
  /** What to do now, one line each. */
  readonly advice: readonly string[];

  constructor(file: string, byte: number, sentence: string, advice: readonly string[]) {
    super(sentence);
    this.file = file;
    this.byte = byte;
    this.advice = advice;
  }
}

export function damaged(file: string, byte: number, line: number, reason: string): JournalDamage {
  return new JournalDamage(file, byte, `${file} is damaged at byte ${byte} (line ${line}): ${reason}`, [
    "nothing was done: what the run did can't be told from this file",
    "restore the file from a copy, or start a new run after looking at the systems",
  ]);
}

/** Nobody knows what it says: its rights, or its disk. */
export function unreadable(file: string, { code, message }: NodeJS.ErrnoException): JournalDamage {
  const why =
    code === "EACCES" || code === "EPERM"
      ? "this user may not read it"
      : code === "EISDIR"
        ? "it is a folder, not a file"
        : message;
  return new JournalDamage(file, 0, `${file} can't be read: ${why}`, [
    "nothing was done; see to the file, or be the user whose run it is",
  ]);
}

/** Nothing is wrong with it, but this belay can't tell what it says. */
export function tooNew(file: string, byte: number, line: number, format: number, known: number): JournalDamage {
  const sentence = `${file} was written by a newer belay: line ${line} (byte ${byte}) has format ${format}, and this one reads up to ${known}`;
  return new JournalDamage(file, byte, sentence, ["nothing was done; go on with the belay that wrote it"]);
}

/** A record could not be put on disk. What it would have said is not recorded. */
export class JournalWriteFailure extends Error {
  override readonly name = "JournalWriteFailure";
  /** True when the disk (or the quota) is full. */
  readonly full: boolean;

  constructor(file: string, cause: NodeJS.ErrnoException) {
    const full = cause.code === "ENOSPC" || cause.code === "EDQUOT";
    super(full ? `the disk that holds ${file} is full` : `${file} can't be written: ${cause.message}`);
    this.full = full;
  }
}

/** Another process has taken the run over: nothing that this one does is of the run any more. */
export class RunLost extends JournalWriteFailure {
  constructor(file: string, takenOver: boolean) {
    super(file, new Error("somebody else wrote to it"));
    if (takenOver) this.message = "another belay has taken the run over, and goes on with it";
  }
}

/** Another process works on the run. */
export class RunLocked extends Error {
  override readonly name = "RunLocked";
  /** Whether `--take-over` would help: the holder is on another machine, so nobody here can know whether it lives. */
  readonly elsewhere: boolean;

  constructor(message: string, elsewhere: boolean) {
    super(message);
    this.elsewhere = elsewhere;
  }
}
