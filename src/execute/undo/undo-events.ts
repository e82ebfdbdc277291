import type { EventOf } from "../../event/event.ts";

export type UndoStarted = EventOf<"undo-started">;
export type UndoFinished = EventOf<"undo-finished">;
export type UndoInDoubt = EventOf<"undo-in-doubt">;

/** The event that says how the undoing of a step ended. */
export function undoFinished(
  step: string,
  key: string,
  state: UndoFinished["state"],
  more: Partial<Pick<UndoFinished, "message" | "durationMs" | "by" | "why" | "evidence">> & {
    readonly details?: readonly string[];
  } = {},
): UndoFinished {
  const { details, durationMs, ...rest } = more;
  return {
    type: "undo-finished",
    step,
    key,
    state,
    ...rest,
    ...(details === undefined || details.length === 0 ? {} : { details: [...details] }),
    ...(durationMs === undefined ? {} : { durationMs: Math.round(durationMs) }),
  };
}
