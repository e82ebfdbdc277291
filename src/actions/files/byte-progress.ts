import type { ReadContext } from "../../action/context.ts";

const every = 100; // milliseconds

/** An `onBytes` that reports a step's progress, not too often, and ends the work when the step must end. */
export function byteProgress(context: ReadContext, total?: number): (count: number) => void {
  let done = 0;
  let last = 0;
  return (count) => {
    context.signal.throwIfAborted();
    done += count;
    const now = Date.now();
    if (now - last < every && done !== total) return;
    last = now;
    context.progress(total === undefined ? { done, unit: "bytes" } : { done, total, unit: "bytes" });
  };
}
