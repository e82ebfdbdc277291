import type { RunState, StepState } from "../../event/run-state.ts";
import type { Runbook } from "../../runbook/runbook.ts";
import { staticOrder } from "../../runbook/static-order.ts";
import { findNode } from "../../runbook/walk.ts";
import { canGoBackTo, mayHaveChanged } from "../undoable.ts";

/**
 * The steps that are to be undone, the newest first; those too whose undoing came to its end in an earlier turn. With
 * `to`, only that step and what comes after it.
 */
export function undoList(root: Runbook, state: RunState, to?: string): readonly StepState[] {
  const { placeOf } = staticOrder(root);
  const from = to === undefined ? undefined : placeOf(to);
  return [...state.steps.values()]
    .filter((step) => mayHaveChanged(step) || step.undo !== undefined || wantsUndo(root, step))
    .filter(({ id }) => from === undefined || (placeOf(id) ?? -1) >= from)
    .sort((a, b) => b.order - a.order);
}

/** What a person did is undone where the author says how. */
function wantsUndo(root: Runbook, { id, effect, section, status }: StepState): boolean {
  if (effect !== "manual" || section === "finally" || status === "already-done" || status === "undone") return false;
  const node = findNode(root, id)?.node;
  return node?.kind === "step" && node.undo !== undefined;
}

/** Why a run can't be taken back to a step; undefined when it can. */
export function refusesBackTo(root: Runbook, state: RunState, to: string): string | undefined {
  if (staticOrder(root).placeOf(to) === undefined) return `there is no step ${to}`;
  if (!canGoBackTo(root, to))
    return `the run can't be taken back to ${to}: it is no step of \`steps\` that runs alone, so what came after it is not certain`;
  const step = state.steps.get(to);
  if (!step || (step.status === "pending" && step.startedAt === undefined)) return `the run has not come to ${to} yet`;
  return undefined;
}

/**
 * Everything that runs again once the run is back at a step: it, what comes after it, and what it stands in where that
 * had come to its end.
 */
export function rewoundBy(root: Runbook, state: RunState, to: string): string[] {
  const { placeOf, around } = staticOrder(root);
  const from = placeOf(to) ?? 0;
  const reopened = around(to).filter((id) => state.steps.has(id) && state.steps.get(id)?.status !== "running");
  const later = [...state.steps.keys()].filter((id) => (placeOf(id) ?? -1) >= from);
  return [...reopened, ...later];
}
