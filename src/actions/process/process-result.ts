import type { ReadContext } from "../../action/context.ts";
import { ActionFailure } from "../../action/failure.ts";
import { lastLines } from "../../action/last-lines.ts";
import type { Command, CommandResult, Processes } from "../../action/processes.ts";

/** What `exec` and `shell` found. */
export type ProcessResult = {
  exitCode: number;
  stdout: string;
  stderr: string;
  lines: string[];
  truncated: boolean;
};

export const processResultSchema = {
  type: "object",
  properties: {
    exitCode: { type: "integer", description: "128 + the signal's number when a signal ended it" },
    stdout: { type: "string", description: "At most 1 MiB; the step's log has all of it" },
    stderr: { type: "string", description: "At most 1 MiB; the step's log has all of it" },
    lines: { type: "array", items: { type: "string" }, description: "`stdout`, split at its line ends" },
    truncated: { type: "boolean", description: "True when stdout or stderr were longer than what is kept here" },
  },
  required: ["exitCode", "stdout", "stderr", "lines", "truncated"],
  additionalProperties: false,
} as const;

export const environmentSchema = {
  type: "object",
  description:
    "Variables added to the environment of belay itself. The place for secrets: arguments can be seen by everyone on the host",
  additionalProperties: { type: ["string", "integer", "number", "boolean"] },
} as const;

const shownLines = 10;

/** Runs a command to its end, whatever its exit code. */
export async function runProcess(
  command: Command,
  name: string,
  effect: "look" | "change",
  context: ReadContext & { readonly processes: Processes },
): Promise<ProcessResult> {
  const result = await context.processes.run(command);
  if (context.signal.aborted) throw endedEarly(name, effect, result, context.signal.reason);
  const { exitCode, stdout, stderr, truncated } = result;
  return { exitCode, stdout, stderr, lines: splitLines(stdout), truncated };
}

/** Throws when the exit code is none of those that mean success. `name` begins the sentence: "psql", "the script". */
export function judgeExit(name: string, result: ProcessResult, exitCodes: readonly number[] = [0]): void {
  if (exitCodes.includes(result.exitCode)) return;
  const meaning = meanings[result.exitCode];
  const sentence = `${name} ended with exit code ${result.exitCode}${meaning ? ` (${meaning})` : ""}`;
  throw new ActionFailure("failed", sentence, printedLast(result), { ...result });
}

export function textValues(
  values: { readonly [key: string]: string | number | boolean } | undefined,
): Record<string, string> {
  return Object.fromEntries(Object.entries(values ?? {}).map(([key, value]) => [key, String(value)]));
}

// What shells and the kernel mean by these. A program may mean something else, hence "usually".
const meanings: { readonly [code: number]: string } = {
  126: "usually: a command was found, but can't be executed",
  127: "usually: a command was not found",
  130: "usually: interrupted, SIGINT",
  134: "usually: it aborted itself, SIGABRT",
  137: "usually: killed, SIGKILL; the kernel does that when memory runs out",
  139: "usually: it crashed, SIGSEGV",
  141: "usually: what it wrote to was closed, SIGPIPE",
  143: "usually: ended from outside, SIGTERM",
};

/** It was ended half-way: what a change did until then is not known, even when it ended with exit code 0. */
function endedEarly(name: string, effect: "look" | "change", result: CommandResult, reason: unknown): ActionFailure {
  const why = reason instanceof ActionFailure ? `: ${reason.message}` : "";
  if (effect === "look")
    return new ActionFailure("failed", `${name} was ended before it was through${why}`, printedLast(result));
  return new ActionFailure(
    "in-doubt",
    `${name} was ended before it was through${why}; what it did until then is not known`,
    printedLast(result),
  );
}

function printedLast({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): string[] {
  const errors = lastLines(stderr, shownLines);
  return errors.length > 0 ? errors : lastLines(stdout, shownLines);
}

export function splitLines(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}
