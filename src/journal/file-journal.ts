import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import type { JournalEvent, TimedEvent } from "../event/event.ts";
import { JournalWriteFailure, RunLost } from "./failures.ts";
import { readJournal } from "./read-journal.ts";
import { chainStart, encodeRecord, type JournalRecord, timed } from "./record.ts";
import type { RunFolder } from "./run-folder.ts";

const reserveBytes = 256 * 1024;

/** How soon a record must be on disk: `now` before anything else happens, `next` together with the next one that is `now`. */
export type Flush = "now" | "next";

/**
 * The append-only file of one run. A failed append leaves the file as it was.
 * The process that has it open holds the run's lock.
 */
export class FileJournal {
  /** True once the reserve was used: nothing more may be begun until there is room. */
  full = false;
  /** Takes secrets out of what is recorded; set once they are known. */
  mask: <E extends JournalEvent>(event: E) => E = (event) => event;
  /** Whether this process still holds the run; looked at before every record. */
  stillOurs: () => boolean = () => true;
  readonly records: readonly JournalRecord[];
  readonly #file: string;
  readonly #reserve: string;
  readonly #fd: number;
  readonly #onEvent: (event: TimedEvent) => void;
  #size: number;
  #seq: number;
  #hash: string;
  #unflushed = false;
  /** Why a flush failed. What the system had to write then may be lost although a later flush succeeds. */
  #broken: JournalWriteFailure | undefined;

  private constructor(
    folder: RunFolder,
    fd: number,
    old: ReturnType<typeof readJournal>,
    onEvent: (event: TimedEvent) => void,
  ) {
    this.#file = folder.journal;
    this.#reserve = folder.reserve;
    this.#fd = fd;
    this.records = old.records;
    this.#size = old.goodBytes;
    this.#seq = old.records.length;
    this.#hash = old.lastHash;
    this.#onEvent = onEvent;
  }

  /** Begins the journal of a new run. */
  static create(folder: RunFolder, onEvent: (event: TimedEvent) => void): FileJournal {
    try {
      writeReserve(folder.reserve);
      const fd = openSync(folder.journal, "ax", 0o600);
      syncFolder(folder.path);
      syncFolder(dirname(folder.path));
      return new FileJournal(folder, fd, { records: [], lastHash: chainStart, goodBytes: 0, tornBytes: 0 }, onEvent);
    } catch (error) {
      throw new JournalWriteFailure(folder.journal, error as NodeJS.ErrnoException);
    }
  }

  /** Opens the journal of a run that goes on; cuts a torn last line off. Throws JournalDamage. */
  static open(folder: RunFolder, onEvent: (event: TimedEvent) => void): FileJournal {
    const old = readJournal(folder.journal);
    try {
      writeReserve(folder.reserve);
      if (old.tornBytes > 0) {
        const cut = openSync(folder.journal, "r+");
        ftruncateSync(cut, old.goodBytes);
        fsyncSync(cut);
        closeSync(cut);
      }
      return new FileJournal(folder, openSync(folder.journal, "a", 0o600), old, onEvent);
    } catch (error) {
      throw new JournalWriteFailure(folder.journal, error as NodeJS.ErrnoException);
    }
  }

  /**
   * Adds a record. With `keep`, the space that was reserved is given up when the disk is full, so that what happened
   * can be said. Throws JournalWriteFailure; the file is then as before.
   */
  append<E extends JournalEvent>(key: string, given: E, flush: Flush, keep = false): E {
    const event = this.mask(given);
    if (this.#broken) throw this.#broken;
    if (this.full && !keep)
      throw new JournalWriteFailure(this.#file, Object.assign(new Error("full"), { code: "ENOSPC" }));
    this.#refuseWhenLost();
    const at = new Date().toISOString();
    const { line, hash } = encodeRecord(this.#hash, this.#seq + 1, at, key, event);
    const bytes = Buffer.from(line, "utf8");
    try {
      this.#write(bytes);
    } catch (error) {
      const failure = new JournalWriteFailure(this.#file, error as NodeJS.ErrnoException);
      if (!keep || !failure.full) throw failure;
      this.#useReserve(bytes);
    }
    this.#size += bytes.length;
    this.#seq += 1;
    this.#hash = hash;
    this.#unflushed = true;
    if (flush === "now" || this.full) this.flush();
    this.#onEvent(timed({ v: 1, seq: this.#seq, at, key, event, hash }));
    return event;
  }

  /** Two processes that write to one journal damage it: who finds that it has grown, or that the lock is another's, stops. */
  #refuseWhenLost(): void {
    const ours = this.stillOurs();
    if (ours && fstatSync(this.#fd).size === this.#size) return;
    this.#broken = new RunLost(this.#file, !ours);
    throw this.#broken;
  }

  flush(): void {
    if (this.#broken) throw this.#broken;
    if (!this.#unflushed) return;
    // A record in a file that has no name any more is a record that nobody will find.
    if (fstatSync(this.#fd).nlink === 0)
      throw new JournalWriteFailure(this.#file, Object.assign(new Error("it was removed"), { code: "ENOENT" }));
    try {
      fdatasyncSync(this.#fd);
    } catch (error) {
      this.#broken = new JournalWriteFailure(this.#file, error as NodeJS.ErrnoException);
      throw this.#broken;
    }
    this.#unflushed = false;
  }

  /** Never throws: whoever must know that everything is on disk has called `flush` before. */
  close(): void {
    try {
      if (!this.#broken) this.flush();
      closeSync(this.#fd);
      if (!(this.#broken instanceof RunLost)) rmSync(this.#reserve, { force: true });
    } catch {}
  }

  #write(bytes: Buffer): void {
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd, bytes, at);
    } catch (error) {
      ftruncateSync(this.#fd, this.#size);
      throw error;
    }
  }

  #useReserve(bytes: Buffer): void {
    this.full = true;
    rmSync(this.#reserve, { force: true });
    try {
      this.#write(bytes);
    } catch (error) {
      throw new JournalWriteFailure(this.#file, error as NodeJS.ErrnoException);
    }
  }
}

function writeReserve(file: string): void {
  // Zeros, not a sparse file: only written blocks are really ours.
  try {
    writeFileSync(file, Buffer.alloc(reserveBytes), { mode: 0o600, flush: true });
  } catch (error) {
    rmSync(file, { force: true }); // half a reserve is no use, and takes the last room
    throw error;
  }
}

function syncFolder(path: string): void {
  const fd = openSync(path, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
