import type { ConnectionKind } from "./connection.ts";
import type { Action } from "./define-action.ts";

/**
 * The actions that a runbook can use, by name. An action's module is loaded when it is first asked for, so that a
 * program that uses two actions pays for two. The list itself is written by hand in `src/actions/catalog.ts`.
 */
export interface Catalog {
  readonly names: readonly string[];
  has(name: string): boolean;
  /** The definition; undefined for an unknown name. */
  load(name: string): Promise<Action | undefined>;
  /** The kinds of connections. */
  readonly kinds: readonly string[];
  loadKind(kind: string): Promise<ConnectionKind | undefined>;
}
