import type { RunState, StepState } from "../event/run-state.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { isSequential } from "../runbook/walk.ts";

/** Whether a step of the run changed something, or may have. What was found done already is not this run's work. */
export function mayHaveChanged(step: StepState): boolean {
  if (step.effect !== "change" || step.section === "finally") return false;
  // Pending, with an effect: an attempt was begun, and it was decided to run it again.
  return step.status !== "already-done" && step.status !== "undone";
}

/** Whether a run has a change that can be taken back. */
export function hasUndoable(state: RunState): boolean {
  return [...state.steps.values()].some((step) => mayHaveChanged(step) && step.noReturn !== true);
}

/** Whether a run can be taken back to a step: its branch is the only one that was at work. */
export function canGoBackTo(root: Runbook, address: string): boolean {
  return isSequential(root, address);
}
