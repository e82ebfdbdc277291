import type { JournalEvent } from "../event/event.ts";
import { lineOf } from "./lines.ts";
import { printable } from "./printable.ts";

interface Recorded {
  readonly seq: number;
  readonly at: string;
  readonly event: JournalEvent;
}

/** What a record says, on one line: also of one that somebody wrote who did not know how. */
export function recordWords({ event }: Pick<Recorded, "event">): string {
  try {
    const [line] = lineOf(event, (id) => id);
    if (line !== undefined) return printable(line);
  } catch {
    // Its parts are not what they should be.
  }
  const { step } = event as { readonly step?: unknown };
  return printable(`${String(event.type)}${typeof step === "string" ? ` ${step}` : ""}`);
}

/** `record 7, 2026-11-21T03:02:03.000Z, step load: ✔ load  done after 3 s`. */
export function recordName(record: Recorded): string {
  const { step } = record.event as { readonly step?: unknown };
  const of = typeof step === "string" ? `, step ${printable(step)}` : "";
  return `record ${record.seq}, ${printable(record.at)}${of}: ${recordWords(record)}`;
}
