import { formatDuration } from "../../action/duration.ts";
import { isJsonObject, type Json } from "../../schema/json.ts";
import { formatBytes } from "../amounts.ts";
import { count } from "../layout.ts";
import { printable } from "../printable.ts";
import { symbol } from "../symbols.ts";
import { valueLines } from "../written-value.ts";
import type { Block, StepBlock, Tone } from "./block.ts";
import { foldSteps, isQuiet } from "./fold-alike.ts";
import type { Report, ReportAttempt, ReportStep } from "./model.ts";
import { noteWords } from "./note-words.ts";
import type { ReportClock } from "./report-time.ts";
import { attemptWords, endWords } from "./step-words.ts";

/** With more steps than that, inputs and results of those that went well are left to the journal. */
const fewSteps = 300;

const headings = { preflight: "Before anything is changed", steps: "Steps", finally: "When the run ends" } as const;

/** Every step in the order of the run. */
export function stepBlocks(report: Report, clock: ReportClock): Block[] {
  const units = foldSteps(report.steps);
  const brief = units.length > fewSteps;
  const blocks: Block[] = [];
  if (brief)
    blocks.push({
      kind: "paragraph",
      text: "Inputs and results of steps that went well are left out here; the report in JSON and the journal have them.",
      tone: "quiet",
    });
  let section = "";
  let number = 0;
  for (const unit of units) {
    const first = unit.many ? unit.all[0] : unit.one;
    if (!first) continue;
    if (first.section !== section) {
      section = first.section;
      blocks.push({ kind: "heading", text: headings[first.section] });
    }
    const counted = first.section !== "preflight" && first.kind === "step";
    if (counted) number += 1;
    const label = counted ? `${number}` : "";
    blocks.push(unit.many ? manyBlock(unit.pattern, unit.all, label, clock) : oneBlock(unit.one, label, clock, brief));
    if (counted && unit.many) number += unit.all.length - 1;
  }
  return blocks;
}

const symbols: { readonly [S in ReportStep["status"]]: string } = {
  pending: symbol.pending,
  running: symbol.running,
  done: symbol.done,
  "already-done": symbol.done,
  skipped: symbol.skipped,
  failed: symbol.failed,
  "in-doubt": symbol.unknown,
  "done-by-hand": symbol.byHand,
  undone: symbol.undone,
};

const tones: { readonly [S in ReportStep["status"]]: Tone } = {
  pending: "quiet",
  running: "plain",
  done: "good",
  "already-done": "good",
  skipped: "quiet",
  failed: "alarm",
  "in-doubt": "alarm",
  "done-by-hand": "person",
  undone: "person",
};

function oneBlock(step: ReportStep, number: string, clock: ReportClock, brief: boolean): StepBlock {
  const { attempts } = step;
  const last = attempts.at(-1);
  return {
    kind: "step",
    symbol: step.kind === "group" ? "▾" : symbols[step.status],
    number,
    id: `${step.address}${step.round > 1 ? ` (round ${step.round})` : ""}`,
    title: step.title,
    depth: step.depth,
    words: endWords(step),
    tone: tones[step.status],
    facts: factsOf(step, last, clock),
    notes: notesOf(step, clock),
    texts: brief && isQuiet(step) ? [] : textsOf(last),
  };
}

function factsOf(step: ReportStep, last: ReportAttempt | undefined, clock: ReportClock): [string, string][] {
  const facts: [string, string][] = [];
  const { startedAt, endedAt } = step;
  if (startedAt !== undefined)
    facts.push(["when", `${clock.short(startedAt)}${endedAt === undefined ? "" : ` – ${clock.short(endedAt)}`} UTC`]);
  const what = [
    step.uses,
    step.effect === "read" ? "only looks" : step.effect === "manual" ? "by hand" : step.effect,
    step.noReturn ? "POINT OF NO RETURN" : undefined,
    step.connection === undefined ? undefined : `on ${step.connection}`,
  ].filter((part) => part !== undefined);
  if (what.length > 0) facts.push(["what", what.join(" · ")]);
  if (step.expectedMs !== undefined) facts.push(["expected", `about ${formatDuration(step.expectedMs)}`]);
  if (last?.seen !== undefined) facts.push(["seen before", last.seen]);
  if (last?.message !== undefined && last.state !== "failed") facts.push(["said", last.message]);
  for (const [name, value] of [
    ["why", step.why],
    ["evidence", step.evidence],
  ] as const)
    if (value !== undefined) facts.push([name, value]);
  if (last && isManual(last)) facts.push(["answered by", String(last.result["by"])]);
  if (step.undo)
    facts.push([
      "undo",
      `${step.undo.status}${step.undo.durationMs === undefined ? "" : ` after ${formatDuration(step.undo.durationMs)}`}`,
    ]);
  for (const { output } of step.attempts)
    for (const [name, { bytes, sha256 }] of Object.entries(output ?? {}))
      facts.push(["log", `${name} · ${formatBytes(bytes)} · SHA-256 ${sha256}`]);
  return facts;
}

