import type { Template } from "../expression/template.ts";
import type { Json } from "../schema/json.ts";

/** Where a secret's value comes from. The value itself is never kept. */
export interface SecretDeclaration {
  readonly source:
    | { readonly env: string }
    | { readonly file: string }
    | { readonly command: readonly string[] }
    | { readonly prompt: string };
  readonly optional: boolean;
  readonly description?: string;
}

/** A named system. `config` may read inputs and secrets, and no step's result. */
export interface Connection {
  readonly kind: string;
  readonly written: Json;
  readonly config: Template;
}

/** A limit over several steps. Its clock begins when a step does, and goes on through pauses. */
export interface Deadline {
  /** The step (or group) that starts the clock. */
  readonly start: string;
  /** The step whose end stops it; the run's end without one. */
  readonly end?: string;
  readonly within: Template;
  readonly warnAt?: Template;
  /** What happens when it is over: a person is asked unless the author decided. */
  readonly atLimit: "ask" | "stop" | "continue" | "undo";
  readonly message?: Template;
}

/** The age of what is restored. */
export interface RecoveryPoint {
  /** A time in UTC, ISO 8601; usually from a step's result. */
  readonly at: Template;
  /** The most data, as a time, that may be lost. */
  readonly within?: Template;
}
