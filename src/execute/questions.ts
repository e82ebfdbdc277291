import type { Answers, Question } from "../action/question.ts";
import type { KnownRecoveryPoint } from "../look/recovery-point.ts";
import type { Schema } from "../schema/define.ts";
import type { Json } from "../schema/json.ts";

interface AboutStep {
  readonly step: string;
  readonly key: string;
  readonly title: string;
}

/** "May this begin?" With `type`, the operator must type that text. */
export interface ConfirmQuestion extends AboutStep {
  readonly kind: "confirm";
  readonly message: string;
  readonly type?: string;
  /** The system that will be changed, as it said itself. */
  readonly target: string;
  /** A change that can't be taken back. */
  readonly noReturn: boolean;
  /** How old what is restored is, where that is known. */
  readonly recoveryPoint?: KnownRecoveryPoint;
  /** Why it is not known although it was told; one sentence. */
  readonly recoveryUnknown?: string;
}

/** A step failed, or is half done or in doubt: what now? Stopping is always the default. */
export interface RulingQuestion extends AboutStep {
  readonly kind: "ruling";
  readonly situation: "failed" | "in-doubt" | "half-done";
  /** Why, and what was seen when looking just now. */
  readonly message: string;
  readonly details: readonly string[];
  readonly seen?: string;
  /** Whether looking again can tell more. */
  readonly canLook: boolean;
  readonly canSkip: boolean;
  /** Whether the step alone can be taken back, and whether the run has changes that can. */
  readonly canUndoStep: boolean;
  readonly canUndoRun: boolean;
  /** The schema of the result that later steps read; a person who did the step by hand states it. */
  readonly resultSchema?: Schema;
}

export interface ManualQuestion extends AboutStep, Question {
  readonly kind: "manual";
}

/** A deadline is over: what now? */
export interface DeadlineQuestion {
  readonly kind: "deadline";
  readonly deadline: string;
  readonly message: string;
  readonly startedAt: string;
  readonly limitAt: string;
  /** The step that is about to begin. */
  readonly step: string;
  readonly canUndoRun: boolean;
  /** The runbook stops the run here: only what a person decided beforehand goes before that. */
  readonly beforehand?: boolean;
}

/** The undoing of a step failed, is in doubt, or can't be begun as things are. */
export interface UndoQuestion extends AboutStep {
  readonly kind: "undo";
  readonly situation: "failed" | "in-doubt" | "changed-since" | "by-hand";
  readonly message: string;
  readonly details: readonly string[];
  readonly seen?: string;
}

/** Processes of an earlier turn still work. */
export interface OrphanQuestion {
  readonly kind: "orphans";
  readonly processes: readonly string[];
}

export type Ruling =
  | { readonly decision: "run-again"; readonly by: string; readonly via: "prompt" | "option" }
  | { readonly decision: "look-again" }
  | {
      readonly decision: "undo-step" | "undo-run";
      readonly by: string;
      readonly why?: string;
      readonly via: "prompt" | "option";
    }
  | { readonly decision: "skip"; readonly by: string; readonly why: string; readonly via: "prompt" | "option" }
  | {
      readonly decision: "done-by-hand";
      readonly by: string;
      readonly why: string;
      readonly evidence: string;
      readonly result?: Json;
      readonly via: "prompt" | "option";
    };

export type UndoRuling =
  | { readonly decision: "run-again"; readonly by: string; readonly via: "prompt" | "option" }
  | {
      readonly decision: "leave" | "done-by-hand";
      readonly by: string;
      readonly why: string;
      readonly evidence?: string;
      readonly via: "prompt" | "option";
    };

export interface DeadlineRuling {
  readonly decision: "continue" | "stop" | "undo";
  readonly by: string;
  readonly why?: string;
  readonly via: "prompt" | "option";
}

/**
 * Who answers the engine's questions. `undefined` always means: nobody agreed, so stop. End of input, a hang-up and a
 * time-out are `undefined` too.
 */
export interface Answerer {
  confirm(question: ConfirmQuestion): Promise<{ readonly by: string; readonly via: "prompt" | "option" } | undefined>;
  rule(question: RulingQuestion): Promise<Ruling | undefined>;
  manual(question: ManualQuestion): Promise<Answers | undefined>;
  deadline(question: DeadlineQuestion): Promise<DeadlineRuling | undefined>;
  undo(question: UndoQuestion): Promise<UndoRuling | undefined>;
  /** What was decided beforehand about the undoing of a step that is about to begin. */
  undoBefore?(step: string): Promise<UndoRuling | undefined>;
  orphans(question: OrphanQuestion): Promise<"wait" | "end" | undefined>;
}
