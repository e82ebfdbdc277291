import type { Change } from "../action/inspection.ts";
import type { Effect } from "../runbook/effect.ts";
import type { Section } from "../runbook/runbook.ts";
import type { Json, JsonObject } from "../schema/json.ts";

/**
 * What a plan says of a step:
 * - `looked`: it only looks, did so, and what it found is as it should be · `would-fail`: it did, and it is not
 * - `looks`: it only looks, and can't until an earlier step is through · `waits`: it would wait
 * - `done`: the outcome is there already · `change`: it would change what is listed
 * - `unforeseeable`: what it would change can't be told · `by-hand`: a person acts
 * - `skipped`: its condition does not hold · `finished`: through in an earlier turn of the run
 * - `in-doubt`: begun in an earlier turn, outcome unknown
 */
export type PlannedState =
  | "looked"
  | "would-fail"
  | "looks"
  | "waits"
  | "done"
  | "change"
  | "unforeseeable"
  | "by-hand"
  | "skipped"
  | "finished"
  | "in-doubt";

export interface PlannedStep {
  readonly id: string;
  readonly section: Section;
  readonly title: string;
  readonly uses: string;
  readonly effect: Effect;
  readonly state: PlannedState;
  /** What was seen, or why nothing can be said; one line. */
  readonly reason: string;
  /** `with` as it would run; `(known after X)` where a value comes later. */
  readonly input: Json;
  /** The steps whose results its input or condition waits for. */
  readonly after: readonly string[];
  /** Whether it runs at all is known only then. */
  readonly conditional: boolean;
  readonly changes: readonly Change[];
  /** How its undo puts things back; absent for what is no change, or can't be undone. */
  readonly undo?: string;
  /** A change that can't be undone. */
  readonly noReturn: boolean;
  readonly confirm?: { readonly message?: string; readonly type?: string };
  readonly expectedDurationMs?: number;
  readonly notes?: string;
}

export interface PlanCounts {
  readonly looks: number;
  readonly changes: number;
  readonly byHand: number;
  /** Of the changes: done already, and not foreseeable. */
  readonly done: number;
  readonly unforeseeable: number;
  readonly skipped: number;
  /** Changes without an undo. */
  readonly noReturn: number;
}

/** The machine that the steps work on. */
export interface Target {
  readonly host: string;
  /** Its machine id, where there is one. */
  readonly machine?: string;
}

/** What a run would do, seen from the systems as they are now. A plan is data: it is shown, saved, and compared. */
export interface Plan {
  readonly format: 1;
  readonly madeAt: string;
  readonly runbook: {
    readonly name: string;
    readonly version: string;
    readonly title: string;
    readonly file: string;
    readonly digest: string;
  };
  readonly inputs: JsonObject;
  readonly cwd: string;
  readonly target: Target;
  readonly offline: boolean;
  /** The run whose resume this previews. */
  readonly run?: string;
  readonly steps: readonly PlannedStep[];
  readonly counts: PlanCounts;
  readonly expectedDurationMs: number;
  /** Over runbook, inputs, target, and what was inspected. */
  readonly digest: string;
}
