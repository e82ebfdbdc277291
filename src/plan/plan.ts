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
 * - `group`: it holds the steps that stand below it, one deeper; they say what they do
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
  | "in-doubt"
  | "group";

/** A step, or the head of what holds steps: a group, what `forEach` repeats, an included runbook. */
export type PlannedKind = "step" | "group" | "each" | "include";

export interface PlannedStep {
  /** Its address: `load`, `sites[eu]/stop`, `db/load`; `sites[…]/stop` where the items are known only later. */
  readonly id: string;
  readonly kind: PlannedKind;
  /** 0 at the top; what is held by another row is one deeper, and follows it. */
  readonly depth: number;
  /** The section of the runbook that was started. */
  readonly section: Section;
  /** Of what an included runbook runs before or after its own steps. */
  readonly part?: Section;
  readonly title: string;
  /** Its action; `runbook` for an included one, empty for a group. */
  readonly uses: string;
  /** `none` for what only holds other steps. */
  readonly effect: Effect | "none";
  readonly state: PlannedState;
  /** What was seen, or why nothing can be said; one line. */
  readonly reason: string;
  /** `with` as it would run; `(known after X)` where a value comes later. */
  readonly input: Json;
  /** The steps whose results its input, its condition or its list waits for. */
  readonly after: readonly string[];
  /** Whether it runs at all is known only then. */
  readonly conditional: boolean;
  readonly changes: readonly Change[];
  /** How its undo puts things back; absent for what is no change, or can't be undone. */
  readonly undo?: string;
  /** Why it is not undone, in the author's words. */
  readonly undoReason?: string;
  /** A change that can't be undone. */
  readonly noReturn: boolean;
  /** The connection that it works on, by its whole name. */
  readonly on?: string;
  readonly confirm?: { readonly message?: string; readonly type?: string };
  /** How many people must approve, and whether the operator may be one of them. */
  readonly approvers?: number;
  readonly notBy?: "operator";
  /** Of a group: its steps run at the same time. */
  readonly parallel?: boolean;
  /** How many instances, or steps of a parallel group, run at the same time; all steps of the group without it. */
  readonly concurrency?: number;
  /** How many instances there are; absent where the list is known only later. */
  readonly instances?: number;
  /** How many of them may fail. */
  readonly maxFailures?: number;
  readonly included?: {
    readonly name: string;
    readonly version: string;
    readonly title: string;
    /** With defaults; `(known after X)` where a value comes later. */
    readonly inputs: JsonObject;
  };
  readonly expectedDurationMs?: number;
  readonly notes?: string;
}

/** Of steps; what holds steps is not counted. */
export interface PlanCounts {
  readonly looks: number;
  readonly changes: number;
  readonly byHand: number;
  /** Of the changes: done already, and not foreseeable. */
  readonly done: number;
  readonly unforeseeable: number;
  /** A group that is skipped counts as one. */
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

/** A system that steps work on: who it says it is, or why it does not say. */
export interface PlannedConnection {
  readonly name: string;
  readonly kind: string;
  readonly summary?: string;
  /** One sentence; also where it can be reached only after a step (`known after X`). */
  readonly problem?: string;
}

/** A limit over several steps, and how long they usually take (as far as they say so). Milliseconds. */
export interface PlannedDeadline {
  readonly name: string;
  readonly withinMs: number;
  readonly warnAtMs?: number;
  /** Addresses. */
  readonly start: string;
  /** The run's end, or the end of the included runbook's, without one. */
  readonly end?: string;
  readonly expectedMs: number;
}

/** The age of what is restored. */
export interface PlannedRecoveryPoint {
  /** UTC, ISO 8601. */
  readonly at: string;
  readonly ageMs: number;
  /** The most data, as a time, that may be lost. */
  readonly withinMs?: number;
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
  readonly connections: readonly PlannedConnection[];
  readonly deadlines: readonly PlannedDeadline[];
  readonly recoveryPoint?: PlannedRecoveryPoint;
  /** Steps, and before them the heads of what holds them, in the order in which they would begin. */
  readonly steps: readonly PlannedStep[];
  readonly counts: PlanCounts;
  readonly expectedDurationMs: number;
  /** What a person should know before this is run; one sentence each. */
  readonly warnings: readonly string[];
  /** Over runbook, inputs, target, connections, and what was inspected. */
  readonly digest: string;
}
