import { renderKnown, type Template } from "../expression/template.ts";
import type { Connections } from "../look/connections.ts";
import { type StepValue, scopeOf, type Values, type World } from "../look/world.ts";
import type { NamedItem } from "../runbook/named-items.ts";
import type { Runbook, Section } from "../runbook/runbook.ts";
import type { JsonObject } from "../schema/json.ts";
import type { PlannedConnection, PlannedDeadline, PlannedRecoveryPoint, PlannedStep, Target } from "./plan.ts";
import type { Touched } from "./touched.ts";

/** What an earlier turn of a run left, by address: the steps that are through, and those that were begun. */
export interface Progress {
  readonly run: string;
  readonly finished: ReadonlyMap<string, string>;
  readonly begun: ReadonlyMap<string, string>;
  /** The instances of what was repeated, and the inputs of included runbooks: a resume has the same. */
  readonly groups?: ReadonlyMap<
    string,
    { readonly instances?: readonly NamedItem[] | undefined; readonly inputs?: JsonObject | undefined }
  >;
}

export interface PlanOptions {
  readonly runbook: Runbook;
  /** Its values hold the inputs, and what an earlier turn's steps gave, by address. */
  readonly world: World;
  readonly cwd: string;
  readonly target: Target;
  /** Touch nothing: no preflight, no inspection. */
  readonly offline: boolean;
  readonly progress?: Progress;
  /** Those of the started runbook are declared by the caller; those of included ones here. */
  readonly connections?: Connections;
  /** The secrets that an included runbook declares. */
  secretsOf?(runbook: Runbook): Values["secrets"];
  readonly signal: AbortSignal;
  /** Called as each step is planned, for whoever watches. */
  onStep?(step: PlannedStep): void;
}

/** What all frames of a plan share. */
export interface Shared {
  readonly options: PlanOptions;
  /** What an earlier turn's steps gave, by address. */
  readonly recorded: { readonly [address: string]: StepValue };
  /** By whole name. */
  readonly connections: Map<string, PlannedConnection>;
  readonly deadlines: Map<string, Omit<PlannedDeadline, "expectedMs">>;
  recoveryPoint?: PlannedRecoveryPoint;
  /** Why the age of what is restored can't be told. */
  recoveryUnknown?: string;
  /** What was looked at already: steps that run at the same time are planned twice. */
  readonly looks: Map<string, Promise<unknown>>;
}

/** A frame of planning: a runbook's steps, those of an included one, or those of one instance of what is repeated. */
export interface Planning {
  readonly shared: Shared;
  readonly options: PlanOptions;
  readonly runbook: Runbook;
  readonly world: World;
  /** What the addresses of its steps begin with, and the whole names of its connections and deadlines. */
  readonly prefix: string;
  readonly base: string;
  readonly depth: number;
  /** The section of the started runbook that it stands in, and that of the included one. */
  readonly section: Section;
  readonly part?: Section;
  /** Ids of steps whose results are in the world's values. */
  readonly known: Set<string>;
  /** Inputs whose values come later: the steps after which they are known. */
  readonly laterInputs: ReadonlyMap<string, string>;
  /** The item comes later: the steps after which it is known. */
  readonly laterEach?: string;
  /** What would have changed the world before. */
  readonly touched: Touched[];
  /** What may change it at the same time. */
  readonly meanwhile: readonly Touched[];
  /** All of it is through in an earlier turn of the run, so. */
  readonly through?: string;
  /** Whether its steps run at all is known only later. */
  readonly uncertain: boolean;
  emit(step: PlannedStep): void;
  /** The address of a step by the id that expressions of this frame use. */
  nameOf(id: string): string;
}

/** A template's text, with `(known after X)` where a value comes later. */
export function renderText(planning: Planning, template: Template): string {
  const { value } = renderKnown(template, scopeOf(planning.world.values), unknownIn(planning));
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Names the step that a path waits for; undefined when it is known. */
export function unknownIn(planning: Planning): (path: readonly string[]) => string | undefined {
  return ([root, id]) => {
    if (root === "each") return planning.laterEach;
    if (id === undefined) return undefined;
    if (root === "inputs") return planning.laterInputs.get(id);
    if (root === "secrets")
      return Object.hasOwn(planning.world.values.secrets, id) ? undefined : `secret ${id} is read`;
    return root === "steps" && !planning.known.has(id) ? planning.nameOf(id) : undefined;
  };
}
