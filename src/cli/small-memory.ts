import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

// Starting a child process copies the page tables of this one, and every page that is written afterwards costs again:
// the less memory belay holds, the cheaper every step that starts a program.

/** Keeps the heap from growing far beyond what is in use. To be called before much is loaded. */
export function staySmall(): void {
  setFlagsFromString("--semi-space-growth-factor=1");
  setFlagsFromString("--heap-growing-percent=8");
}

/** Gives back what loading needed. */
export function releaseMemory(): void {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as (options: object) => void;
  collect({ type: "major", execution: "sync", flavor: "last-resort" });
  setFlagsFromString("--no-expose-gc");
}
