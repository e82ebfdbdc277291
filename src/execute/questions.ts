import type { Answers, Question } from "../action/question.ts";
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
  /** The schema of the result that later steps read; a person who did the step by hand states it. */
  readonly resultSchema?: Schema;
}

export interface ManualQuestion extends AboutStep, Question {
  readonly kind: "manual";
}

/** Processes of an earlier turn still work. */
export interface OrphanQuestion {
  readonly kind: "orphans";
  readonly processes: readonly string[];
}

export type Ruling =
  | { readonly decision: "run-again"; readonly by: string; readonly via: "prompt" | "option" }
  | { readonly decision: "look-again" }
  | { readonly decision: "skip"; readonly by: string; readonly why: string; readonly via: "prompt" | "option" }
  | {
      readonly decision: "done-by-hand";
      readonly by: string;
      readonly why: string;
      readonly evidence: string;
      readonly result?: Json;
      readonly via: "prompt" | "option";
    };

/**
 * Who answers the engine's questions. `undefined` always means: nobody agreed, so stop. End of input, a hang-up and a
 * time-out are `undefined` too.
 */
export interface Answerer {
  confirm(question: ConfirmQuestion): Promise<{ readonly by: string; readonly via: "prompt" | "option" } | undefined>;
  rule(question: RulingQuestion): Promise<Ruling | undefined>;
  manual(question: ManualQuestion): Promise<Answers | undefined>;
  orphans(question: OrphanQuestion): Promise<"wait" | "end" | undefined>;
}
