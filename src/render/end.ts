import { formatDuration } from "../action/duration.ts";
import type { RunState, StepState } from "../event/run-state.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { displayWidth, hang, pad } from "./layout.ts";
import { titleAt } from "./node-title.ts";
import { printable, printableLines } from "./printable.ts";
import { changesMade, nextCommands, nextLines, tallyOf } from "./run-facts.ts";
import { leavesOf, statusOf, stepTree } from "./step-tree.ts";
import { type Style, style } from "./style.ts";
import { symbol } from "./symbols.ts";

/** A turn that is over. `end` is what the engine said of it. */
export interface EndedRun {
  readonly id: string;
  readonly state: RunState;
  readonly runbook?: Runbook;
  readonly end:
    | { readonly state: "done" | "abandoned" | "undone" }
    | { readonly state: "paused"; readonly reason: string; readonly message: string; readonly step?: string };
}

export interface EndOptions {
  readonly color: boolean;
  readonly width: number;
}

/** The last words of a turn: what went wrong and where, what was done, and what to type next. */
export function renderEnd(run: EndedRun, options: EndOptions): string {
  const paint = style(options.color);
  const width = Math.max(40, options.width);
  const facts = { id: run.id, state: run.state, live: false };
  if (run.end.state !== "paused") return over(run, paint, width).join("\n");
  const lines = [
    ...stepBlock(run, run.end, paint, width),
    ...alsoOpen(run, run.end.step, width).map(paint.yellow),
    ...hang(
      "  ",
      `${tallyOf(run.runbook, facts)}${run.runbook ? ` · ${changesMade(run.runbook, run.state)}` : ""}`,
      width,
    ),
    ...nextLines(nextCommands(facts, Date.parse(run.state.lastAt ?? "")), width),
  ];
  return lines.join("\n");
}

function over({ id, state, runbook, end }: EndedRun, paint: Style, width: number): string[] {
  const took =
    state.started && state.endedAt
      ? ` · ${formatDuration(Date.parse(state.endedAt) - Date.parse(state.started.at))}`
      : "";
  const facts = { id, state, live: false };
  const made = runbook && end.state !== "undone" ? ` · ${changesMade(runbook, state)}` : "";
  const head =
    end.state === "done"
      ? paint.green(`${symbol.done} run ${id} is done`)
      : end.state === "undone"
        ? paint.yellow(`${symbol.undone} run ${id} is undone`)
        : paint.yellow(`${symbol.skipped} run ${id} was given up`);
  // A run that was given up did not go on after the step that it stopped at.
  const failed = [...leavesOf(stepTree(runbook, state, false))].filter(
    ({ status, known, node }) =>
      status === "failed" &&
      (end.state === "done" || known?.givenUp === true || (node?.kind === "step" && node.onFailure === "continue")),
  );
  return [
    `${head}${took}`,
    ...(state.message && end.state === "abandoned" ? hang("  ", `why: ${printable(state.message)}`, width) : []),
    ...hang("  ", `${tallyOf(runbook, facts)}${made}`, width),
    ...(end.state === "undone" ? undoneLines(state, width).map(paint.yellow) : []),
    ...(failed.length > 0 && end.state !== "undone"
      ? hang("  ", `failed, and the run went on: ${someOf(failed.map((step) => step.id))}`, width).map(paint.yellow)
      : []),
    ...Object.entries(state.outputs ?? {}).flatMap(([name, value]) =>
      hang(`  ${name}  `, printable(typeof value === "string" ? value : JSON.stringify(value)), width),
    ),
  ];
}

