import { StringDecoder } from "node:string_decoder";
import type { StreamMask } from "../action/systems.ts";
import { keptBytes, type Output, readPipe, tailBytes } from "./output.ts";

interface Capture {
  readonly head: Buffer[];
  headBytes: number;
  tail: Buffer;
  cut: boolean;
  changed: boolean;
}

/** Keeps the output in memory and writes nothing, for a preview. Takes the same room however much a child prints. */
export function outputInMemory(mask?: () => StreamMask): Output {
  const out = capture();
  const err = capture();
  const rest: (() => void)[] = [];
  return {
    stdout: "pipe",
    stderr: "pipe",
    attach(child) {
      rest.push(readPipe(child.stdout, mask?.(), (chunk) => take(out, chunk)));
      rest.push(readPipe(child.stderr, mask?.(), (chunk) => take(err, chunk)));
    },
    fresh() {
      const parts = [out, err].filter((stream) => stream.changed);
      for (const stream of parts) stream.changed = false;
      return parts.length > 0 ? parts.map((stream) => stream.tail.toString("utf8")).join("\n") : undefined;
    },
    kept() {
      for (const flush of rest) flush();
      return { stdout: text(out), stderr: text(err), truncated: out.cut || err.cut };
    },
    close() {},
  };
}

function capture(): Capture {
  return { head: [], headBytes: 0, tail: Buffer.alloc(0), cut: false, changed: false };
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
