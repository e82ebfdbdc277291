import { readFileSync, writeFileSync } from "node:fs";
import type { JournalEvent } from "../../src/event/event.ts";
import { chainStart, encodeRecord, type JournalRecord } from "../../src/journal/record.ts";

/** Writes a journal anew with other events, chained as if it had always said so. */
export function rewriteRecord(file: string, change: (event: JournalEvent) => JournalEvent): void {
  let hash = chainStart;
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  const text = lines.map((line) => {
    const { seq, at, key, event } = JSON.parse(line) as JournalRecord;
    const made = encodeRecord(hash, seq, at, key, change(event));
    hash = made.hash;
    return made.line;
  });
  writeFileSync(file, text.join(""));
}
