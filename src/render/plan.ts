import { formatDuration } from "../action/duration.ts";
import type { Plan, PlannedStep } from "../plan/plan.ts";
import type { Section } from "../runbook/runbook.ts";
import { count, hang, joinFacts } from "./layout.ts";
import { planHeader } from "./plan-header.ts";
import type { Page, PlanOptions } from "./plan-page.ts";
import { type PlanRow, planRows } from "./plan-rows.ts";
import { cannotBeUndone, diffLines, plannedDetails } from "./planned-step.ts";
import { printable } from "./printable.ts";
import { stepColumns, stepRow } from "./step-row.ts";
import { style } from "./style.ts";
import { plannedSymbol } from "./symbols.ts";

/** Symbol and the spaces around it. */
const symbolWidth = 3;

/** A plan as it is read before a run: what was looked at, what each step would change, and from where on there is no way back. */
export function renderPlan(plan: Plan, options: PlanOptions): string {
  const width = Math.max(40, options.width);
  const verbose = options.verbose === true;
  const rows = planRows(plan.steps, verbose);
  const numbers = Math.max(4, ...rows.map(({ number }) => number.length));
  const page: Page = {
    ...options,
    width,
    verbose,
    paint: style(options.color),
    columns: stepColumns(rows.filter(({ rest }) => rest === undefined).map(named), numbers + symbolWidth, width),
    numbers,
    now: options.now ?? Date.now(),
  };
  const listed = plan.steps.filter((step) => step.section !== "preflight");
  const point = firstPoint(listed);
  const section = (name: Section, words: string) => {
    const own = rows.filter(({ step }) => step.section === name);
    const drawn = own.flatMap((row) => [
      ...(row.rest === undefined ? ruleBefore(row.step, listed, point, page) : []),
      ...rowLines(row, point, page),
    ]);
    const steps = plan.steps.filter((step) => step.section === name);
    const many = steps.filter(({ kind }) => kind === "step").length;
    return [heading(name, `${many}${tally(steps)}${words}`, page), ...drawn];
  };
  const lines = [
    ...planHeader(plan, page),
    "",
    ...preflight(plan, rows, page),
    ...section("steps", ""),
    ...(listed.some((step) => step.section === "finally") ? section("finally", ", when the run ends") : []),
    "",
    ...closing(plan, page),
  ];
  return lines.join("\n");
}

const named = (row: PlanRow) => ({ id: `${"  ".repeat(row.step.depth)}${row.step.id}`, title: rowTitle(row) });

/** Where the id says it all, a title would say it again. */
function rowTitle({ step, untitled }: PlanRow): string {
  return untitled || step.title === step.id ? "" : printable(step.title);
}

function heading(name: string, words: string, page: Page): string {
  return `${page.paint.bold(name.padEnd(10))}  ${words}`;
}

function preflight(plan: Plan, rows: readonly PlanRow[], page: Page): string[] {
  const steps = plan.steps.filter((step) => step.section === "preflight");
  if (steps.length === 0) return [];
  const own = rows.filter(({ step }) => step.section === "preflight");
  const hold = steps.filter((step) => step.state === "looked" || step.state === "finished").length;
  const fail = steps.filter((step) => step.state === "would-fail").length;
  const rest = steps.length - hold - fail;
  const failing = fail > 0 ? page.paint.alarm(` · ${fail} ${fail === 1 ? "does" : "do"} not`) : "";
  const words = plan.offline
    ? `${count(steps.length, "check")}, not looked at`
    : `${hold} of ${steps.length} hold${failing}${rest > 0 ? ` · ${rest} not looked at` : ""}`;
  return [heading("preflight", words, page), ...own.flatMap((row) => rowLines(row, undefined, page))];
}

