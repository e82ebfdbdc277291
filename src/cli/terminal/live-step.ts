import { formatDuration } from "../../action/duration.ts";
import type { EventOf } from "../../event/event.ts";
import { againstExpected, bar, type ProgressStart, progressWords } from "../../render/amounts.ts";
import { pad } from "../../render/layout.ts";
import { printable } from "../../render/printable.ts";
import type { Style } from "../../render/style.ts";
import { symbol } from "../../render/symbols.ts";
import type { LiveText } from "./live-region.ts";

/** What is known of a step at hand, from the events that only tell. */
export interface LiveStep {
  /** Its address. */
  readonly id: string;
  title: string;
  /** How many levels it is set in. */
  readonly depth: number;
  begunAt: number;
  /** False while belay only looks whether, and how, the step is to be done. */
  begun: boolean;
  readonly expectedMs?: number;
  noReturn?: boolean;
  /** A person must do something before it goes on. */
  waits?: boolean;
  lines: readonly string[];
  note?: string;
  progress?: EventOf<"progress">;
  progressStart?: ProgressStart;
  /** When the next attempt begins. */
  retryAt?: number;
  retry?: string;
}

export interface LiveLook {
  readonly now: number;
  readonly paint: Style;
  readonly pausing: boolean;
  readonly idWidth: number;
  /** How many lines of what it says there is room for. */
  readonly lines: number;
}

const barWidth = 24;
export const linesShown = 3;

export function takeProgress(step: LiveStep, event: EventOf<"progress">, now: number): void {
  // A new count (another file, another pass) has a rate of its own.
  if (!step.progress || event.done < step.progress.done || event.unit !== step.progress.unit)
    step.progressStart = { at: now, done: event.done };
  step.progress = event;
}

export function liveText(step: LiveStep, look: LiveLook): LiveText {
  const { now, paint, pausing, idWidth } = look;
  const elapsed = now - step.begunAt;
  const compared = elapsed < 1000 || step.retryAt !== undefined ? "" : againstExpected(elapsed, step.expectedMs, true);
  const facts = [
    step.begun || step.waits ? "" : "looking",
    step.begun && step.noReturn ? "point of no return" : "",
    elapsed < 1000 ? "" : formatDuration(Math.floor(elapsed / 1000) * 1000),
    compared,
    pausing ? "the run pauses after it" : "",
  ].filter((part) => part !== "");
  const indent = "  ".repeat(step.depth);
  const mark = step.waits ? paint.yellow(`${symbol.byHand} waits for a person`) : "";
  const title = [pad(indent + paint.bold(step.id), idWidth), step.title, mark, paint.dim(facts.join(" · "))]
    .filter((part) => part !== "")
    .join("  ");
  return { title, below: below(step, look).map((line) => indent + line) };
}

/** Where there is room for one line only, it is the one that says most. */
function below(step: LiveStep, { now, paint, lines: room }: LiveLook): string[] {
  const { progress } = step;
  const lines: string[] = [];
  if (step.retryAt !== undefined)
    lines.push(
      paint.yellow(`${step.retry} in ${formatDuration(Math.max(0, Math.ceil((step.retryAt - now) / 1000)) * 1000)}`),
    );
  if (progress) {
    const drawn =
      progress.total === undefined || progress.total <= 0
        ? ""
        : `${paint.cyan(bar(progress.done, progress.total, barWidth))} `;
    lines.push(drawn + progressWords(progress, step.progressStart, now));
  }
  if (step.note !== undefined) lines.push(printable(step.note));
  const said = step.lines.slice(-linesShown).map((line) => paint.dim(printable(line)));
  if (room < linesShown) return [...lines, ...said.slice(-1)].slice(0, room);
  return [...lines, ...said];
}
