import { execa } from "execa";
import type { Start, Started } from "./started.ts";

/** Starts a program whose output is read through pipes. Import this module dynamically: it loads execa. */
export function startCaptured({ argv, cwd, env, stdin, stdout, stderr }: Start): Started {
  const [program = "", ...args] = argv;
  const child = execa(program, args, {
    cwd,
    env,
    extendEnv: false,
    stdin,
    // execa's types know descriptors up to 9 only; spawn gets the number as it is.
    stdout: stdout as 3 | "pipe",
    stderr: stderr as 3 | "pipe",
    detached: true,
    cleanup: false,
    buffer: false,
    reject: false,
  });
  return {
    pid: child.pid,
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    onExit: (listener) => void child.once("exit", listener),
    ended: child.then((result) => {
      if (result.exitCode !== undefined) return { exitCode: result.exitCode };
      return result.signal === undefined ? { failed: result.cause ?? result } : { signal: result.signal };
    }),
  };
}
