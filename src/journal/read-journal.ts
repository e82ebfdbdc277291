import { readFileSync } from "node:fs";
import { damaged, tooNew, unreadable } from "./failures.ts";
import { chainStart, decodeRecord, type JournalRecord, journalVersion } from "./record.ts";

export interface JournalContent {
  readonly records: readonly JournalRecord[];
  /** The hash of the last record, for the next one. */
  readonly lastHash: string;
  /** Bytes of whole records. */
  readonly goodBytes: number;
  /** Bytes after the last newline: a record that was being written when the machine or belay stopped. */
  readonly tornBytes: number;
}

/** Throws JournalDamage for a file that is there and can't be read. */
export function journalBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw error;
    throw unreadable(file, error as NodeJS.ErrnoException);
  }
}

/**
 * Reads a journal. A torn last line is left out; any other damage, and a file that can't be read, throws JournalDamage.
 * A record is written before its newline, so bytes after the last newline were never relied upon.
 */
export function readJournal(file: string): JournalContent {
  const bytes = journalBytes(file);
  const records: JournalRecord[] = [];
  let hash = chainStart;
  let from = 0;
  for (let end = bytes.indexOf(10, from); end !== -1; end = bytes.indexOf(10, from)) {
    const record = decodeRecord(bytes.toString("utf8", from, end), hash, records.length + 1);
    if (typeof record === "number") throw tooNew(file, from, records.length + 1, record, journalVersion);
    if (typeof record === "string") throw damaged(file, from, records.length + 1, record);
    records.push(record);
    hash = record.hash;
    from = end + 1;
  }
  return { records, lastHash: hash, goodBytes: from, tornBytes: bytes.length - from };
}
