import type { Readable, Writable } from "node:stream";

/** How a program ended: by itself, by a signal, or never started. */
export type Ended = { readonly exitCode: number } | { readonly signal: NodeJS.Signals } | { readonly failed: unknown };

/** A program that was started as the leader of its own process group. */
export interface Started {
  readonly pid: number | undefined;
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  /** When the leader itself is gone; whoever it started may live on. */
  onExit(listener: () => void): void;
  /** Also waits for its pipes to be closed, where it has any. */
  readonly ended: Promise<Ended>;
}

/** What to start, with everything decided. */
export interface Start {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: "ignore" | "pipe";
  readonly stdout: number | "pipe";
  readonly stderr: number | "pipe";
}
