import type { PlannedStep } from "./plan.ts";

/** Rows from `first` to `last`, both counted. */
export interface Stretch {
  readonly first: number;
  readonly last: number;
}

interface Branch {
  readonly step: PlannedStep;
  readonly index: number;
  readonly last: number;
  readonly children: Branch[];
}

const takesNone = new Set<PlannedStep["state"]>(["finished", "done", "skipped"]);

/** How long steps usually take, as far as they say so: what runs at the same time counts once. Milliseconds. */
export function expectedMs(
  steps: readonly PlannedStep[],
  stretch: Stretch = { first: 0, last: steps.length - 1 },
): number {
  return inTurn(
    treeOf(steps).map((branch) => lengthOf(branch, stretch)),
    1,
  );
}

function treeOf(steps: readonly PlannedStep[]): Branch[] {
  const build = (from: number, to: number): Branch[] => {
    const branches: Branch[] = [];
    for (let index = from; index < to; ) {
      const step = steps[index] as PlannedStep;
      let next = index + 1;
      while (next < to && (steps[next] as PlannedStep).depth > step.depth) next += 1;
      branches.push({ step, index, last: next - 1, children: build(index + 1, next) });
      index = next;
    }
    return branches;
  };
  return build(0, steps.length);
}

function lengthOf({ step, index, last, children }: Branch, stretch: Stretch): number {
  if (last < stretch.first || index > stretch.last || takesNone.has(step.state)) return 0;
  const whole = index >= stretch.first && last <= stretch.last;
  // What a group says of itself counts for all of it.
  if (children.length === 0 || (whole && step.kind !== "each" && step.expectedDurationMs !== undefined))
    return index < stretch.first ? 0 : (step.expectedDurationMs ?? 0);
  const atOnce = step.concurrency ?? (step.parallel ? children.length : 1);
  return inTurn(
    children.map((child) => lengthOf(child, stretch)),
    atOnce,
  );
}

/** Several lengths, so many at a time. */
function inTurn(lengths: readonly number[], atOnce: number): number {
  const sum = lengths.reduce((all, one) => all + one, 0);
  return atOnce <= 1 ? sum : Math.max(...lengths, 0, Math.ceil(sum / atOnce));
}
