import { setTimeout as delay } from "node:timers/promises";
import type { JournalEvent } from "../event/event.ts";
import type { RunState } from "../event/run-state.ts";
import type { Durable, OnceOptions } from "./durable.ts";
import type { FileJournal } from "./file-journal.ts";

/** The durability port over one file. `state` is the fold of the journal's events, kept up to date by its listener. */
export function fileDurable(
  journal: FileJournal,
  runId: string,
  attempt: string,
  state: RunState,
  lost: AbortSignal,
): Durable {
  const recorded = new Map<string, JournalEvent>(journal.records.map((record) => [record.key, record.event]));
  const ended = new Set(journal.records.flatMap(({ event }) => (endsAttempt(event) ? [event.key] : [])));
  let times = 0; // one name can be stored again, and every record has a key of its own

  return {
    runId,
    attempt,
    lost,
    async once<E extends JournalEvent>(key: string, fn: () => Promise<E>, options: OnceOptions<E> = {}) {
      const known = recorded.get(key);
      if (known) return known as E;
      const event = await fn();
      // What was recorded has no secret in it, and a resume must read the same as whoever goes on now.
      const written = journal.append(key, event, options.lazyFor?.(event) ? "next" : "now", options.happened === true);
      if (endsAttempt(event)) ended.add(event.key);
      // A run that is undone comes by its `finally` again in the same turn.
      recorded.set(key, written);
      return written;
    },
    recorded: (key) => recorded.get(key),
    async sleep(_key, milliseconds, signal) {
      await delay(milliseconds, undefined, { signal });
    },
    async remember(step, key, name, value) {
      times += 1;
      journal.append(
        `${key} remembered ${name} ${attempt} ${times}`,
        { type: "remembered", step, key, name, value },
        "now",
      );
    },
    recall: (step, name) => state.steps.get(step)?.remembered.get(name),
    forgot: (step) => [...(state.steps.get(step)?.remembered.values() ?? [])].includes(null),
    ended: (key) => ended.has(key),
    flush: () => journal.flush(),
    note(key, event) {
      journal.append(key, event, "now", true);
    },
  };
}

const endsAttempt = (event: JournalEvent) => event.type === "step-finished" || event.type === "undo-finished";
