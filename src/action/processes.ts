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

/** How a background job stands when it works no more. */
export interface JobEnd {
  /** `lost`: it is gone, and nobody recorded its end (a power cut, or it was killed together with its watcher). */
  readonly state: "ended" | "lost";
  /** The exit code; 128 + signal number when a signal ended it. Only with `ended`. */
  readonly exitCode?: number;
  /** ISO 8601, UTC, exact to a second; absent when it was lost before it could be written down. */
  readonly startedAt?: string;
  /** The end of each stream, at most 1 MiB. */
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
}

/** A program that outlives belay, known by a name that was given to it. */
export interface Job {
  /** Whether anything is to be found that was started under its name: what was written of it, or a process that lives. */
  found(): Promise<boolean>;
  /**
   * Starts it, unless something was ever started under its name: then nothing is started. It is in a session of its own
   * and does not carry the run and the step in its environment, so that it is not taken for an orphan.
   * Throws ActionFailure when it can't be started; then nothing ran.
   */
  start(command: Command): Promise<"started" | "attached">;
  /**
   * Looks every so many milliseconds until it works no more. When the context's signal aborts, its whole process group
   * gets SIGTERM, and SIGKILL after a grace.
   */
  wait(everyMs: number): Promise<JobEnd>;
}

/** Starting programs on a host. */
export interface Processes {
  /**
   * Runs a program to its end. It is the leader of its own process group and carries the run and the step in its
   * environment. When the context's signal aborts, the whole group gets SIGTERM, and SIGKILL after a grace.
   * Throws ActionFailure when it can't be started (kind `wrong-input`, with the reason).
   */
  run(command: Command): Promise<CommandResult>;
  /** A background job of the run; absent where there is no folder to keep its output in. */
  job?(name: string): Promise<Job>;
}
