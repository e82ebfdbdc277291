import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import type { SshOptions } from "../../action/host.ts";

/** Starts the user's ssh for one destination. */
export interface SshCommand {
  readonly destination: string;
  readonly config?: string | undefined;
  /** The connection that all others use. */
  master(remote: string): ChildProcess;
  /** A session in that connection. */
  session(stdio: StdioOptions, remote: string | { readonly subsystem: string }): ChildProcess;
  /** A word to the connection itself (`ssh -O`). */
  control(word: string): ChildProcess;
}

/** For ssh the first value of an option counts, so ours stand before the user's, and the defaults after them. */
export function sshCommand(options: SshOptions, socket: string): SshCommand {
  const { destination, config, port } = options;
  const common = [
    ...(config === undefined ? [] : ["-F", config]),
    ...(port === undefined ? [] : ["-p", String(port)]),
    // Nobody is there to be asked: a password prompt would hang a run for ever.
    ...named("BatchMode=yes", "LogLevel=ERROR", "RemoteCommand=none", "PermitLocalCommand=no"),
    ...named("ClearAllForwardings=yes", "ForwardX11=no", "ControlPersist=no", `ControlPath=${socket}`),
    ...named(...(options.options ?? [])),
    ...named("ConnectTimeout=10", "ServerAliveInterval=15", "ServerAliveCountMax=3"),
    "-T",
  ];
  const start = (stdio: StdioOptions, args: readonly string[]) =>
    // A session of its own: without a terminal, the ssh of a jump host can't ask for a password either, and a Ctrl-C
    // does not cut the connection.
    spawn("ssh", args, {
      stdio,
      detached: true,
      env: { ...(options.env ?? process.env), SSH_ASKPASS_REQUIRE: "never" },
    });
  return {
    destination,
    config,
    master: (remote) => start("pipe", [...named("ControlMaster=yes"), ...common, "--", destination, remote]),
    session: (stdio, remote) => {
      const own = [...named("ControlMaster=no"), ...common];
      if (typeof remote === "string") return start(stdio, [...own, "--", destination, remote]);
      return start(stdio, [...own, "-s", "--", destination, remote.subsystem]);
    },
    control: (word) => start("ignore", [...common, "-O", word, "--", destination]),
  };
}

function named(...options: string[]): string[] {
  return options.flatMap((option) => ["-o", option]);
}
