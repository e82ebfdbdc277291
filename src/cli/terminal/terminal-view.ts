import type { EventOf, RunEvent } from "../../event/event.ts";
import { count, hang } from "../../render/layout.ts";
import { lineOf } from "../../render/lines.ts";
import { titleAt } from "../../render/node-title.ts";
import { printable } from "../../render/printable.ts";
import { type Style, style } from "../../render/style.ts";
import type { View } from "../../render/view.ts";
import type { Runbook } from "../../runbook/runbook.ts";
import { findNode } from "../../runbook/walk.ts";
import { branchOf } from "./branch-of.ts";
import { finishedRow, groupHeading, runColumns } from "./finished-row.ts";
import { keyboard } from "./keyboard.ts";
import { takeProgress } from "./live-step.ts";
import { liveWork } from "./live-work.ts";
import { screen } from "./screen.ts";

export interface TerminalViewOptions {
  readonly stdout: NodeJS.WriteStream;
  readonly stdin: NodeJS.ReadStream;
  readonly runbook: Runbook;
  readonly color: boolean;
  /** The run's id, for commands that name it. */
  readonly run?: string;
  /** Ctrl-C, which a terminal in raw mode hands over as a key. */
  onInterrupt(): void;
}

/** What a question needs to know of the view that it stands in. */
export interface TerminalView extends View {
  readonly paint: Style;
  /** A line that is no event. */
  warn(line: string): void;
  /** Marks a step whose question is not answered yet. */
  waits(step: string): void;
  /** `stops`: nobody agreed, so its branch ends here. */
  answered(step: string, stops: boolean): void;
  /** Other steps that are at work while a question is open. */
  others(step: string): readonly string[];
  /** Whether the last lines on the screen are about this step. */
  toldLast(step: string): boolean;
  /** The titles of the groups that a step belongs to, from the outermost. */
  branchOf(step: string): readonly string[];
}

