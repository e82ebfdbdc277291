import { PassThrough } from "node:stream";
import { input, password, select } from "@inquirer/prompts";
import { printable } from "../../render/printable.ts";
import { setRaw } from "./dead-terminal.ts";

/** Where questions are asked, and what ends them. */
export interface Asking {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  /** Takes the question back. */
  readonly signal: AbortSignal;
  onInterrupt(): void;
}

export interface Choice<T> {
  readonly name: string;
  readonly value: T;
}

type Context = {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly signal: AbortSignal;
};

/** A tick after an answer would read as "that went well", also where the answer was to stop. */
const theme = { prefix: { idle: "?", done: "›" } };
const promptErrors = new Set(["ExitPromptError", "AbortPromptError", "CancelPromptError"]);

/**
 * One prompt. Undefined when nobody answered: Ctrl-C, Ctrl-D, end of input, a terminal that is gone, a question taken
 * back. The prompts themselves wait for ever at Ctrl-D and at the end of input, and fall over a terminal that is gone;
 * so they get keys from here, and never see the terminal's input itself.
 */
async function once<T>(
  { stdin, stdout, signal, onInterrupt }: Asking,
  prompt: (context: Context) => Promise<T>,
  refuses: (keys: string) => boolean = () => false,
): Promise<T | undefined> {
  if (signal.aborted || stdin.destroyed || stdin.readableEnded || stdout.destroyed) return undefined;
  const ending = new AbortController();
  const keyInput = new PassThrough();
  const end = () => ending.abort();
  const onKeys = (data: Buffer | string) => {
    const keys = String(data);
    if (keys.includes("\x03")) onInterrupt();
    if (keys.includes("\x03") || keys.includes("\x04") || refuses(keys)) end();
    // Ctrl-Z would stop the process with the terminal in a mode that no shell expects.
    else keyInput.write(keys.replaceAll("\x1a", ""));
  };
  const places = [stdin, stdout] as const;
  for (const stream of places) for (const name of ["end", "close", "error"]) stream.on(name, end);
  signal.addEventListener("abort", end, { once: true });
  setRaw(stdin, true);
  stdin.on("data", onKeys);
  stdin.resume();
  try {
    const answer = await prompt({ input: keyInput, output: stdout, signal: ending.signal });
    return ending.signal.aborted ? undefined : answer;
  } catch (error) {
    if (error instanceof Error && promptErrors.has(error.name)) return undefined;
    throw error;
  } finally {
    stdin.off("data", onKeys);
    signal.removeEventListener("abort", end);
    for (const stream of places) for (const name of ["end", "close", "error"]) stream.off(name, end);
    stdin.pause();
    setRaw(stdin, false);
  }
}

// Typing does not search the choices: a command pasted into the wrong window would pick one, and its line end take it.
const choiceTheme = { ...theme, keybindings: ["vim" as const] };

/** Text and its line end in one piece: nobody types so. Arrow keys are escape sequences. */
function isPasted(keys: string): boolean {
  return /[\r\n]/.test(keys) && /[^\x00-\x1f\x7f]/.test(keys.replace(/\x1b[[O][0-9;]*[A-Za-z~]/g, ""));
}

/** The first choice is the one that Enter takes: let it be the one that does nothing. */
export function choose<T>(asking: Asking, message: string, choices: readonly Choice<T>[]): Promise<T | undefined> {
  const shown = choices.map(({ name, value }) => ({ name: printable(name), value }));
  const config = { message: printable(message), choices: shown, loop: false, pageSize: 12, theme: choiceTheme };
  return once(asking, (context) => select(config, context), isPasted);
}

/** Only `y` and `yes` mean yes, so that a pasted line does not. Enter means no. */
export async function agree(asking: Asking, message: string): Promise<boolean | undefined> {
  const check = async (text: string) =>
    /^\s*(y|yes|n|no)?\s*$/i.test(text) ? undefined : "y or n; Enter alone means no";
  const answer = await askText(asking, `${message} (y/N)`, { check });
  return answer === undefined ? undefined : /^\s*y/i.test(answer);
}

export interface TextOptions {
  /** What Enter takes. */
  readonly default?: string;
  /** A sentence about what is wrong with an answer; undefined where nothing is. */
  check?(text: string): Promise<string | undefined>;
}

export function askText(asking: Asking, message: string, options: TextOptions = {}): Promise<string | undefined> {
  const { check } = options;
  return once(asking, (context) =>
    input(
      {
        message: printable(message),
        theme,
        ...(options.default === undefined ? {} : { default: options.default }),
        ...(check ? { validate: async (text: string) => (await check(text)) ?? true } : {}),
      },
      context,
    ),
  );
}

/** A check for answers that must not be empty. */
export const needed = async (text: string) => (text.trim() === "" ? "an answer is needed; Ctrl-D stops" : undefined);

export async function askNeeded(asking: Asking, message: string): Promise<string | undefined> {
  return (await askText(asking, message, { check: needed }))?.trim();
}

/** Nothing of what is typed is shown, not even its length. */
export function askHidden(asking: Asking, message: string): Promise<string | undefined> {
  return once(asking, (context) => password({ message: printable(message), theme }, context));
}
