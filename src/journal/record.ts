import { createHash } from "node:crypto";
import type { JournalEvent, TimedEvent } from "../event/event.ts";

/** The journal's format. A record of a newer one is refused, an older one upgraded when read. */
export const journalVersion = 1;

/** One line of a journal: an event, the key it is recorded under, and a hash that chains it to the line before. */
export interface JournalRecord {
  readonly v: number;
  readonly seq: number;
  /** UTC, ISO 8601. */
  readonly at: string;
  /** Unique in the run; a replay finds the event by it. */
  readonly key: string;
  readonly event: JournalEvent;
  readonly hash: string;
}

const hashStart = ',"hash":"';
const suffixLength = hashStart.length + 64 + '"}'.length;

/** The hash before the first record. */
export const chainStart = "0".repeat(64);

function chain(previous: string, body: string): string {
  return createHash("sha256").update(previous).update(body).digest("hex");
}

/** Makes the line (with its newline) of the next record, and its hash. */
export function encodeRecord(
  previous: string,
  seq: number,
  at: string,
  key: string,
  event: JournalEvent,
): { line: string; hash: string } {
  const body = JSON.stringify({ v: journalVersion, seq, at, key, event });
  const hash = chain(previous, body);
  return { line: `${body.slice(0, -1)}${hashStart}${hash}"}\n`, hash };
}

/** The record, or why a line is not the next one; the number of its format when this belay is too old for it. */
export function decodeRecord(line: string, previous: string, seq: number): JournalRecord | string | number {
  let record: JournalRecord;
  try {
    record = JSON.parse(line) as JournalRecord;
  } catch {
    return "it is not JSON";
  }
  if (typeof record !== "object" || record === null || typeof record.v !== "number")
    return "it is not a journal record";
  if (record.v > journalVersion) return record.v;
  if (record.seq !== seq) return `it is record ${String(record.seq)} where record ${seq} belongs`;
  const body = `${line.slice(0, -suffixLength)}}`;
  if (record.hash !== chain(previous, body)) return "its hash does not fit: it, or a record before it, was changed";
  return record;
}

export function timed(record: JournalRecord): TimedEvent {
  return { at: record.at, ...record.event };
}
