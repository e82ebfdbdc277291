import type { Typed } from "../schema/define.ts";
import type { journalEvents } from "./event-schema.ts";
import type { passingEvents } from "./passing-events.ts";

type JournalSchemas = typeof journalEvents;
type PassingSchemas = typeof passingEvents;

/** A fact of a run. The state of a run is a fold over these, in order. */
export type JournalEvent = {
  [K in keyof JournalSchemas]: { readonly type: K } & Typed<JournalSchemas[K]>;
}[keyof JournalSchemas];

/** Something worth showing that nobody needs afterwards. */
export type PassingEvent = {
  [K in keyof PassingSchemas]: { readonly type: K } & Typed<PassingSchemas[K]>;
}[keyof PassingSchemas];

/** Everything that a run says. */
export type RunEvent = JournalEvent | PassingEvent;

export type EventOf<T extends RunEvent["type"]> = Extract<RunEvent, { type: T }>;

/** An event with its time (UTC, ISO 8601). */
export type TimedEvent = { readonly at: string } & JournalEvent;
