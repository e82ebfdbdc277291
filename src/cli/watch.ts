import type { RunEvent } from "../event/event.ts";
import type { View } from "../render/view.ts";
import type { Runbook } from "../runbook/runbook.ts";
import type { Io } from "./io.ts";
import { type AnswerOptions, nobody, type PresetAnswerer, presetAnswers } from "./preset-answers.ts";
import type { Interrupts } from "./stops.ts";

export type OutputMode = "text" | "json" | "ndjson";

/** What shows a run, and who answers its questions. */
export interface Watch {
  readonly view: View;
  readonly answerer: PresetAnswerer;
  /** Says something that is no event. It never writes into a question. */
  warn(line: string): void;
}

export interface WatchOptions extends AnswerOptions {
  readonly output?: OutputMode;
}

/** A terminal with a person: live view and prompts. Anything else: lines or NDJSON, and nobody to ask. */
export async function makeWatch(
  io: Io,
  runbook: Runbook,
  runId: string,
  options: WatchOptions,
  interrupts: Interrupts,
): Promise<Watch> {
  const say = (line: string) => void io.stderr.write(`belay: ${line}\n`);
  if (options.output === "ndjson" || options.output === "json") {
    const { ndjsonView } = await import("../render/ndjson-view.ts");
    return {
      view: ndjsonView(io.stdout, runId),
      answerer: presetAnswers(options, io.user, nobody, say, runbook),
      warn: say,
    };
  }
  if (!io.interactive) {
    const { linesView } = await import("./terminal/lines-view.ts");
    return {
      view: linesView(io.stdout, { runbook, run: runId, color: io.color }),
      answerer: presetAnswers(options, io.user, nobody, say, runbook),
      warn: say,
    };
  }
  const { terminalView, terminalAnswerer } = await import("./terminal/terminal.ts");
  const onInterrupt = () => interrupts.interrupt("Ctrl-C");
  const view = terminalView({ stdout: io.stdout, stdin: io.stdin, runbook, run: runId, color: io.color, onInterrupt });
  const asks = terminalAnswerer({
    view,
    stdin: io.stdin,
    stdout: io.stdout,
    user: io.user,
    pauseSignal: interrupts.pause,
    onInterrupt,
  });
  const { warn } = view;
  return { view, answerer: presetAnswers(options, io.user, asks, warn, runbook), warn };
}

/** Events carry their time from the journal, or from here when they are only passing. */
export function timedNow(event: RunEvent & { readonly at?: string }): RunEvent & { readonly at: string } {
  return { ...event, at: event.at ?? new Date().toISOString() };
}
