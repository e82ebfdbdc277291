import type { PlannedStep } from "../plan/plan.ts";

/** A row of a plan as it is shown. */
export interface PlanRow {
  readonly step: PlannedStep;
  /** As on paper: `4`, `4.1`; empty for what is looked at before, and for instances of what is repeated. */
  readonly number: string;
  /** It is called what its list is called, which was said. */
  readonly untitled?: true;
  /** How many steps it holds that are not shown. */
  readonly held?: number;
  /** A line that stands for instances that are not shown; `step` is one of them. */
  readonly rest?: string;
}

/** More instances than these are folded, to so many. */
const mostInstances = 20;
const instancesShown = 5;

interface Branch {
  readonly step: PlannedStep;
  readonly children: readonly Branch[];
}

/** The rows of a plan, numbered like the steps of the runbook on paper. Many instances that are alike are folded, unless everything is wanted. */
export function planRows(steps: readonly PlannedStep[], verbose: boolean): PlanRow[] {
  const rows: PlanRow[] = [];
  const put = (branches: readonly Branch[], lead: string, first = 1): void => {
    let next = first;
    for (const branch of branches) {
      const { step } = branch;
      const counts = step.part !== "preflight" && step.section !== "preflight";
      one(branch, counts ? `${lead}${next}` : "");
      if (counts) next += 1;
    }
  };
  const one = (branch: Branch, number: string): void => {
    const { step, children } = branch;
    if (step.state === "finished" && children.length > 0 && !verbose) {
      rows.push({ step, number, held: leaves(branch) });
      return;
    }
    rows.push({ step, number });
    if (step.kind !== "each" || step.instances === undefined) {
      // What stands for the items of a list that comes later is the list's own step.
      if (step.kind === "each" && children.every(({ step: child }) => child.id === `${step.id}[…]`))
        for (const child of children) instance(child, branch, number);
      else put(children, number === "" ? "" : `${number}.`);
      return;
    }
    const { shown, folded } = fold(children, verbose);
    for (const child of shown) instance(child, branch, number);
    const [hidden] = folded;
    if (hidden)
      rows.push({ step: hidden.step, number: "", rest: `… ${folded.length} more like these, with --verbose` });
  };
  const instance = ({ step, children }: Branch, list: Branch, number: string): void => {
    const hides = step.state === "finished" && children.length > 0 && !verbose;
    const untitled = children.length > 0 && step.title === list.step.title;
    rows.push({
      step,
      number: "",
      ...(untitled ? { untitled } : {}),
      ...(hides ? { held: leaves({ step, children }) } : {}),
    });
    if (!hides) put(children, `${number}.`);
  };
  put(treeOf(steps), "");
  return rows;
}

function treeOf(steps: readonly PlannedStep[]): Branch[] {
  const build = (from: number, to: number): Branch[] => {
    const branches: Branch[] = [];
    for (let index = from; index < to; ) {
      const step = steps[index] as PlannedStep;
      let next = index + 1;
      while (next < to && (steps[next] as PlannedStep).depth > step.depth) next += 1;
      branches.push({ step, children: build(index + 1, next) });
      index = next;
    }
    return branches;
  };
  return build(0, steps.length);
}

const leaves = ({ step, children }: Branch): number =>
  step.kind === "step" ? 1 : children.reduce((sum, child) => sum + leaves(child), 0);

/** The first instances, and each later one that is unlike those before it. */
function fold(instances: readonly Branch[], verbose: boolean): { shown: Branch[]; folded: Branch[] } {
  if (verbose || instances.length <= mostInstances) return { shown: [...instances], folded: [] };
  const seen = new Set<string>();
  const shown: Branch[] = [];
  const folded: Branch[] = [];
  for (const [index, one] of instances.entries()) {
    const like = likeness(one, one.step.id);
    (index < instancesShown || !seen.has(like) ? shown : folded).push(one);
    seen.add(like);
  }
  return { shown, folded };
}

/** What two instances that would do the same have in common; what they do it to may differ. */
function likeness({ step, children }: Branch, address: string): string {
  const { id, state, conditional, effect, noReturn, changes } = step;
  const own = [id.slice(address.length), state, conditional, effect, noReturn, ...changes.map(({ kind }) => kind)];
  return JSON.stringify([own, ...children.map((child) => likeness(child, address))]);
}
