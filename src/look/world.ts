import type { ProbeContext, ReadContext } from "../action/context.ts";
import type { Json, JsonObject } from "../schema/json.ts";

/** Which step looks, and what ends its looking. */
export interface Place {
  readonly id: string;
  readonly key: string;
  readonly signal: AbortSignal;
  /** The connection that it looks at, by its whole name; this machine without one. */
  readonly on?: string;
  /** A secret is handed to the step: what its programs print is masked before it is written anywhere. */
  readonly secret?: true;
}

/** What expressions read of a step. `done`: its outcome is there, whoever brought it about. */
export interface StepValue {
  readonly result: Json;
  readonly status: string;
  readonly done: boolean;
}

const doneStatuses = new Set(["done", "already-done", "done-by-hand"]);

export function stepValue(result: Json, status: string): StepValue {
  return { result, status, done: doneStatuses.has(status) };
}

/** What expressions read. */
export interface Values {
  readonly inputs: JsonObject;
  readonly steps: { [id: string]: StepValue };
  readonly run: JsonObject;
  /** The item at hand, inside of what `forEach` repeats. */
  readonly each?: { readonly value: Json; readonly key: string; readonly index: number };
  /** Null for an optional one that is not there. Never recorded. */
  readonly secrets: { readonly [name: string]: string | null };
}

/** What looking needs: values for expressions, and contexts that can't write. Plan and run each have their own. */
export interface World {
  /** The folder that relative paths are below: the one in which the run was started. */
  readonly cwd: string;
  readonly values: Values;
  read(place: Place): Promise<ReadContext>;
  /** `check`: the output is an answer, kept in memory. `step`: it goes to the step's log. */
  probe(place: Place, as: "check" | "step"): Promise<ProbeContext>;
}

/** The values that templates and conditions are evaluated with. */
export function scopeOf(values: Values, extra?: { readonly [root: string]: Json }): { [root: string]: Json } {
  const { inputs, steps, run, each, secrets } = values;
  return { inputs, steps: steps as unknown as Json, run, secrets, ...(each ? { each } : {}), ...extra };
}
