import { spawn } from "node:child_process";
import type { Start, Started } from "./started.ts";

/**
 * Starts a program that writes into its logs by itself. There is nothing to capture, so this is Node's own spawn: it is
 * what every step that runs a program costs.
 */
export function startBare({ argv, cwd, env, stdin, stdout, stderr }: Start): Started {
  const [program = "", ...args] = argv;
  const child = spawn(program, args, { cwd, env, stdio: [stdin, stdout, stderr], detached: true });
  return {
    pid: child.pid,
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr,
    onExit: (listener) => void child.once("exit", listener),
    ended: new Promise((resolve) => {
      child.once("error", (failed) => resolve({ failed }));
      child.once("exit", (exitCode, signal) =>
        resolve(exitCode === null ? { signal: signal ?? "SIGKILL" } : { exitCode }),
      );
    }),
  };
}