function tally(steps: readonly PlannedStep[]): string {
  const wanted = steps.filter(({ kind, state }) => kind === "step" && state !== "skipped" && state !== "finished");
  const parts = [
    [wanted.filter((step) => step.effect === "read").length, "look"],
    [wanted.filter((step) => step.effect === "change").length, "change"],
    [wanted.filter((step) => step.effect === "manual").length, "by hand"],
    [wanted.filter((step) => step.state === "unforeseeable").length, "can't be foreseen"],
    [steps.filter((step) => step.state === "skipped").length, "skipped"],
    [steps.filter(({ kind, state }) => kind === "step" && state === "finished").length, "through"],
  ] as const;
  const said = parts.filter(([amount]) => amount > 0).map(([amount, word]) => `${amount} ${word}`);
  return said.length === 0 ? "" : `: ${said.join(" · ")}`;
}

/** The first change without a way back; none where an earlier turn of the run is past one already. */
function firstPoint(steps: readonly PlannedStep[]): PlannedStep | undefined {
  const first = steps.findIndex(cannotBeUndone);
  const past = steps.slice(0, Math.max(0, first)).some((step) => step.state === "finished" && step.noReturn);
  return past ? undefined : steps[first];
}

function ruleBefore(
  step: PlannedStep,
  steps: readonly PlannedStep[],
  point: PlannedStep | undefined,
  page: Page,
): string[] {
  if (step !== point) return [];
  const earlier = steps
    .slice(0, steps.indexOf(step))
    .some((one) => one.effect === "change" && one.state !== "skipped" && one.state !== "done");
  if (!earlier) return [];
  const words = " every change up to here can be undone ";
  const line = "─".repeat(Math.max(3, Math.floor((Math.min(page.width, 100) - 4 - words.length) / 2)));
  return [`  ${page.paint.yellow(line + words + line)}`];
}

function rowLines(shown: PlanRow, point: PlannedStep | undefined, page: Page): string[] {
  const { step, number, rest, held } = shown;
  const indent = "  ".repeat(step.depth);
  const margin = " ".repeat(page.numbers + 1);
  if (rest !== undefined) return hang(`${margin}  ${indent}`, rest, page.width).map(page.paint.dim);
  const words = { paint: page.paint, verbose: page.verbose, isPoint: step === point };
  const lead = `${number.padStart(page.numbers)} ${indent}${plannedSymbol(step.state, cannotBeUndone(step), page.paint)} `;
  const hidden = held === undefined ? [] : [{ text: count(held, "step"), paint: page.paint.dim }];
  const details = [...plannedDetails(step, words), ...hidden];
  const row = { lead, id: step.id, title: rowTitle(shown), details, indent: indent.length };
  return [...stepRow(row, page.columns, page.paint.bold), ...diffLines(step, page.columns, page.width, words)];
}

function closing(plan: Plan, page: Page): string[] {
  const { counts } = plan;
  const ahead = counts.changes - counts.done;
  const parts = [
    `plan ${plan.digest.slice(0, 6)}`,
    `${ahead === 0 ? "nothing to change" : count(ahead, "change")}${counts.done > 0 ? ` (${counts.done} more done already)` : ""}`,
    ...(plan.expectedDurationMs > 0 ? [`about ${formatDuration(plan.expectedDurationMs)}`] : []),
    ...(ahead > 0 ? [`undo: ${undoWords(ahead, counts.noReturn)}`] : []),
  ];
  const stop = plan.steps.find((step) => step.state === "would-fail");
  const failing = stop
    ? hang("", `A run would stop at ${stop.id}: ${printable(stop.reason)}`, page.width).map(page.paint.alarm)
    : [];
  const warnings = plan.warnings.flatMap((one) => hang("warning: ", printable(one), page.width).map(page.paint.yellow));
  return [...warnings, ...failing, ...joinFacts(parts, page.width)];
}

function undoWords(changes: number, noReturn: number): string {
  if (noReturn === 0) return "all";
  return noReturn >= changes ? "none" : `all but ${noReturn}`;
}
