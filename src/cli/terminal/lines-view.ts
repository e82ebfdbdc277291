import type { RunEvent } from "../../event/event.ts";
import { percent } from "../../render/amounts.ts";
import { lineOf } from "../../render/lines.ts";
import type { View } from "../../render/view.ts";
import { allSteps, type Runbook } from "../../runbook/runbook.ts";

export interface LinesViewOptions {
  readonly runbook?: Runbook;
  /** Not used: plain lines are for logs. */
  readonly color?: boolean;
}

/** At most so often where nobody knows how much there is. */
const progressMs = 10_000;

/** A run as plain lines with the time (UTC), for logs and pipes. */
export function linesView(out: NodeJS.WritableStream, options: LinesViewOptions = {}): View {
  const titles = new Map(options.runbook ? allSteps(options.runbook).map((step) => [step.id, step.plainTitle]) : []);
  const worthALine = lessProgress();
  const fresh = newLines();
  let gone = false;
  // Whoever read the lines is gone: the run goes on without them.
  out.on("error", () => {
    gone = true;
  });
  return {
    onEvent(event) {
      if (gone || !worthALine(event)) return;
      const lines = lineOf(fresh(event), (step) => titles.get(step) ?? step);
      if (lines.length === 0) return;
      const time = `${(event.at ?? new Date().toISOString()).slice(11, 19)}Z`;
      out.write(lines.map((line) => `${time} ${line}\n`).join(""));
    },
    suspend: async () => {},
    resume: () => {},
    close: async () => {},
  };
}

/** Progress at every tenth, or every few seconds. Passing notes only when they say something new. */
function lessProgress(): (event: RunEvent) => boolean {
  let key = "";
  let tenth = -1;
  let toldAt = 0;
  let note = "";
  let begun = "";
  return (event) => {
    if (event.type === "note") {
      // Numbers count up while one waits; that alone is nothing new.
      const words = `${event.key} ${event.line.replace(/[0-9]+/g, "0")}`;
      if (words === note) return false;
      note = words;
      return true;
    }
    // What an inspection reads before a step begins is not the step's own progress.
    if (event.type === "step-started") begun = event.key;
    if (event.type !== "progress") return true;
    if (event.key !== begun) return false;
    if (event.key !== key) {
      key = event.key;
      tenth = 0;
      toldAt = Date.now();
    }
    if (event.total !== undefined) {
      const now = Math.floor(percent(event.done, event.total) / 10);
      if (now <= tenth) return false;
      tenth = now;
      return true;
    }
    if (Date.now() - toldAt < progressMs) return false;
    toldAt = Date.now();
    return true;
  };
}

/** Of a program's last lines, those that were not among the last ones before. */
function newLines(): (event: RunEvent) => RunEvent {
  let key = "";
  let before: readonly string[] = [];
  return (event) => {
    if (event.type !== "output") return event;
    if (event.key !== key) before = [];
    key = event.key;
    const overlap = before.findIndex((_, at) => before.slice(at).every((line, i) => line === event.lines[i]));
    const lines = overlap === -1 ? event.lines : event.lines.slice(before.length - overlap);
    before = event.lines;
    return { ...event, lines };
  };
}
