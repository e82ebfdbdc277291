export interface Command {
  /** Program and arguments; no shell. */
  readonly argv: readonly string[];
  readonly cwd?: string;
  /** Added to the environment of belay itself. */
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

export interface CommandResult {
  /** The exit code; 128 + signal number when a signal ended it. */
  readonly exitCode: number;
  readonly signal?: string;
  readonly stdout: string;
  readonly stderr: string;
  /** True when stdout or stderr were longer than what a result keeps (1 MiB each); the step's log has all of it. */
  readonly truncated: boolean;
}

/** Starting programs on a host. */
export interface Processes {
  /**
   * Runs a program to its end. It is the leader of its own process group and carries the run and the step in its
   * environment. When the context's signal aborts, the whole group gets SIGTERM, and SIGKILL after a grace.
   * Throws ActionFailure when it can't be started (kind `wrong-input`, with the reason).
   */
  run(command: Command): Promise<CommandResult>;
}
