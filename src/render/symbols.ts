import type { StepStatus } from "../event/run-state.ts";
import type { PlannedState } from "../plan/plan.ts";
import type { Style } from "./style.ts";

/** All of them are one column wide in every terminal. */
export const symbol = {
  change: "●",
  done: "✔",
  unknown: "?",
  noReturn: "!",
  look: "◌",
  byHand: "☛",
  skipped: "⊘",
  failed: "✖",
  running: "▸",
  pending: "·",
  undone: "↶",
  again: "↻",
  paused: "‖",
  clock: "◷",
  group: "▾",
} as const;

export function plannedSymbol(state: PlannedState, noReturn: boolean, paint: Style): string {
  switch (state) {
    case "would-fail":
      return paint.alarm(symbol.failed);
    case "looked":
    case "done":
    case "finished":
      return paint.green(symbol.done);
    case "skipped":
      return paint.dim(symbol.skipped);
    case "looks":
    case "waits":
      return symbol.look;
    case "by-hand":
      return paint.yellow(symbol.byHand);
    case "group":
      return paint.dim(symbol.group);
    case "change":
      return noReturn ? paint.alarm(symbol.noReturn) : paint.cyan(symbol.change);
    case "unforeseeable":
    case "in-doubt":
      return noReturn ? paint.alarm(symbol.noReturn) : paint.yellow(symbol.unknown);
  }
}

export function statusSymbol(status: StepStatus, paint: Style): string {
  switch (status) {
    case "done":
    case "already-done":
      return paint.green(symbol.done);
    case "done-by-hand":
      return paint.green(symbol.byHand);
    case "skipped":
      return paint.dim(symbol.skipped);
    case "failed":
      return paint.alarm(symbol.failed);
    case "in-doubt":
      return paint.yellow(symbol.unknown);
    case "running":
      return paint.cyan(symbol.running);
    case "pending":
      return paint.dim(symbol.pending);
    case "undone":
      return paint.yellow(symbol.undone);
  }
}
