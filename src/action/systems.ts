import type { Files, ReadFiles } from "./files.ts";
import type { Processes } from "./processes.ts";

/** Where the output of a step's programs goes. */
export type OutputSink =
  | { readonly kind: "files"; readonly stdout: string; readonly stderr: string }
  | { readonly kind: "memory" };

/** Hides secrets in a stream of bytes, wherever chunks are cut. */
export interface StreamMask {
  push(chunk: Buffer): Buffer;
  end(): Buffer;
}

/** Takes secrets out of bytes on their way. It may keep some back until `end`. */
export interface StreamMask {
  push(chunk: Buffer): Buffer;
  end(): Buffer;
}

export interface ProcessOptions {
  readonly runId: string;
  readonly stepKey: string;
  readonly cwd: string;
  readonly signal: AbortSignal;
  readonly output: OutputSink;
  /** Gets the last lines, a few times a second, while a program prints. */
  readonly onOutput?: (lines: string[]) => void;
  /** Made for each stream of a program; with it, only what it lets through is written or kept. */
  readonly mask?: () => StreamMask;
  /** Variables that a program does not inherit, unless it is given them. */
  readonly hideEnv?: readonly string[];
}

/** The machine that steps work on: made by whoever starts belay, and handed to the engine. */
export interface Systems {
  readFiles(): Promise<ReadFiles>;
  files(options: { readonly trashFolder: string }): Promise<Files>;
  processes(options: ProcessOptions): Promise<Processes>;
  /** Hides secrets in a file of this machine that programs wrote by themselves. A file that is not there is fine. */
  maskFile?(path: string, mask: StreamMask): Promise<void>;
}
