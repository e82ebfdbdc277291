import type { Action } from "../action/define-action.ts";
import type { CompiledText, Language } from "../expression/language.ts";
import type { Template } from "../expression/template.ts";
import type { Json } from "../schema/json.ts";
import type { Connection, Deadline, RecoveryPoint, SecretDeclaration } from "./declarations.ts";

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
  /** The connection that it looks at, where that is not the step's. */
  readonly on?: string;
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

/** Repeats a step or a group over a list. */
export interface ForEach {
  /** One expression that gives a list; or the list itself. */
  readonly list: Template;
  /** The name of an instance; its item as text without it. */
  readonly key?: Template;
  /** How many instances run at the same time. */
  readonly concurrency: number;
  /** How many instances may fail. */
  readonly maxFailures: number;
}

/** How a step is undone: the runbook's own way, or the author's word that it is not. */
export type Undo =
  | {
      readonly kind: "uses";
      readonly uses: string;
      readonly action: Action;
      readonly written: Json;
      readonly with: Template;
      readonly on?: string;
      readonly timeout?: Template;
      /** The author's word that it may run twice, or may not; what the action says without it. */
      readonly repeatable?: boolean;
    }
  /** `none`: it can't be taken back. `not-needed`: there is nothing to take back. */
  | { readonly kind: "none" | "not-needed"; readonly reason: string };

export interface Confirm {
  readonly message?: Template;
  readonly type?: Template;
  /** How many other people must approve. */
  readonly approvers?: number;
  readonly notBy?: "operator";
  /** How long their approval is waited for. */
  readonly within?: Template;
}

/** What a failure that nobody mends does to the run. */
export type OnFailure = "stop" | "continue" | "undo";

interface NodeBase {
  /** Its id; of a step that is ready to run, its address. */
  readonly id: string;
  readonly section: Section;
  /** Where it stands in its file, for messages. */
  readonly line: number;
  readonly title: Template;
  /** The title where it holds no expression, else the id. */
  readonly plainTitle: string;
  readonly notes?: string;
  readonly when?: Condition;
  readonly forEach?: ForEach;
  readonly onFailure: OnFailure;
  readonly expectedDurationMs?: number;
  /** As written, for comparison with another text of the runbook. */
  readonly raw: Json;
}

/** A step of a runbook that was checked. Durations are templates: they may come from an input. */
export interface Step extends NodeBase {
  readonly kind: "step";
  readonly uses: string;
  readonly action: Action;
  /** `with` as written. */
  readonly written: Json;
  readonly with: Template;
  /** The connection that it works on; this machine without one. */
  readonly on?: string;
  readonly poll?: Poll;
  readonly check?: Check;
  readonly expect: readonly Condition[];
  readonly confirm?: Confirm;
  readonly retry?: Retry;
  readonly timeout?: Template;
  readonly undo?: Undo;
  /** The author's word that it only looks. */
  readonly reads: boolean;
  /** The action's or the author's word that running it again does no harm. */
  readonly repeatable: boolean;
  readonly once: boolean;
}

/** Steps that belong together. */
export interface Group extends NodeBase {
  readonly kind: "group";
  readonly parallel: boolean;
  /** How many of a parallel group's steps run at the same time. */
  readonly atOnce: number;
  readonly steps: readonly Node[];
}

/** Another runbook, run as a step of this one. */
export interface Include extends NodeBase {
  readonly kind: "include";
  /** As written: a path or a name. */
  readonly written: string;
  readonly runbook: Runbook;
  readonly with: Template;
}

export type Node = Step | Group | Include;

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
  readonly secrets: ReadonlyMap<string, SecretDeclaration>;
  readonly connections: ReadonlyMap<string, Connection>;
  readonly deadlines: ReadonlyMap<string, Deadline>;
  readonly recoveryPoint?: RecoveryPoint;
  readonly preflight: readonly Node[];
  readonly steps: readonly Node[];
  readonly finally: readonly Node[];
  readonly outputs: ReadonlyMap<string, Template>;
  /** The runbooks that its steps include, as written there. */
  readonly includes: ReadonlyMap<string, Runbook>;
  readonly language: Language;
}
