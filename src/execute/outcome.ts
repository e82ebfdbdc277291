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
  readonly output?: Finished["output"];
}

/** The event that says how a step ended. */
export function finished(
  step: Pick<Step, "id" | "section">,
  key: string,
  state: Finished["state"],
  more: More = {},
): Finished {
  const { result, message, details, durationMs, retryable, output } = more;
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
    ...(output === undefined || Object.keys(output).length === 0 ? {} : { output }),
    ...(durationMs === undefined ? {} : { durationMs: Math.round(durationMs) }),
  };
}

export function inDoubt(step: Step, key: string, begunBy: string, message: string): InDoubt {
  return { type: "step-in-doubt", step: step.id, key, section: step.section, begunBy, message };
}
