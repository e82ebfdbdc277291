import type { RunState, StepState } from "../event/run-state.ts";
import { type PlacedNode, parentsOf } from "../runbook/placed-nodes.ts";
import { patternOf } from "../runbook/walk.ts";

/**
 * How far a run has come with a node of its runbook, all instances together: `over`: it is not run again; `in-doubt`: a
 * change was begun and nobody knows its end; `begun`: it failed, or is a look that was stopped, or a group at work.
 */
export type Standing = "untouched" | "begun" | "in-doubt" | "over";

/** What a run knows of a node: its instances, and the node as a whole where it is repeated. */
export function statesOf(state: RunState, { address }: PlacedNode): StepState[] {
  const whole = address.replace(/\[…\]$/, "");
  const byPattern = addressesByPattern(state.steps);
  const found = [...(byPattern.get(address) ?? []), ...(whole === address ? [] : (byPattern.get(whole) ?? []))];
  return found.flatMap((id) => state.steps.get(id) ?? []);
}

const indexes = new WeakMap<RunState["steps"], { readonly size: number; readonly byPattern: Map<string, string[]> }>();

/** A run of thousands of steps is asked about each of them. Steps are only ever added. */
function addressesByPattern(steps: RunState["steps"]): ReadonlyMap<string, readonly string[]> {
  const known = indexes.get(steps);
  if (known?.size === steps.size) return known.byPattern;
  const byPattern = new Map<string, string[]>();
  for (const id of steps.keys()) {
    const pattern = patternOf(id);
    const same = byPattern.get(pattern);
    if (same) same.push(id);
    else byPattern.set(pattern, [id]);
  }
  indexes.set(steps, { size: steps.size, byPattern });
  return byPattern;
}

const through = new Set<StepState["status"]>(["done", "already-done", "skipped", "done-by-hand", "undone"]);

export function standingOf(state: RunState, placed: PlacedNode): Standing {
  // What preflight saw counts for its turn only.
  const again = placed.section === "preflight" && runsInEachTurn(placed);
  let found: Standing = "untouched";
  for (const step of statesOf(state, placed)) {
    const one = standingOfOne(step, placed, again);
    if (rank[one] > rank[found]) found = one;
  }
  return found;
}

const rank: { readonly [S in Standing]: number } = { untouched: 0, begun: 1, "in-doubt": 2, over: 3 };

function standingOfOne(step: StepState, { node }: PlacedNode, again: boolean): Standing {
  if (step.undo && (step.undo.status === "running" || step.undo.status === "in-doubt")) return "in-doubt";
  if (step.status === "in-doubt") return "in-doubt";
  if (step.status === "running") return step.effect === "change" ? "in-doubt" : "begun";
  // A group fails only when it is given up.
  const gaveUp = step.givenUp === true || step.group !== undefined || node.kind !== "step";
  const wentOn = step.status === "failed" && (gaveUp || node.onFailure === "continue");
  if (through.has(step.status) || wentOn) return again ? "begun" : "over";
  return step.startedAt === undefined && step.status === "pending" ? "untouched" : "begun";
}

/** Preflight outside of what is through runs again in each turn; an included runbook that is through does not. */
function runsInEachTurn({ node }: PlacedNode): boolean {
  return node.kind === "group" || (node.kind === "step" && !node.once);
}

/** What a node stands in that is over: nothing in it runs any more. */
export function overAround(state: RunState, placed: PlacedNode): PlacedNode | undefined {
  return parentsOf(placed).find((parent) => standingOf(state, parent) === "over");
}

/** A change of it was begun: undo may need it. */
export function begunAsChange(state: RunState, placed: PlacedNode): boolean {
  return statesOf(state, placed).some((step) => step.effect === "change" && step.startedAt !== undefined);
}
