import { ActionFailure } from "../../action/failure.ts";
import type { CommandResult } from "../../action/processes.ts";
import type { Disk } from "./disk.ts";

const askMs = 250;

/**
 * Runs a program there that stands for reading bytes here. It does not tell how far it is, but whoever listens to the
 * bytes can still end the work by throwing: then the program is ended, too. undefined when there is no such program.
 */
export async function whileRunning(
  disk: Disk,
  argv: readonly string[],
  onBytes: ((count: number) => void) | undefined,
): Promise<CommandResult | undefined> {
  const end = new AbortController();
  let thrown: { error: unknown } | undefined;
  const timer = setInterval(() => {
    try {
      onBytes?.(0);
    } catch (error) {
      thrown ??= { error };
      end.abort();
    }
  }, askMs);
  try {
    const result = await disk.run(argv, { signal: end.signal });
    if (thrown === undefined) return result;
  } catch (error) {
    if (thrown === undefined) {
      if (error instanceof ActionFailure && error.kind === "wrong-input") return undefined;
      throw error;
    }
  } finally {
    clearInterval(timer);
  }
  throw thrown.error;
}
