import tab from "@bomb.sh/tab/commander";
import type { Command } from "commander";

/** Prints a shell's completion script: it asks `belay complete -- …` for the words. */
export function printCompletion(program: Command, shell: string): void {
  tab(program).setup("belay", "belay", shell);
}

/** Adds the hidden command that completion scripts ask. */
export function addCompletion(program: Command): void {
  tab(program);
}
