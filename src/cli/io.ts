import { userInfo } from "node:os";

/** The outside of the program: its streams, arguments' surroundings and who uses it. Only `cli/` touches these. */
export interface Io {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** A person is there who can read and answer. */
  readonly interactive: boolean;
  readonly color: boolean;
  readonly errorColor: boolean;
  readonly width: number;
  readonly user: string;
}

export function processIo(): Io {
  const { stdin, stdout, stderr, env } = process;
  const wanted = (tty: boolean | undefined) =>
    env["NO_COLOR"]
      ? false
      : env["FORCE_COLOR"] && env["FORCE_COLOR"] !== "0"
        ? true
        : tty === true && env["TERM"] !== "dumb";
  return {
    stdin,
    stdout,
    stderr,
    env,
    cwd: process.cwd(),
    interactive: stdin.isTTY === true && stdout.isTTY === true && !env["CI"],
    color: wanted(stdout.isTTY),
    errorColor: wanted(stderr.isTTY),
    width: stdout.columns ?? (Number(env["COLUMNS"]) || 80),
    user: operatorName(env),
  };
}

/** The person, also behind sudo. */
function operatorName(env: NodeJS.ProcessEnv): string {
  let name: string;
  try {
    name = userInfo().username;
  } catch {
    name = `uid ${process.getuid?.() ?? "unknown"}`;
  }
  return env["SUDO_USER"] && env["SUDO_USER"] !== name ? `${env["SUDO_USER"]} (as ${name})` : name;
}