/** A run on a terminal: a line for each step that ended, and below them what is at work as it goes on. */
export function terminalView({ stdout, stdin, runbook, run, color, onInterrupt }: TerminalViewOptions): TerminalView {
  const paint = style(color);
  const names = (id: string) => titleAt(runbook, id) || id;
  const width = () => stdout.columns || 80;
  const columns = runColumns(runbook);
  const keys = keyboard(stdin, onInterrupt);
  const work = liveWork(runbook);
  let pausing = false;
  let lastStep = "";
  const drawn = screen(stdout, color, () =>
    work.texts({ paint, pausing, idWidth: columns.at(width()).id, rows: stdout.rows || 24 }),
  );
  keys.start();

  /** Titles with an expression in them, of the steps at hand. */
  const titles = new Map<string, string>();
  const tell = (step: string, lines: readonly string[]) => {
    lastStep = step;
    drawn.print(lines);
  };
  const leave = (step: string, key: string) => {
    work.end(step, key);
    if (work.size === 0) drawn.setLive(false);
  };
  const at = (event: { readonly step: string; readonly key: string }) => {
    const step = work.at(event.step, event.key);
    if (step) drawn.setLive(true);
    return step;
  };
  const groupStarted = (event: EventOf<"group-started">) => {
    const { instances, step } = event;
    if (instances) {
      work.beginGroup(step, instances.length);
      columns.learn(
        step,
        instances.map(({ key }) => key),
      );
    } else if (step.endsWith("]")) return;
    const node = findNode(runbook, step)?.node;
    const words = [
      instances ? count(instances.length, "instance") : "",
      node?.kind === "include" ? `${node.runbook.name} ${node.runbook.version}` : "",
      node?.kind === "group" && node.parallel ? "at the same time" : "",
    ];
    tell(
      step,
      groupHeading(event, words.filter((part) => part !== "").join(" · "), runbook, columns.at(width()), paint),
    );
  };
  const finished = (event: EventOf<"step-finished">) => {
    leave(event.step, event.key);
    work.endGroup(event.step);
    const failed = event.state === "failed";
    if (event.step.endsWith("]") && (!failed || findNode(runbook, event.step)?.node.onFailure === "continue"))
      work.countInstance(event.step, failed);
    tell(event.step, finishedRow(event, runbook, columns.at(width()), width(), paint, titles.get(event.step)));
    titles.delete(event.step);
  };
  /** What only moves the live lines. */
  const passing = (event: RunEvent): boolean => {
    switch (event.type) {
      case "step-started": {
        const step = work.begin(event.step, event.key);
        if (event.noReturn) step.noReturn = true;
        if (event.title !== undefined) {
          step.title = printable(event.title);
          titles.set(event.step, step.title);
        }
        drawn.setLive(true);
        return true;
      }
      case "output": {
        const step = at(event);
        if (step) step.lines = event.lines;
        return true;
      }
      case "note": {
        if (event.step === "") return false;
        const step = at(event);
        if (!step) return true;
        step.note = event.line;
        if (event.line.includes("belay approve")) step.waits = true;
        return true;
      }
      case "progress": {
        const step = at(event);
        if (step) takeProgress(step, event, Date.now());
        return true;
      }
      default:
        return false;
    }
  };
  const paintOf = (event: RunEvent): ((line: string) => string) => {
    switch (event.type) {
      case "pausing":
      case "step-in-doubt":
      case "step-interrupted":
      case "undo-in-doubt":
      case "retrying":
      case "approval-asked":
      case "deadline-warned":
      case "adopted":
        return paint.yellow;
      case "deadline-passed":
        return paint.alarm;
      case "connected":
        return paint.dim;
      default:
        return (line) => line;
    }
  };
  const said = (event: RunEvent & { readonly at?: string }) => {
    const lines = lineOf(event, names, run === undefined ? {} : { run }).flatMap((line) =>
      hang(/^ */.exec(line)?.[0] ?? "", line.trimStart(), width()),
    );
    if (event.type === "pausing") {
      pausing = true;
      // What waits for its next attempt does not get it.
      for (const id of work.retrying()) leave(id, "");
      lines.push("  Ctrl-C again ends the step now; a change is in doubt then.");
    }
    if (lines.length > 0) tell("step" in event ? (event.step ?? "") : "", lines.map(paintOf(event)));
  };
  const onEvent: View["onEvent"] = (event) => {
    if (passing(event)) return;
    switch (event.type) {
      case "group-started":
        return groupStarted(event);
      case "step-finished":
        return finished(event);
      // How a turn ended is said by its last words.
      case "run-paused":
      case "run-finished":
        work.clear();
        return drawn.setLive(false);
      case "ended":
        return;
      case "undo-started":
        work.begin(event.step, event.key);
        drawn.setLive(true);
        return said(event);
      case "undo-finished":
      case "undo-in-doubt":
      case "step-in-doubt":
      case "step-interrupted":
        leave(event.step, event.key);
        return said(event);
      case "retrying": {
        leave(event.step, event.key);
        said(event);
        const step = work.begin(event.step, event.key);
        step.retryAt = Date.now() + event.inMs;
        step.retry = `attempt ${event.attempt} of ${event.attempts}`;
        return drawn.setLive(true);
      }
      case "decided":
        if (event.decision === "continue") work.countInstance(event.step, true);
        return said(event);
      case "approval-asked": {
        const step = at(event);
        if (step) step.waits = true;
        return said(event);
      }
      case "approval-ended":
        leave(event.step, event.key);
        return said(event);
      default:
        return said(event);
    }
  };
  return {
    paint,
    onEvent,
    warn: (line) => tell("", hang("belay: ", printable(line), width()).map(paint.yellow)),
    before: (state) => work.before(state),
    waits(id) {
      const step = work.at(id, "");
      if (step) step.waits = true;
      drawn.setLive(true);
    },
    answered(id, stops) {
      const step = work.has(id) ? work.at(id, "") : undefined;
      if (!step) return;
      delete step.waits;
      // A branch that stops says nothing more.
      if (stops || !step.begun) leave(id, "");
    },
    others: (step) => work.busy().filter((id) => id !== step),
    toldLast: (step) => lastStep === step,
    branchOf: (step) => branchOf(runbook, step),
    async suspend() {
      await drawn.suspend();
      await keys.suspend();
    },
    resume() {
      keys.start();
      drawn.resume();
    },
    async close() {
      work.clear();
      drawn.setLive(false);
      await drawn.close();
      keys.stop();
    },
  };
}
