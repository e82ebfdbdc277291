import type { Io } from "../io.ts";

/** One question, after what it is about was shown. Enter, Ctrl-C and a terminal that is gone all mean no. */
export async function askForVerdict(io: Io, question: string): Promise<boolean> {
  const { ignoreErrors, survivesDeadTerminal } = await import("../terminal/dead-terminal.ts");
  const { waitForForeground } = await import("../terminal/foreground.ts");
  const { drainKeys } = await import("../terminal/keyboard.ts");
  const { agree } = await import("../terminal/prompt.ts");
  const ending = new AbortController();
  const onInterrupt = () => ending.abort();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  ignoreErrors(io.stdout);
  survivesDeadTerminal();
  // A listener of our own: without one, a signal would end the process with the terminal in raw mode.
  for (const name of signals) process.on(name, onInterrupt);
  try {
    const say = () => void io.stdout.write("A question waits: bring belay to the foreground.\n");
    if (!(await waitForForeground(ending.signal, say))) return false;
    // What was typed before the question was there is no answer to it.
    await drainKeys(io.stdin, onInterrupt);
    const asking = { stdin: io.stdin, stdout: io.stdout, signal: ending.signal, onInterrupt };
    return (await agree(asking, question)) === true;
  } finally {
    for (const name of signals) process.off(name, onInterrupt);
  }
}
