import type { Readable } from "node:stream";
import type { StreamMask } from "../action/systems.ts";

/** How much of each stream a result keeps. */
export const keptBytes = 1024 * 1024;

/** How much of a stream's end is looked at to show its last lines. */
export const tailBytes = 8192;

export interface Kept {
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
}

/** Where one command's output goes. */
export interface Output {
  /** For spawn: a file descriptor each, or pipes. */
  readonly stdout: number | "pipe";
  readonly stderr: number | "pipe";
  /** Takes over the pipes of a child that was just started. */
  attach(child: { readonly stdout: Readable | null; readonly stderr: Readable | null }): void;
  /** The end of what was written since the last look; undefined when nothing was. */
  fresh(): string | undefined;
  /** The beginning of each stream, as far as a result keeps it. */
  kept(): Kept;
  close(): void;
}

/** Hands over what a pipe gives, masked. The function that comes back hands over the rest; what comes later is lost. */
export function readPipe(stream: Readable | null, mask: StreamMask | undefined, take: (bytes: Buffer) => void) {
  let ended = false;
  const give = (bytes: Buffer) => {
    if (bytes.length > 0) take(bytes);
  };
  stream?.on("error", () => {});
  stream?.on("data", (chunk: Buffer) => {
    if (!ended) give(mask ? mask.push(chunk) : chunk);
  });
  return () => {
    if (ended) return;
    ended = true;
    if (mask) give(mask.end());
  };
}
