import type { RunEnd } from "../execute/run-loop.ts";

/** Exit codes are part of the contract: scripts rely on them. */
export const exit = {
  done: 0,
  failed: 1,
  wrongInput: 2,
  waiting: 3,
  inDoubt: 4,
  refused: 5,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exit)[keyof typeof exit];

/** Ends a command with a sentence on stderr. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
  readonly code: ExitCode;
  /** Lines after the message: what was and was not done, and what to type next. */
  readonly details: readonly string[];

  constructor(code: ExitCode, message: string, details: readonly string[] = []) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

const pauseCodes = {
  failed: exit.failed,
  "in-doubt": exit.inDoubt,
  waiting: exit.waiting,
  interrupted: exit.interrupted,
  stopped: exit.failed,
  "disk-full": exit.failed,
  refused: exit.refused,
  rewound: exit.done,
} as const;

export function exitCodeOf(end: RunEnd): ExitCode {
  if (end.state === "paused") return pauseCodes[end.reason];
  return end.state === "undone" && end.failed ? exit.failed : exit.done;
}
