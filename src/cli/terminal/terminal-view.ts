import type { EventOf, RunEvent } from "../../event/event.ts";
import { hang } from "../../render/layout.ts";
import { finishedSymbol, finishedWords, lineOf } from "../../render/lines.ts";
import { printable, printableLines } from "../../render/printable.ts";
import { stepColumns, stepRow } from "../../render/step-row.ts";
import { style } from "../../render/style.ts";
import type { View } from "../../render/view.ts";
import { allSteps, type Runbook } from "../../runbook/runbook.ts";
import { keyboard } from "./keyboard.ts";
import { type LiveStep, liveText, takeProgress } from "./live-step.ts";
import { screen } from "./screen.ts";

export interface TerminalViewOptions {
  readonly stdout: NodeJS.WriteStream;
  readonly stdin: NodeJS.ReadStream;
  readonly runbook: Runbook;
  readonly color: boolean;
  /** Ctrl-C, which a terminal in raw mode hands over as a key. */
  onInterrupt(): void;
}

/** A run on a terminal: a line for each step that ended, and below them the step at hand as it goes on. */
export function terminalView({ stdout, stdin, runbook, color, onInterrupt }: TerminalViewOptions): View {
  const paint = style(color);
  const steps = allSteps(runbook).map((step) => ({
    id: step.id,
    title: step.plainTitle === step.id ? "" : printable(step.plainTitle),
    expectedMs: step.expectedDurationMs,
  }));
  const known = new Map(steps.map((step) => [step.id, step]));
  const names = (id: string) => known.get(id)?.title || id;
  const columns = () => stepColumns(steps, 2, stdout.columns || 80);
  const keys = keyboard(stdin, onInterrupt);
  let current: LiveStep | undefined;
  let pausing = false;
  const { print, setLive, suspend, resume, close } = screen(
    stdout,
    color,
    () => current && liveText(current, Date.now(), paint, pausing, columns().id),
  );
  keys.start();

  const leave = () => {
    current = undefined;
    setLive(false);
  };
  /** The step that an event tells of; looking at a step comes before its start. */
  const at = (id: string): LiveStep => {
    if (current?.id === id) return current;
    const about = known.get(id);
    const expected = about?.expectedMs;
    current = {
      id,
      title: about?.title ?? "",
      begunAt: Date.now(),
      begun: false,
      lines: [],
      ...(expected === undefined ? {} : { expectedMs: expected }),
    };
    setLive(true);
    return current;
  };
  const finished = (event: EventOf<"step-finished">) => {
    leave();
    const failed = event.state === "failed";
    const mark = finishedSymbol(event.state);
    const lead = `${failed ? paint.alarm(mark) : event.state === "skipped" ? paint.dim(mark) : paint.green(mark)} `;
    const text =
      event.state === "done" && event.durationMs !== undefined && !event.message
        ? finishedWords(event).replace("done after ", "")
        : finishedWords(event);
    const about = known.get(event.step);
    print(
      stepRow(
        {
          lead,
          id: event.step,
          title: about?.title ?? "",
          details: [{ text, paint: failed ? paint.alarm : paint.dim }],
        },
        columns(),
        paint.bold,
      ),
    );
    const more = [...(failed && event.message ? [event.message] : []), ...(event.details ?? [])];
    print(more.flatMap(printableLines).flatMap((line) => hang("  ", line, stdout.columns || 80)));
    if (event.why) print(hang("  why: ", printable(event.why), stdout.columns || 80));
  };
  const passing = (event: RunEvent): boolean => {
    switch (event.type) {
      case "step-started": {
        // Looking at it may have taken long; the step's own time begins now.
        current = undefined;
        at(event.step).begun = true;
        return true;
      }
      case "output":
        at(event.step).lines = event.lines;
        return true;
      case "note":
        at(event.step).note = event.line;
        return true;
      case "progress":
        takeProgress(at(event.step), event, Date.now());
        return true;
      case "retrying": {
        leave();
        print(
          lineOf(event, names)
            .flatMap((line) => hang("", line, stdout.columns || 80))
            .map(paint.yellow),
        );
        const step = at(event.step);
        step.retryAt = Date.now() + event.inMs;
        step.begun = true;
        step.retry = `attempt ${event.attempt} of ${event.attempts}`;
        return true;
      }
      default:
        return false;
    }
  };
  const onEvent: View["onEvent"] = (event) => {
    if (passing(event)) return;
    if (event.type === "step-finished") return finished(event);
    // How a turn ended is said by its last words.
    if (event.type === "run-paused" || event.type === "run-finished") return leave();
    if (event.type === "step-in-doubt" || event.type === "step-interrupted") leave();
    const lines = lineOf(event, names).flatMap((line) =>
      hang(/^ */.exec(line)?.[0] ?? "", line.trimStart(), stdout.columns || 80),
    );
    if (event.type === "pausing") {
      pausing = true;
      lines.push("  Ctrl-C again ends the step now; a change is in doubt then.");
    }
    print(
      lines.map((line) =>
        event.type === "pausing" || event.type === "step-in-doubt" || event.type === "step-interrupted"
          ? paint.yellow(line)
          : line,
      ),
    );
  };
  return {
    onEvent,
    async suspend() {
      await suspend();
      await keys.suspend();
    },
    resume() {
      keys.start();
      resume();
    },
    async close() {
      leave();
      await close();
      keys.stop();
    },
  };
}
