import type { EventOf } from "../event/event.ts";
import type { Step } from "../runbook/runbook.ts";
import type { Json } from "../schema/json.ts";

export type Finished = EventOf<"step-finished">;
export type InDoubt = EventOf<"step-in-doubt">;

interface More {
  readonly result?: Json;
  readonly message?: string;
  readonly details?: readonly string[];
  readonly durationMs?: number;
  readonly retryable?: boolean;
}

/** The event that says how a step ended. */
export function finished(step: Step, key: string, state: Finished["state"], more: More = {}): Finished {
  const { result, message, details, durationMs, retryable } = more;
  return {
    type: "step-finished",
    step: step.id,
    key,
    section: step.section,
    state,
    ...(result === undefined ? {} : { result }),
    ...(message === undefined ? {} : { message }),
    ...(details === undefined || details.length === 0 ? {} : { details: [...details] }),
    ...(retryable === undefined ? {} : { retryable }),
    ...(durationMs === undefined ? {} : { durationMs: Math.round(durationMs) }),
  };
}

export function inDoubt(step: Step, key: string, begunBy: string, message: string): InDoubt {
  return { type: "step-in-doubt", step: step.id, key, section: step.section, begunBy, message };
}
