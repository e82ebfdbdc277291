import { formatDuration } from "../../action/duration.ts";
import type { EventOf } from "../../event/event.ts";
import { againstExpected, bar, type ProgressStart, progressWords } from "../../render/amounts.ts";
import { pad } from "../../render/layout.ts";
import { printable } from "../../render/printable.ts";
import type { Style } from "../../render/style.ts";
import type { LiveText } from "./live-region.ts";

/** What is known of the step at hand, from the events that only tell. */
export interface LiveStep {
  readonly id: string;
  readonly title: string;
  readonly begunAt: number;
  /** False while belay only looks whether, and how, the step is to be done. */
  begun: boolean;
  readonly expectedMs?: number;
  lines: readonly string[];
  note?: string;
  progress?: EventOf<"progress">;
  progressStart?: ProgressStart;
  /** When the next attempt begins. */
  retryAt?: number;
  retry?: string;
}

const barWidth = 24;
const linesShown = 3;

export function takeProgress(step: LiveStep, event: EventOf<"progress">, now: number): void {
  // A new count (another file, another pass) has a rate of its own.
  if (!step.progress || event.done < step.progress.done || event.unit !== step.progress.unit)
    step.progressStart = { at: now, done: event.done };
  step.progress = event;
}

export function liveText(step: LiveStep, now: number, paint: Style, pausing: boolean, idWidth: number): LiveText {
  const elapsed = now - step.begunAt;
  const compared = elapsed < 1000 || step.retryAt !== undefined ? "" : againstExpected(elapsed, step.expectedMs, true);
  const facts = [
    step.begun ? "" : "looking",
    elapsed < 1000 ? "" : formatDuration(Math.floor(elapsed / 1000) * 1000),
    compared,
    pausing ? "the run pauses after it" : "",
  ].filter((part) => part !== "");
  const title = [pad(paint.bold(step.id), idWidth), step.title, paint.dim(facts.join(" · "))]
    .filter((part) => part !== "")
    .join("  ");
  return { title, below: below(step, now, paint) };
}

function below(step: LiveStep, now: number, paint: Style): string[] {
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
  for (const line of step.lines.slice(-linesShown)) lines.push(paint.dim(printable(line)));
  return lines;
}
