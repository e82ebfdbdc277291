import type { ProbeContext, ReadContext } from "../action/context.ts";
import type { Json, JsonObject } from "../schema/json.ts";

/** Which step looks, and what ends its looking. */
export interface Place {
  readonly id: string;
  readonly key: string;
  readonly signal: AbortSignal;
}

/** What expressions read. */
export interface Values {
  readonly inputs: JsonObject;
  readonly steps: { [id: string]: { result: Json; status: string } };
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
  return { inputs: values.inputs, steps: values.steps, run: values.run, ...extra };
}
