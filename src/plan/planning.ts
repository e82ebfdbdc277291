import { renderKnown } from "../expression/template.ts";
import { scopeOf, type World } from "../look/world.ts";
import type { Runbook, Step } from "../runbook/runbook.ts";
import type { PlannedStep, Target } from "./plan.ts";
import type { Touched } from "./touched.ts";

/** What an earlier turn of a run left: the steps that are through, and those that were begun. */
export interface Progress {
  readonly run: string;
  readonly finished: ReadonlyMap<string, string>;
  readonly begun: ReadonlyMap<string, string>;
}

export interface PlanOptions {
  readonly runbook: Runbook;
  /** Its values hold the inputs; results of steps are added while the plan is made. */
  readonly world: World;
  readonly cwd: string;
  readonly target: Target;
  /** Touch nothing: no preflight, no inspection. */
  readonly offline: boolean;
  readonly progress?: Progress;
  readonly signal: AbortSignal;
  /** Called as each step is planned, for whoever watches. */
  onStep?(step: PlannedStep): void;
}

/** State that planning carries from step to step. */
export interface Planning extends PlanOptions {
  /** Steps whose results are in the world's values. */
  readonly known: Set<string>;
  /** The steps that would change the world: what is looked at after them may look different then. */
  readonly touched: Touched[];
}

/** A template's text, with `(known after X)` where a value comes later. */
export function renderText(planning: Planning, template: Step["title"]): string {
  const { value } = renderKnown(template, scopeOf(planning.world.values), unknownIn(planning));
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Names the step that a path waits for; undefined when it is known. */
export function unknownIn(planning: Planning): (path: readonly string[]) => string | undefined {
  return ([root, id]) => (root === "steps" && id !== undefined && !planning.known.has(id) ? id : undefined);
}
