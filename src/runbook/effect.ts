import type { Action } from "../action/define-action.ts";
import type { Json } from "../schema/json.ts";

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
