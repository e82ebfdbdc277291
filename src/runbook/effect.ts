import type { Action } from "../action/define-action.ts";
import type { Json } from "../schema/json.ts";
import type { Step } from "./runbook.ts";

/** What a step does to the world. */
export type Effect = "read" | "change" | "manual";

/** Whether an author may vouch that a use of the action only looks. */
export function vouchable(action: Action): boolean {
  return action.effect === "change" && action.probe !== undefined;
}

/** Whether a step with this input changes nothing: by its kind, by its input (an http GET), or on the author's word. */
export function onlyLooks(action: Action, reads: boolean, input: Json): boolean {
  return effectOf(action, reads, input) === "read";
}

export function effectOf(action: Action, reads: boolean, input: Json): Effect {
  switch (action.effect) {
    case "read":
    case "poll":
    case "assert":
      return "read";
    case "manual":
      return "manual";
    case "change":
      return reads || action.reads?.(input) === true ? "read" : "change";
  }
}

/** Whether a change can be taken back: in the runbook's way, or in its action's. */
export function canUndo(step: Step): boolean {
  if (step.undo) return step.undo.kind !== "none";
  return step.action.effect === "change" && step.action.undo !== undefined;
}

/** How a change is taken back, in a few words; undefined when it is not. */
export function undoWords(step: Step): string | undefined {
  const { undo, action } = step;
  if (undo?.kind === "none") return undefined;
  if (undo?.kind === "not-needed") return `nothing to take back: ${undo.reason}`;
  if (undo?.kind === "uses") return undo.action.effect === "manual" ? "by hand" : `runs ${undo.uses}`;
  return action.effect === "change" && action.undo ? action.undoes : undefined;
}
