import { formatDuration } from "../action/duration.ts";
import type { Change } from "../action/inspection.ts";
import type { PlannedStep } from "../plan/plan.ts";
import type { Section } from "../runbook/runbook.ts";
import type { Json } from "../schema/json.ts";
import { count, hang } from "./layout.ts";
import { headDetails } from "./planned-head.ts";
import { printable, printableLines } from "./printable.ts";
import type { Detail, StepColumns } from "./step-row.ts";
import type { Style } from "./style.ts";

const changesShown = 6;
const diffLinesShown = 20;
/** A longer one is for those who want everything. */
const longestUndo = 60;

export interface StepWords {
  readonly paint: Style;
  readonly verbose: boolean;
  /** This step is the first that can't be undone. */
  readonly isPoint: boolean;
}

const wouldAct = new Set<PlannedStep["state"]>(["change", "unforeseeable", "in-doubt"]);

/** A change that would happen and can't be taken back. */
export function cannotBeUndone(step: PlannedStep): boolean {
  return step.noReturn && wouldAct.has(step.state);
}

/** What stands beside a planned step's title. */
export function plannedDetails(step: PlannedStep, words: StepWords): Detail[] {
  const { paint } = words;
  const details: Detail[] = [];
  if (cannotBeUndone(step)) details.push({ text: noWayBack(step, words.isPoint), paint: paint.alarm });
  if (step.part !== undefined) details.push({ text: partWords[step.part], paint: paint.dim });
  details.push(...(step.kind === "step" ? [] : headDetails(step, words)));
  details.push(...stateDetails(step, words));
  if (step.conditional)
    details.push({ text: `only if its condition holds (known after ${step.after.join(", ")})`, paint: paint.yellow });
  details.push(...inputDetails(step.input, words));
  const ahead = step.state !== "finished" && step.state !== "skipped";
  if (step.confirm && ahead) details.push({ text: confirmWords(step.confirm), paint: paint.yellow });
  if (step.approvers !== undefined && ahead)
    details.push({ text: approvalWords(step.approvers, step.notBy !== undefined), paint: paint.yellow });
  const facts = factsOf(step, words.verbose);
  if (facts.length > 0) details.push({ text: facts.join(" · "), paint: paint.dim });
  if (words.verbose && step.notes)
    for (const line of printableLines(step.notes.trim())) details.push({ text: line, paint: paint.dim });
  return details;
}

const partWords: { readonly [S in Section]: string } = {
  preflight: "before its runbook's first step",
  steps: "",
  finally: "when its runbook ends",
};

function noWayBack({ undoReason }: PlannedStep, isPoint: boolean): string {
  const why = undoReason === undefined ? "" : `: ${printable(undoReason)}`;
  return isPoint ? `POINT OF NO RETURN${why}` : `can't be undone${why}`;
}

/** Where it works, how it is undone, how long it takes. */
function factsOf(step: PlannedStep, verbose: boolean): string[] {
  const { undo, on, expectedDurationMs, state } = step;
  const back =
    undo !== undefined && (wouldAct.has(state) || state === "by-hand") && (verbose || undo.length <= longestUndo)
      ? [`undo: ${printable(undo)}`]
      : [];
  const takes =
    expectedDurationMs !== undefined && !["finished", "done", "skipped"].includes(state)
      ? [`about ${formatDuration(expectedDurationMs)}`]
      : [];
  const where = on !== undefined && state !== "finished" && state !== "skipped" ? [`on ${on}`] : [];
  return [...where, ...back, ...takes];
}

function approvalWords(approvers: number, byOthers: boolean): string {
  const who = byOthers ? (approvers === 1 ? "other person" : "other people") : approvers === 1 ? "person" : "people";
  return `wants the approval of ${approvers} ${who}`;
}

