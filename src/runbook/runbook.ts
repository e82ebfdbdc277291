import type { Action } from "../action/define-action.ts";
import type { CompiledText, Language } from "../expression/language.ts";
import type { Template } from "../expression/template.ts";
import type { Json } from "../schema/json.ts";

export type Section = "preflight" | "steps" | "finally";

export const sections: readonly Section[] = ["preflight", "steps", "finally"];

/** A condition: one expression, or a plain boolean. */
export interface Condition {
  /** As written, for messages. */
  readonly text: string;
  readonly compiled: CompiledText;
}

/** A use of an action inside a step: a check's look, or what `wait` polls. */
export interface Look {
  readonly uses: string;
  readonly action: Action;
  readonly with: Template;
}

export interface Check extends Look {
  readonly done: Condition;
  readonly notDone?: Condition;
}

export interface Poll extends Look {
  readonly until: Condition;
  readonly failIf?: Condition;
}

export interface Retry {
  readonly attempts: number;
  readonly delay: Template;
  readonly backoff: number;
  readonly if?: Condition;
}

/** A step of a runbook that was checked. Durations are templates: they may come from an input. */
export interface Step {
  readonly id: string;
  readonly section: Section;
  /** Where it stands in its file, for messages. */
  readonly line: number;
  readonly title: Template;
  /** The title where it holds no expression, else the id. */
  readonly plainTitle: string;
  readonly notes?: string;
  readonly uses: string;
  readonly action: Action;
  /** `with` as written. */
  readonly written: Json;
  readonly with: Template;
  readonly poll?: Poll;
  readonly when?: Condition;
  readonly check?: Check;
  readonly expect: readonly Condition[];
  readonly confirm?: { readonly message?: Template; readonly type?: Template };
  readonly retry?: Retry;
  readonly timeout?: Template;
  /** The author's word that it only looks. */
  readonly reads: boolean;
  /** The action's or the author's word that running it again does no harm. */
  readonly repeatable: boolean;
  readonly onFailure: "stop" | "continue";
  readonly expectedDurationMs?: number;
  readonly once: boolean;
}

export type InputType =
  | "string"
  | "integer"
  | "number"
  | "boolean"
  | "path"
  | "duration"
  | "timestamp"
  | "list"
  | "object";

/** An input as declared. The constraints are JSON Schema's. */
export interface InputDeclaration {
  readonly type: InputType;
  readonly description?: string;
  readonly default?: Json;
  readonly optional?: boolean;
  readonly enum?: readonly Json[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: Json;
  readonly properties?: Json;
  readonly required?: readonly string[];
}

/** A runbook without mistakes: every name resolved, every expression compiled. */
export interface Runbook {
  /** As the user gave it. */
  readonly file: string;
  readonly text: string;
  /** SHA-256 of the text, hex. */
  readonly digest: string;
  readonly name: string;
  readonly version: string;
  readonly title: string;
  readonly description?: string;
  readonly source?: string;
  readonly inputs: ReadonlyMap<string, InputDeclaration>;
  readonly preflight: readonly Step[];
  readonly steps: readonly Step[];
  readonly finally: readonly Step[];
  readonly outputs: ReadonlyMap<string, Template>;
  readonly language: Language;
}

/** All steps in the order in which they run. */
export function allSteps(runbook: Runbook): Step[] {
  return [...runbook.preflight, ...runbook.steps, ...runbook.finally];
}
