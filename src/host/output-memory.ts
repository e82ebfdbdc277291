import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { keptBytes, type Output, tailBytes } from "./output.ts";

interface Capture {
  readonly head: Buffer[];
  headBytes: number;
  tail: Buffer;
  cut: boolean;
  changed: boolean;
}

/** Keeps the output in memory and writes nothing, for a preview. Takes the same room however much a child prints. */
export function outputInMemory(): Output {
  const out = capture();
  const err = capture();
  return {
    stdout: "pipe",
    stderr: "pipe",
    attach(child) {
      listen(child.stdout, out);
      listen(child.stderr, err);
    },
    fresh() {
      const parts = [out, err].filter((stream) => stream.changed);
      for (const stream of parts) stream.changed = false;
      return parts.length > 0 ? parts.map((stream) => stream.tail.toString("utf8")).join("\n") : undefined;
    },
    kept: () => ({ stdout: text(out), stderr: text(err), truncated: out.cut || err.cut }),
    close() {},
  };
}

function capture(): Capture {
  return { head: [], headBytes: 0, tail: Buffer.alloc(0), cut: false, changed: false };
}

function listen(stream: Readable | null, into: Capture): void {
  stream?.on("error", () => {});
  stream?.on("data", (chunk: Buffer) => take(into, chunk));
}

function take(into: Capture, chunk: Buffer): void {
  const room = keptBytes - into.headBytes;
  if (chunk.length > room) into.cut = true;
  if (room > 0) {
    into.head.push(chunk.subarray(0, room));
    into.headBytes += Math.min(chunk.length, room);
  }
  const full = chunk.length >= tailBytes;
  into.tail = full ? chunk.subarray(-tailBytes) : Buffer.concat([into.tail, chunk]).subarray(-tailBytes);
  into.changed = true;
}

function text(from: Capture): string {
  const bytes = Buffer.concat(from.head);
  return from.cut ? new StringDecoder("utf8").write(bytes) : bytes.toString("utf8");
}
