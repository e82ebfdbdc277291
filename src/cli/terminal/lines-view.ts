import type { EventOf, RunEvent } from "../../event/event.ts";
import { percent } from "../../render/amounts.ts";
import { lineOf } from "../../render/lines.ts";
import { titleAt } from "../../render/node-title.ts";
import type { View } from "../../render/view.ts";
import type { Runbook } from "../../runbook/runbook.ts";

export interface LinesViewOptions {
  readonly runbook?: Runbook;
  /** The run's id, for commands that name it. */
  readonly run?: string;
  /** Not used: plain lines are for logs. */
  readonly color?: boolean;
}

/** At most so often where nobody knows how much there is. */
const progressMs = 10_000;

/** A run as plain lines with the time (UTC), for logs and pipes. */
export function linesView(out: NodeJS.WritableStream, options: LinesViewOptions = {}): View {
  const { runbook, run } = options;
  const names = (step: string) => titleAt(runbook, step) || step;
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
      const lines = lineOf(fresh(event), names, run === undefined ? {} : { run });
      if (lines.length === 0) return;
      const time = `${(event.at ?? new Date().toISOString()).slice(11, 19)}Z`;
      out.write(lines.map((line) => `${time} ${line}\n`).join(""));
    },
    suspend: async () => {},
    resume: () => {},
    close: async () => {},
  };
}

interface Told {
  tenth: number;
  at: number;
}

/**
 * Progress at every tenth, or every few seconds. Passing notes only when they say something new. What several steps say
 * at the same time is told apart by their keys.
 */
function lessProgress(): (event: RunEvent) => boolean {
  const notes = new Map<string, string>();
  const progress = new Map<string, Told>();
  let asked = "";
  return (event) => {
    switch (event.type) {
      case "approval-asked":
        asked = event.step;
        return true;
      case "note": {
        // The request itself said so a moment ago.
        const repeats = event.step === asked && event.line.includes("belay approve");
        asked = "";
        // Numbers count up while one waits; that alone is nothing new.
        const words = event.line.replace(/[0-9]+/g, "0");
        const known = notes.get(event.key) === words;
        notes.set(event.key, words);
        return !known && !repeats;
      }
      case "step-started":
        // What an inspection reads before a step begins is not the step's own progress.
        progress.set(event.key, { tenth: 0, at: Date.now() });
        return true;
      case "progress":
        return worthTelling(progress.get(event.key), event);
      case "step-finished":
      case "step-in-doubt":
        progress.delete(event.key);
        notes.delete(event.key);
        return true;
      default:
        return true;
    }
  };
}

function worthTelling(told: Told | undefined, event: EventOf<"progress">): boolean {
  if (!told) return false;
  if (event.total !== undefined) {
    const now = Math.floor(percent(event.done, event.total) / 10);
    if (now <= told.tenth) return false;
    told.tenth = now;
    return true;
  }
  if (Date.now() - told.at < progressMs) return false;
  told.at = Date.now();
  return true;
}

/** Of a program's last lines, those that were not among the last ones before. */
function newLines(): (event: RunEvent) => RunEvent {
  const said = new Map<string, readonly string[]>();
  return (event) => {
    if (event.type === "step-finished" || event.type === "step-in-doubt") said.delete(event.key);
    if (event.type !== "output") return event;
    const before = said.get(event.key) ?? [];
    const overlap = before.findIndex((_, at) => before.slice(at).every((line, i) => line === event.lines[i]));
    const lines = overlap === -1 ? event.lines : event.lines.slice(before.length - overlap);
    said.set(event.key, event.lines);
    return { ...event, lines };
  };
}
