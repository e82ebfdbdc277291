/** A journal that can't be trusted. `byte` is where in the file the damage begins. */
export class JournalDamage extends Error {
  override readonly name = "JournalDamage";
  readonly file: string;
  readonly byte: number;

  constructor(file: string, byte: number, line: number, reason: string) {
    super(`${file} is damaged at byte ${byte} (line ${line}): ${reason}`);
    this.file = file;
    this.byte = byte;
  }
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
