import type { Command } from "commander";
import { CommandFailure, type ExitCode, exit } from "../exit.ts";
import type { Io } from "../io.ts";

const shells = ["bash", "zsh", "fish", "powershell"];

/** Prints the completion script of a shell, to be sourced. */
export async function completionCommand(io: Io, shell: string | undefined, program: Command): Promise<ExitCode> {
  const wanted = shell ?? io.env["SHELL"]?.split("/").at(-1) ?? "bash";
  if (!shells.includes(wanted))
    throw new CommandFailure(exit.wrongInput, `there is no completion for ${wanted}`, [`one of: ${shells.join(", ")}`]);
  const { printCompletion } = await import("../completion-script.ts");
  printCompletion(program, wanted);
  return exit.done;
}