function stepBlock(
  { id, state, runbook }: EndedRun,
  end: Extract<EndedRun["end"], { state: "paused" }>,
  paint: Style,
  width: number,
): string[] {
  const step = end.step === undefined ? undefined : state.steps.get(end.step);
  if (end.reason === "rewound")
    return [
      paint.yellow(`${symbol.undone} run ${id} is back at ${end.step ?? "a step"}`),
      ...body([end.message], width),
    ];
  if (end.step !== undefined && step?.undo && state.undo && (end.reason === "failed" || end.reason === "in-doubt")) {
    const words = end.reason === "failed" ? "undoing it failed" : "UNDO IN DOUBT";
    const mark = end.reason === "failed" ? paint.alarm(symbol.failed) : paint.yellow(symbol.unknown);
    const said = [step.undo.message ?? end.message, ...(step.undo.details ?? [])];
    return [head(mark, end.step, titleOf(step, runbook, end.step), paint.alarm(words), width), ...body(said, width)];
  }
  const title = end.step === undefined ? "" : titleOf(step, runbook, end.step);
  const status = statusOf(step, false);
  if (end.step !== undefined && end.reason === "failed" && step) {
    const words = step.durationMs === undefined ? "failed" : `failed after ${formatDuration(step.durationMs)}`;
    const said = step.message ?? end.message;
    return [
      head(paint.alarm(symbol.failed), end.step, title, paint.alarm(words), width),
      ...body([said, ...(step.details ?? [])], width),
    ];
  }
  if (end.step !== undefined && status === "in-doubt") {
    return [
      head(paint.yellow(symbol.unknown), end.step, title, paint.yellow("IN DOUBT: what it did is not known"), width),
      ...body([step?.message ?? end.message], width),
    ];
  }
  const mark = end.reason === "waiting" ? paint.yellow(symbol.byHand) : paint.yellow(symbol.paused);
  const word =
    {
      failed: "a step failed",
      "in-doubt": "a step is in doubt",
      refused: "refused",
      rewound: "taken back to a step",
      waiting: "waits for a person",
      interrupted: "interrupted",
      "disk-full": "the disk is full",
      stopped: "stopped",
    }[end.reason] ?? end.reason;
  return [`${mark} run ${id} paused: ${word}`, ...body([end.message], width)];
}

function titleOf(step: StepState | undefined, runbook: Runbook | undefined, address: string): string {
  return step?.title === undefined ? titleAt(runbook, address) : printable(step.title);
}

/** What stays although the run was undone, and why it was. */
function undoneLines({ left, undo }: RunState, width: number): string[] {
  return [
    ...(undo?.why ? hang("  ", `why: ${printable(undo.why)}`, width) : []),
    ...(left && left.length > 0 ? hang("  ", `left as they are: ${someOf(left.map(printable))}`, width) : []),
  ];
}

/** Where several branches were at work, more than one may have stopped. */
function alsoOpen({ state, runbook }: EndedRun, at: string | undefined, width: number): string[] {
  const open = [...leavesOf(stepTree(runbook, state, false))].filter((step) => step.id !== at);
  const line = (words: string, wanted: (step: (typeof open)[number]) => boolean) => {
    const found = open.filter(wanted).map((step) => step.id);
    return found.length === 0 ? [] : hang("  ", `${words}: ${someOf(found)}`, width);
  };
  return [
    ...line("in doubt too", ({ status }) => status === "in-doubt"),
    ...line("failed too", ({ status }) => status === "failed"),
    ...line("waits for approval", ({ known, status }) => known?.approval?.state === "waiting" && status === "pending"),
  ];
}

/** The first of many names. */
function someOf(names: readonly string[]): string {
  const most = 8;
  return names.length <= most ? names.join(", ") : `${names.slice(0, most).join(", ")} and ${names.length - most} more`;
}

function head(mark: string, id: string, title: string, words: string, width: number): string {
  const left = `${mark} ${id}  ${title}`.trimEnd();
  const at = Math.min(61, Math.max(displayWidth(left) + 3, 40));
  const line = `${pad(left, Math.max(at, displayWidth(left) + 3))}${words}`;
  return displayWidth(line) <= width ? line : `${left}\n  ${words}`;
}

function body(texts: readonly string[], width: number): string[] {
  return texts.flatMap(printableLines).flatMap((line) => hang("  ", line, width));
}
