import { confirm, input, select } from "@inquirer/prompts";
import { printable } from "../../render/printable.ts";

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
 * back. The prompts themselves wait for ever at Ctrl-D and at the end of input, so both are watched for here.
 */
async function once<T>(
  { stdin, stdout, signal, onInterrupt }: Asking,
  prompt: (context: Context) => Promise<T>,
): Promise<T | undefined> {
  if (signal.aborted || stdin.destroyed || stdin.readableEnded || stdout.destroyed) return undefined;
  const ending = new AbortController();
  const end = () => ending.abort();
  const onKeys = (data: Buffer | string) => {
    const keys = String(data);
    if (keys.includes("\x03")) onInterrupt();
    if (keys.includes("\x03") || keys.includes("\x04")) end();
  };
  const places = [stdin, stdout] as const;
  for (const stream of places) for (const name of ["end", "close", "error"]) stream.on(name, end);
  signal.addEventListener("abort", end, { once: true });
  stdin.on("data", onKeys);
  try {
    const answer = await prompt({ input: stdin, output: stdout, signal: ending.signal });
    return ending.signal.aborted ? undefined : answer;
  } catch (error) {
    if (error instanceof Error && promptErrors.has(error.name)) return undefined;
    throw error;
  } finally {
    stdin.off("data", onKeys);
    signal.removeEventListener("abort", end);
    for (const stream of places) for (const name of ["end", "close", "error"]) stream.off(name, end);
    stdin.pause();
  }
}

/** The first choice is the one that Enter takes: let it be the one that does nothing. */
export function choose<T>(asking: Asking, message: string, choices: readonly Choice<T>[]): Promise<T | undefined> {
  const shown = choices.map(({ name, value }) => ({ name: printable(name), value }));
  return once(asking, (context) =>
    select({ message: printable(message), choices: shown, loop: false, pageSize: 12, theme }, context),
  );
}

/** Enter means no. */
export async function agree(asking: Asking, message: string): Promise<boolean | undefined> {
  return once(asking, (context) => confirm({ message: printable(message), default: false, theme }, context));
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
