import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/**
 * Whether this process may use its terminal. Reading from it, or changing its mode, would stop a process in the
 * background. Where the system doesn't tell (not Linux), it is assumed.
 */
export function inForeground(): boolean {
  try {
    const stat = readFileSync("/proc/self/stat", "utf8");
    const [, , group, , , foregroundGroup] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return foregroundGroup === "-1" || group === foregroundGroup;
  } catch {
    return true;
  }
}

/** Waits until the process is in the foreground; false when the signal came first. */
export async function waitForForeground(signal: AbortSignal, say: () => void): Promise<boolean> {
  let said = false;
  while (!inForeground()) {
    if (signal.aborted) return false;
    if (!said) say();
    said = true;
    await delay(250);
  }
  return !signal.aborted;
}
