import type { EventOf, JournalEvent } from "../event/event.ts";
import type { Json } from "../schema/json.ts";

/** How soon what is recorded must be on disk (see FileJournal). */
export interface OnceOptions<E extends JournalEvent = JournalEvent> {
  /** Whether it may wait for the next record that may not: for what can be looked at again, and for the end of a step. */
  lazyFor?(event: E): boolean;
  /** What already happened: it must be said even when the disk is full. */
  readonly happened?: boolean;
}

/** What happens beside the steps. */
export type NoteEvent = EventOf<
  | "approved"
  | "confirmed"
  | "connected"
  | "deadline-passed"
  | "deadline-warned"
  | "orphans"
  | "run-paused"
  | "run-resumed"
  | "step-interrupted"
>;

/**
 * What the loop asks of whatever makes a run durable: a file on one machine now, an engine across many later.
 * One value of this is one turn of one process at one run.
 */
export interface Durable {
  readonly runId: string;
  /** Fresh in every process start and take-over. */
  readonly attempt: string;
  /** Aborted when this turn has lost the run: end the children. */
  readonly lost: AbortSignal;
  /** Runs `fn` at least once and records its event exactly once; a replay returns the record without calling `fn`. When `fn` throws, nothing is recorded. */
  once<E extends JournalEvent>(key: string, fn: () => Promise<E>, options?: OnceOptions<E>): Promise<E>;
  /** What was recorded under a key, in this turn or an earlier one. */
  recorded(key: string): JournalEvent | undefined;
  /** Waits, also across a restart: a pause of which half is over takes the other half. */
  sleep(key: string, milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Stores a handle in the middle of a step. On disk when it resolves. */
  remember(step: string, key: string, name: string, value: Json): Promise<void>;
  /** What `remember` stored for a step, in this turn or an earlier one. */
  recall(step: string, name: string): Json | undefined;
  /** Whether a step has forgotten a handle: the last that it stored under some name is null. */
  forgot(step: string): boolean;
  /** Whether the end of an attempt is on record. */
  ended(key: string): boolean;
  /** Puts on disk what was recorded lazily: before a person is asked, or something long is waited for. */
  flush(): void;
  /** Records something that happened beside the steps. On disk when it returns. */
  note(key: string, event: NoteEvent): void;
}
