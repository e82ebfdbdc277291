import type { ChainProblem } from "./inspect-chain.ts";

/** A log that is not as its step left it. */
export interface LogProblem {
  readonly name: string;
  readonly step: string;
  /** The record that holds its digest. */
  readonly seq: number;
  /** `grown`: what was recorded is there, and more was written after it. */
  readonly kind: "missing" | "changed" | "grown" | "unreadable";
  readonly recordedBytes: number;
  readonly bytes?: number;
}

/** A file of the run's folder whose digest is in the journal. */
export interface FileStand {
  readonly file: string;
  /** `unknown`: no record has its digest any more. */
  readonly state: "as-recorded" | "changed" | "missing" | "unknown";
  readonly recorded?: string;
}

/** A hash that was kept elsewhere, against the chain. */
export interface Expected {
  readonly hash: string;
  /** The record that has it; absent where none has. */
  readonly seq?: number;
}

/** A copy of the journal that was kept elsewhere, against the run's own. */
export interface CopyStand {
  readonly file: string;
  readonly records: number;
  /** The copy is not as it was written itself. */
  readonly problems: readonly ChainProblem[];
  /** The first record in which they differ. */
  readonly differsAt?: number;
}

/** Everything that could be checked of a run's record. */
export interface Verification {
  readonly run: string;
  readonly journal: string;
  readonly records: number;
  readonly firstHash?: string;
  readonly lastHash?: string;
  readonly tornBytes: number;
  readonly problems: readonly ChainProblem[];
  readonly logs: {
    readonly checked: number;
    readonly problems: readonly LogProblem[];
    /** Logs of attempts whose end is not recorded: nothing vouches for them. */
    readonly withoutDigest: readonly string[];
  };
  readonly files: readonly FileStand[];
  readonly expected?: Expected;
  readonly copy?: CopyStand;
}

/** Whether everything is as it was recorded, and as it was expected. */
export function isProven({ records, problems, logs, files, expected, copy }: Verification): boolean {
  return (
    records > 0 &&
    problems.length === 0 &&
    // What was recorded of a log that has grown is as it was: a service that a step started writes on in it.
    logs.problems.every(({ kind }) => kind === "grown") &&
    files.every((file) => file.state === "as-recorded") &&
    (expected === undefined || expected.seq !== undefined) &&
    (copy === undefined || (copy.problems.length === 0 && copy.differsAt === undefined))
  );
}
