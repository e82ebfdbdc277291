import type { Json } from "../schema/json.ts";

/**
 * Why an action stopped, named by what the engine does next:
 * - `failed`: nothing more to try; what the message says is known for certain.
 * - `retry`: a passing fault (a refused connection, a timeout): worth another attempt where the step allows it.
 * - `in-doubt`: the change was begun and nobody knows whether it happened (a connection lost half-way).
 * - `wrong-input`: the step asks for something impossible (a missing file, a bad pattern); nothing was changed.
 */
export type FailureKind = "failed" | "retry" | "in-doubt" | "wrong-input";

/** The only error that an action throws on purpose. The message is a sentence for a tired person. */
export class ActionFailure extends Error {
  override readonly name = "ActionFailure";
  readonly kind: FailureKind;
  /** Further lines: what was seen, what to type next. */
  readonly details: readonly string[];

  /** What is known of the outcome all the same (an exit code, a status), in the shape of the action's result. */
  readonly result: Json | undefined;

  constructor(kind: FailureKind, message: string, details: readonly string[] = [], result?: Json) {
    super(message);
    this.kind = kind;
    this.details = details;
    this.result = result;
  }
}
