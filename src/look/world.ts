import type { ProbeContext, ReadContext } from "../action/context.ts";
import type { Json, JsonObject } from "../schema/json.ts";

/** Which step looks, and what ends its looking. */
export interface Place {
  readonly id: string;
  readonly key: string;
  readonly signal: AbortSignal;
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
  return { inputs: values.inputs, steps: values.steps as unknown as Json, run: values.run, ...extra };
}
