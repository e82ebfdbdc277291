import type { CommandResult } from "../../action/processes.ts";
import type { Greeting } from "./greeting.ts";
import type { Sftp } from "./sftp.ts";

/** The files of another machine, as everything in this folder reaches them. */
export interface Disk {
  readonly destination: string;
  /** The session that is open, or a new one after the last was lost. Throws ActionFailure; then nothing was done. */
  sftp(): Promise<Sftp>;
  greeting(): Promise<Greeting>;
  /** The user's name there; empty before the first contact. */
  user(): string;
  /** Runs a program there that belay needs for itself. */
  run(argv: readonly string[], options?: { stdin?: string; signal?: AbortSignal }): Promise<CommandResult>;
  close(): void;
}
