import type { InputDeclaration } from "../../runbook/runbook.ts";
import type { Io } from "../io.ts";
import { ignoreErrors, survivesDeadTerminal } from "./dead-terminal.ts";
import { waitForForeground } from "./foreground.ts";
import { drainKeys } from "./keyboard.ts";
import { type Asking, agree, askHidden, askText, choose } from "./prompt.ts";

/** Questions before a run: there is no view yet, and a Ctrl-C just ends them. */
async function before<T>(io: Io, ask: (asking: Asking) => Promise<T | undefined>): Promise<T | undefined> {
  const ending = new AbortController();
  const onInterrupt = () => ending.abort();
  ignoreErrors(io.stdout);
  survivesDeadTerminal();
  // A listener of our own: without one, a signal would end the process with the terminal in raw mode.
  process.on("SIGINT", onInterrupt);
  process.on("SIGTERM", onInterrupt);
  process.on("SIGHUP", onInterrupt);
  try {
    if (
      !(await waitForForeground(ending.signal, () =>
        io.stdout.write("A question waits: bring belay to the foreground.\n"),
      ))
    )
      return undefined;
    await drainKeys(io.stdin, onInterrupt);
    return await ask({ stdin: io.stdin, stdout: io.stdout, signal: ending.signal, onInterrupt });
  } finally {
    process.off("SIGINT", onInterrupt);
    process.off("SIGTERM", onInterrupt);
    process.off("SIGHUP", onInterrupt);
  }
}

/** Asks for an input that nobody gave; its text, still to be checked. Undefined when nobody answered. */
export async function askInput(io: Io, name: string, declaration: InputDeclaration): Promise<string | undefined> {
  const question = `${name}${declaration.description ? ` · ${declaration.description}` : ""} (${declaration.type})`;
  const choices = declaration.enum?.map(String) ?? (declaration.type === "boolean" ? ["true", "false"] : undefined);
  if (!choices) {
    const check = async (text: string) => (text.trim() === "" ? "a value is needed; Ctrl-D stops" : undefined);
    return before(io, (asking) => askText(asking, question, { check }));
  }
  const all = [{ name: "stop here", value: undefined }, ...choices.map((value) => ({ name: value, value }))];
  return before(io, (asking) => choose<string | undefined>(asking, question, all));
}

/** Asks for a secret. What was typed before the question is thrown away, what is typed is not shown. */
export function askSecret(io: Io, text: string): Promise<string | undefined> {
  return before(io, (asking) => askHidden(asking, text));
}

/** "May this run begin?", after its plan was shown. Enter means no. */
export async function askToStart(io: Io, title: string): Promise<boolean> {
  return (await before(io, (asking) => agree(asking, `Start "${title}" now?`))) === true;
}

/** "Go on here?", before a run that came from elsewhere. Enter means no. */
export async function askToGoOn(io: Io, question: string): Promise<boolean> {
  return (await before(io, (asking) => agree(asking, question))) === true;
}
