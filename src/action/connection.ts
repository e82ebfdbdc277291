import type { Schema } from "../schema/define.ts";
import type { Json } from "../schema/json.ts";
import type { Systems } from "./systems.ts";

/** Who a system says it is. */
export interface Identity {
  /** For people, in one line: `db1 (machine 4f2a91…) as postgres`. */
  readonly summary: string;
  /** What tells it from any other; compared on every resume. */
  readonly facts: { readonly [name: string]: string };
}

/** A connection that was opened. Whoever opened it closes it. */
export interface OpenConnection {
  /** Throws ActionFailure when the system can't be reached, or does not say. */
  identify(signal: AbortSignal): Promise<Identity>;
  close(): Promise<void>;
  /** A machine to work on: the files and programs of the steps that stand `on` it. */
  readonly systems?: Systems;
  /** Any other system's client; its actions know its type. */
  readonly client?: unknown;
}

/** What opening a connection gets. */
export interface OpenContext {
  resolvePath(path: string): string;
  /** Opens this machine, or another one over ssh. */
  openHost(config: Json): Promise<OpenConnection>;
}

/** A kind of system that runbooks can name a connection to. */
export interface ConnectionKind {
  readonly kind: string;
  /** One line: "This machine, or another one over ssh". */
  readonly summary: string;
  readonly description?: string;
  /** A `connections:` entry for the docs, in YAML. */
  readonly example: string;
  readonly config: Schema;
  /** Opens nothing before it must: the client connects when it is first used. */
  open(config: Json, context: OpenContext): Promise<OpenConnection>;
}
