import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { belayHome, runFolder } from "../../journal/run-folder.ts";
import { isProven } from "../../journal/verification.ts";
import { verifyRun } from "../../journal/verify-run.ts";
import { verificationLines } from "../../render/verification.ts";
import { CommandFailure, type ExitCode, exit } from "../exit.ts";
import type { Io } from "../io.ts";
import { planDigest } from "../kept-plan.ts";
import { runIdOf } from "../run-id.ts";

export interface VerifyCommandOptions {
  readonly output?: string;
  readonly expect?: string;
}

/** Proves that a run's record is as it was written, or names what is not. `file`: a copy of the journal, or a report. */
export async function verifyCommand(
  io: Io,
  given: string,
  file: string | undefined,
  options: VerifyCommandOptions,
): Promise<ExitCode> {
  if (options.expect !== undefined && !/^\s*[0-9a-f]{64}\s*$/i.test(options.expect))
    throw new CommandFailure(exit.wrongInput, "--expect wants a whole hash: 64 hexadecimal digits");
  const folder = runFolder(belayHome(io.env), runIdOf(io, given));
  const kept = file === undefined ? {} : readKept(io, file);
  const { verification } = await verifyRun(folder, { planDigest, expect: options.expect, ...kept });
  const proven = isProven(verification);
  io.stdout.write(
    options.output === "json"
      ? `${JSON.stringify({ proven, ...verification }, null, 2)}\n`
      : `${verificationLines(verification, proven).join("\n")}\n`,
  );
  const [first] = verification.problems;
  if (first)
    io.stderr.write(
      `belay: ${verification.journal} is damaged at byte ${first.byte} (line ${first.line}); nothing was done\n`,
    );
  return proven ? exit.done : exit.refused;
}

/** What was kept elsewhere: a copy of the journal, or a report in JSON, which has the last hash. */
function readKept(io: Io, file: string): { copy: { file: string; bytes: Buffer } } | { expect: string } {
  let bytes: Buffer;
  try {
    bytes = readFileSync(resolve(io.cwd, file));
  } catch (error) {
    throw new CommandFailure(exit.wrongInput, `${file} can't be read: ${(error as NodeJS.ErrnoException).code}`);
  }
  try {
    const report = JSON.parse(bytes.toString("utf8")) as { kind?: unknown; chain?: { lastHash?: unknown } };
    if (report.kind === "belay-report" && typeof report.chain?.lastHash === "string")
      return { expect: report.chain.lastHash };
  } catch {
    // Many lines are no JSON text.
  }
  return { copy: { file, bytes } };
}
