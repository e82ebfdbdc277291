import { formatDuration } from "../action/duration.ts";
import { type Effect, undoWords } from "../runbook/effect.ts";
import type { Confirm, Step } from "../runbook/runbook.ts";
import type { Style } from "./style.ts";
import { inline, valueLines, writtenOf } from "./written-value.ts";

interface Pen {
  readonly say: (name: string, words: string) => string[];
  readonly paint: Style;
  readonly indent: number;
  readonly width: number;
}

/** Who is asked before a step, what happens when it fails, and how it is undone. */
export function stepWays(step: Step, effect: Effect, pen: Pen): string[] {
  const { say } = pen;
  const lines: string[] = step.confirm ? confirmLines(step.confirm, say) : [];
  if (step.retry) {
    const { attempts, delay, backoff } = step.retry;
    const slower = backoff === 1 ? "" : `, each wait ${backoff} times the last`;
    const only = step.retry.if ? `, while ${step.retry.if.text}` : "";
    lines.push(...say("tries", `${attempts}, ${inline(writtenOf(delay))} apart${slower}${only}`));
  }
  if (step.timeout) lines.push(...say("time limit", inline(writtenOf(step.timeout))));
  if (step.expectedDurationMs !== undefined)
    lines.push(...say("takes", `about ${formatDuration(step.expectedDurationMs)}`));
  if (step.onFailure !== "stop")
    lines.push(...say("if it fails", step.onFailure === "continue" ? "the run goes on" : "the whole run is undone"));
  if (effect !== "read") lines.push(...undoLines(step, effect, pen));
  return lines;
}

function confirmLines({ message, type, approvers, notBy, within }: Confirm, say: Pen["say"]): string[] {
  const asked = message ? inline(writtenOf(message)) : "may this begin?";
  const lines = say("asks first", `${asked}${type ? ` (to type: ${inline(writtenOf(type))})` : ""}`);
  if (approvers === undefined) return lines;
  const people = approvers === 1 ? "1 person" : `${approvers} people`;
  const not = notBy === undefined ? "" : ", not of whoever runs it";
  const until = within ? `, within ${inline(writtenOf(within))}` : "";
  return [...lines, ...say("wants", `the approval of ${people}${not}${until}`)];
}

function undoLines(step: Step, effect: Effect, { say, paint, indent, width }: Pen): string[] {
  const words = undoWords(step);
  if (words === undefined) {
    if (effect === "manual" && !step.undo) return [];
    const why = step.undo?.kind === "none" ? `: ${step.undo.reason}` : "";
    return say("undo", `none${why}`).map(paint.alarm);
  }
  const lines = say("undo", words);
  if (step.undo?.kind !== "uses") return lines;
  const { with: input, on, timeout } = step.undo;
  return [
    ...lines,
    ...valueLines(writtenOf(input), indent, width),
    ...(on === undefined || on === step.on ? [] : say("undo on", on)),
    ...(timeout ? say("time limit of the undo", inline(writtenOf(timeout))) : []),
  ];
}