function stateDetails(step: PlannedStep, { paint, verbose }: StepWords): Detail[] {
  const reason = printable(step.reason);
  const after = (word: string) => (reason === "" ? word : `${word}: ${reason}`);
  switch (step.state) {
    case "looked":
    case "finished":
      return reason === "" ? [] : [{ text: reason }];
    case "would-fail":
      return [{ text: after("would fail"), paint: paint.alarm }];
    case "looks":
      return [{ text: isTime(reason) ? `looks ${reason}` : after("looks then"), paint: paint.dim }];
    case "waits":
      return [{ text: isTime(reason) ? `waits ${reason}` : after("would wait") }];
    case "done":
      return [{ text: after("done already") }];
    case "skipped":
      return [{ text: after("skipped"), paint: paint.dim }];
    case "by-hand":
      return [{ text: reason }];
    case "group":
      return reason === "" ? [] : [{ text: reason, paint: paint.yellow }];
    case "unforeseeable":
      return [{ text: after("can't be foreseen"), paint: paint.yellow }];
    case "in-doubt":
      return [{ text: after("IN DOUBT"), paint: paint.yellow }];
    case "change":
      return [
        ...changeDetails(step.changes, verbose),
        ...(reason === "" ? [] : [{ text: `now: ${reason}`, paint: paint.dim }]),
      ];
  }
}

const isTime = (reason: string) => /^(after|at the same time as) /.test(reason);

function changeDetails(changes: readonly Change[], verbose: boolean): Detail[] {
  const shown = verbose ? changes : changes.slice(0, changesShown);
  const more = changes.length - shown.length;
  return [
    ...shown.map(({ kind, target, summary }) => ({ text: printable(`${kind} ${target} ${summary}`) })),
    ...(more > 0 ? [{ text: `… and ${count(more, "more change")}, with --verbose` }] : []),
  ];
}

/** Values that come later; all values where everything is wanted. */
function inputDetails(input: Json, { paint, verbose }: StepWords): Detail[] {
  const found: Detail[] = [];
  const walk = (value: Json, path: string) => {
    if (typeof value === "object" && value !== null && Object.keys(value).length > 0) {
      for (const [key, one] of Object.entries(value))
        walk(one, Array.isArray(value) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`);
      return;
    }
    const text = typeof value === "string" ? value : JSON.stringify(value);
    if (path !== "" && (verbose || text.includes("(known after ")))
      found.push({ text: `${path} = ${printable(text)}`, paint: paint.dim });
  };
  walk(input, "");
  return found;
}

function confirmWords({ message, type }: NonNullable<PlannedStep["confirm"]>): string {
  const asked = message === undefined ? "asks first" : `asks first: ${printable(message)}`;
  return type === undefined ? asked : `${asked} (to type: ${printable(type)})`;
}

/** The text changes of a step, below it. */
export function diffLines(
  step: PlannedStep,
  columns: StepColumns,
  width: number,
  { paint, verbose }: StepWords,
): string[] {
  if (step.state !== "change" && step.state !== "in-doubt") return [];
  return step.changes.flatMap(({ diff, target }) => {
    if (diff === undefined || diff.trim() === "") return [];
    // The names of the two sides are the target's, which is said already.
    const all = printableLines(diff.trimEnd()).filter(
      (line) => !/^(Index: |={10,}|--- |\+\+\+ |\\ No newline)/.test(line),
    );
    const shown = verbose ? all : all.slice(0, diffLinesShown);
    const indent = " ".repeat(columns.left);
    const named = step.changes.length > 1 ? [indent + paint.bold(printable(target))] : [];
    const lines = shown.flatMap((line) =>
      hang(`${indent}${line.slice(0, 1)}`, line.slice(1), width).map((part) => colored(part, line, paint)),
    );
    const more = all.length - shown.length;
    return [...named, ...lines, ...(more > 0 ? [`${indent}… and ${count(more, "more line")}, with --verbose`] : [])];
  });
}

function colored(part: string, line: string, paint: Style): string {
  if (line.startsWith("+")) return paint.green(part);
  if (line.startsWith("-")) return paint.red(part);
  return line.startsWith("@@") ? paint.cyan(part) : part;
}
