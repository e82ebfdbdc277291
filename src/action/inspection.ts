import type { Json } from "../schema/json.ts";

/** One change that a step would make in the world. */
export interface Change {
  readonly kind: "create" | "edit" | "replace" | "move" | "remove" | "run" | "send";
  /** What is changed: a path, a URL, a program. */
  readonly target: string;
  /** A short phrase after the target: "12 lines", "→ /srv/app.old.k7", "438 files, 12 MB". */
  readonly summary: string;
  /** A unified diff where the change is in text. */
  readonly diff?: string;
}

/**
 * What the world says of a step, before, after or in doubt:
 * `done` (the outcome is there), `not-done` (nothing of it is there; `changes` would make it) or `partial`.
 * `seen` says in one line what was looked at and found.
 */
export type Inspection<Result = Json> =
  | { readonly state: "done"; readonly seen: string; readonly result?: Result }
  | {
      readonly state: "not-done";
      readonly seen: string;
      readonly changes: readonly Change[];
      /** What must be there and is not: the step would fail now, unless an earlier one makes it. */
      readonly lacks?: string;
    }
  | { readonly state: "partial"; readonly seen: string; readonly changes: readonly Change[] };
