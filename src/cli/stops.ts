import type { Stops } from "../execute/session.ts";

export interface Interrupts extends Stops {
  /** Ctrl-C, by signal or by key. */
  interrupt(by: string): void;
  /** Stops listening. */
  release(): void;
}

/**
 * First Ctrl-C: pause after the step. Second: end the step. SIGTERM and SIGHUP pause.
 * `process.on`, never `once`: with a single listener left, other libraries' exit handlers would end the process.
 */
export function listenForStops(onPause: (by: string) => void): Interrupts {
  const pause = new AbortController();
  const now = new AbortController();
  const interrupt = (by: string) => {
    if (pause.signal.aborted) {
      now.abort();
      return;
    }
    pause.abort();
    onPause(by);
  };
  const onInterrupt = () => interrupt("Ctrl-C");
  const onTerm = () => {
    if (!pause.signal.aborted) interrupt("SIGTERM");
  };
  const onHangup = () => {
    if (!pause.signal.aborted) interrupt("hang-up");
  };
  process.on("SIGINT", onInterrupt);
  process.on("SIGTERM", onTerm);
  process.on("SIGHUP", onHangup);
  return {
    pause: pause.signal,
    now: now.signal,
    interrupt,
    release: () => {
      process.off("SIGINT", onInterrupt);
      process.off("SIGTERM", onTerm);
      process.off("SIGHUP", onHangup);
    },
  };
}
