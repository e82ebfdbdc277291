import { ignoreErrors, setRaw, survivesDeadTerminal } from "./dead-terminal.ts";
import { inForeground } from "./foreground.ts";

/** What is done with keys while nobody is asked anything: nothing, but for Ctrl-C and Ctrl-\. */
export interface Keyboard {
  start(): void;
  /** Hands the keyboard to a question. What was typed before is thrown away; a Ctrl-C in it counts. */
  suspend(): Promise<void>;
  /** Leaves the terminal as it was found. */
  stop(): void;
}

/** After so long without a key, nothing typed earlier is on its way any more. */
const quietMs = 60;
/** A key that is held down never gets quiet. */
const longestMs = 1500;

export function keyboard(stdin: NodeJS.ReadStream, onInterrupt: () => void): Keyboard {
  let running = false;
  const onKeys = (data: Buffer | string) => {
    const keys = String(data);
    if (keys.includes("\x1c")) quit(stop);
    for (const key of keys) if (key === "\x03") onInterrupt();
  };
  const stop = () => {
    if (!running) return;
    running = false;
    stdin.off("data", onKeys);
    setRaw(stdin, false);
    stdin.pause();
  };
  const start = () => {
    if (running || !usable(stdin) || !inForeground()) return;
    running = true;
    setRaw(stdin, true);
    stdin.on("data", onKeys);
    stdin.resume();
  };
  // Whoever stopped and continued us may have changed the terminal's mode: it is set anew.
  const onContinue = () => {
    if (!running) return;
    stop();
    start();
  };
  ignoreErrors(stdin);
  survivesDeadTerminal();
  process.on("exit", stop);
  process.on("SIGCONT", onContinue);
  return {
    start,
    async suspend() {
      stop();
      await drainKeys(stdin, onInterrupt);
    },
    stop() {
      stop();
      process.off("exit", stop);
      process.off("SIGCONT", onContinue);
    },
  };
}

/** Reads what was typed so far and throws it away, until no key has come for a moment. A Ctrl-C in it counts. */
export async function drainKeys(stdin: NodeJS.ReadStream, onInterrupt: () => void): Promise<void> {
  if (!usable(stdin) || !inForeground()) return;
  ignoreErrors(stdin);
  setRaw(stdin, true);
  const begun = Date.now();
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      stdin.off("data", onKeys);
      stdin.off("end", done);
      stdin.off("close", done);
      resolve();
    };
    const onKeys = (data: Buffer | string) => {
      for (const key of String(data)) if (key === "\x03") onInterrupt();
      if (Date.now() - begun < longestMs) timer.refresh();
    };
    const timer = setTimeout(done, quietMs);
    stdin.on("data", onKeys);
    stdin.on("end", done);
    stdin.on("close", done);
    stdin.resume();
  });
  stdin.pause();
  setRaw(stdin, false);
}

/** Ctrl-\ means what it means everywhere: end at once. The journal holds what was done. */
function quit(restore: () => void): void {
  restore();
  process.kill(process.pid, "SIGQUIT");
}

function usable(stdin: NodeJS.ReadStream): boolean {
  return stdin.isTTY === true && !stdin.destroyed && !stdin.readableEnded;
}
