import { CommanderError } from "commander";
import { JournalDamage, RunLocked } from "../journal/failures.ts";
import { CommandFailure, exit } from "./exit.ts";
import { type Io, processIo } from "./io.ts";
import { makeProgram } from "./program.ts";
import { staySmall } from "./small-memory.ts";
import { ignoreErrors, survivesDeadTerminal } from "./terminal/dead-terminal.ts";

/** Runs a command line, and returns what the process exits with. Every end of a command is a sentence. */
export async function main(argv: readonly string[]): Promise<number> {
  staySmall();
  const io = processIo();
  // Whoever read our output went away (a closed pipe, a hang-up): the work goes on, without words.
  for (const stream of [io.stdout, io.stderr]) ignoreErrors(stream);
  survivesDeadTerminal();
  let code: number = exit.done;
  const program = makeProgram(io, async (run) => {
    code = await run();
  });
  try {
    if (argv[0] === "complete") (await import("./completion-script.ts")).addCompletion(program);
    await program.parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    return explain(io, error);
  }
}

function explain(io: Io, error: unknown): number {
  const say = (message: string, details: readonly string[] = []) => {
    io.stderr.write(`belay: ${message}\n${details.map((line) => `  ${line}\n`).join("")}`);
  };
  if (error instanceof CommanderError) return error.exitCode === 0 ? exit.done : exit.wrongInput;
  if (error instanceof CommandFailure) {
    say(error.message, error.details);
    return error.code;
  }
  if (error instanceof RunLocked) {
    say(error.message, [error.elsewhere ? "if it is certain that it does not: add --take-over" : "nothing was done"]);
    return exit.refused;
  }
  if (error instanceof JournalDamage) {
    say(error.message, error.advice);
    return exit.refused;
  }
  const stack =
    io.env["BELAY_DEBUG"] && error instanceof Error
      ? [error.stack ?? ""]
      : ["set BELAY_DEBUG=1 for where in belay it happened"];
  say(`belay itself failed: ${error instanceof Error ? error.message : String(error)}`, stack);
  return exit.failed;
}
