import { confirm, input } from "@inquirer/prompts";
import { acceptValue, parseText } from "../../runbook/input-value.ts";
import type { InputDeclaration } from "../../runbook/runbook.ts";
import type { Io } from "../io.ts";

/** Asks for an input that nobody gave. `undefined`: nobody answered (Ctrl-C, end of input). */
export async function askInput(io: Io, name: string, declaration: InputDeclaration): Promise<string | undefined> {
  const choices = declaration.enum ? ` (${declaration.enum.map(String).join(", ")})` : "";
  const about = declaration.description ? `${declaration.description}${choices}` : `${declaration.type}${choices}`;
  try {
    return await input(
      {
        message: `${name}: ${about}`,
        required: true,
        validate: async (text) => {
          const parsed = parseText(declaration, text);
          const accepted = "problem" in parsed ? parsed : await acceptValue(name, declaration, parsed.value);
          return "problem" in accepted ? `it ${accepted.problem}` : true;
        },
      },
      { input: io.stdin, output: io.stdout },
    );
  } catch {
    return undefined;
  }
}

/** The last question before anything is changed. Only a typed "yes" is one. */
export async function askToStart(io: Io, title: string): Promise<boolean> {
  try {
    return await confirm({ message: `Start "${title}"?`, default: false }, { input: io.stdin, output: io.stdout });
  } catch {
    return false;
  }
}