/** Attempts where they tell something, and all that was said of the step, in the order of the journal. */
function notesOf(step: ReportStep, clock: ReportClock): StepBlock["notes"] {
  const began = step.attempts.filter(({ begunSeq }) => begunSeq !== undefined).length;
  const attempts = step.attempts
    .filter((attempt) => began > 1 || attempt.state === "failed" || attempt.state === "running")
    .map((attempt) => ({
      seq: attempt.endSeq ?? attempt.begunSeq ?? 0,
      time: clock.short(attempt.endedAt ?? attempt.startedAt ?? ""),
      text: `attempt ${attempt.key}: ${attemptWords(attempt)}`,
      more: [...(attempt.message === undefined ? [] : [attempt.message]), ...(attempt.details ?? [])],
      tone: attempt.state === "failed" ? ("alarm" as const) : ("plain" as const),
    }));
  const notes = step.notes.map(({ seq, at, event }) => {
    const { text, more, weight } = noteWords(event, clock);
    return { seq, time: clock.short(at), text, more, tone: weight };
  });
  return [...attempts, ...notes].sort((a, b) => a.seq - b.seq);
}

const mostLines = 24;
const mostCharacters = 3000;

function textsOf(last: ReportAttempt | undefined): StepBlock["texts"] {
  if (!last) return [];
  const texts: [string, Json | undefined, string?][] = [
    ["input", last.input],
    [
      isManual(last) ? "answers" : "result",
      isManual(last) ? last.result["answers"] : told(last.result),
      restOf(last.result),
    ],
  ];
  return texts.flatMap(([label, value, rest]) => (isEmpty(value) ? [] : [{ label, lines: cut(value as Json, rest) }]));
}

const isManual = (attempt: ReportAttempt): attempt is ReportAttempt & { result: { [key: string]: Json } } =>
  isJsonObject(attempt.result) && isJsonObject(attempt.result["answers"]) && typeof attempt.result["by"] === "string";

/** What a program printed is not shown twice, and what it did not print not at all. */
function told(result: Json | undefined): Json | undefined {
  if (!isJsonObject(result) || typeof result["stdout"] !== "string") return result;
  const { lines: _lines, ...rest } = result;
  return Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== "" && value !== false));
}

const isEmpty = (value: Json | undefined) =>
  value === undefined ||
  value === null ||
  value === "" ||
  (typeof value === "object" && Object.keys(value).length === 0);

/** A result holds only so much of what a program printed. */
const restOf = (result: Json | undefined) =>
  isJsonObject(result) && result["truncated"] === true ? "the log has the rest" : "the journal has the rest";

/** Long values are cut: the journal has them whole. */
function cut(value: Json, rest = "the journal has the rest"): string[] {
  const lines: string[] = [];
  let size = 0;
  for (const line of valueLines(shorten(value), 0, 110)) {
    if (lines.length >= mostLines || size + line.length > mostCharacters) return [...lines, `… (${rest})`];
    lines.push(line);
    size += line.length;
  }
  return lines;
}

/** Megabytes of output are not laid out to be thrown away. */
function shorten(value: Json): Json {
  if (typeof value === "string") return value.length > mostCharacters ? `${value.slice(0, mostCharacters)}…` : value;
  if (Array.isArray(value)) {
    const shown = value.slice(0, mostLines * 2).map(shorten);
    return value.length > shown.length ? [...shown, `… ${value.length - shown.length} more`] : shown;
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, mostLines * 2)
      .map(([key, one]) => [printable(key), shorten(one)]),
  );
}

const mostNames = 40;

function manyBlock(pattern: string, all: readonly ReportStep[], number: string, clock: ReportClock): StepBlock {
  const [first] = all;
  const times = all.map(({ durationMs }) => durationMs ?? 0);
  const least = times.reduce((a, b) => Math.min(a, b));
  const longest = times.reduce((a, b) => Math.max(a, b));
  const starts = all.flatMap(({ startedAt }) => startedAt ?? []).sort();
  const ends = all.flatMap(({ endedAt }) => endedAt ?? []).sort();
  const names = all.slice(0, mostNames).map(({ address }) => address);
  const status = first?.status ?? "done";
  return {
    kind: "step",
    symbol: symbols[status],
    number: number === "" ? "" : `${number}–${Number(number) + all.length - 1}`,
    id: pattern,
    title: first?.title ?? "",
    depth: first?.depth ?? 0,
    words: `${count(all.length, "instance")} alike: ${first ? endWords({ ...first, durationMs: longest }).replace("after", "after at most") : ""}`,
    tone: tones[status],
    facts: [
      ...(starts[0] === undefined
        ? []
        : [["when", `${clock.short(starts[0])} – ${clock.short(ends.at(-1) ?? starts[0])} UTC`] as [string, string]]),
      ["took", least === longest ? formatDuration(longest) : `${formatDuration(least)} to ${formatDuration(longest)}`],
      ...(first?.uses === undefined ? [] : [["what", first.uses] as [string, string]]),
      ["instances", `${names.join(", ")}${all.length > mostNames ? `, and ${all.length - mostNames} more` : ""}`],
    ],
    notes: [],
    texts: [],
  };
}
