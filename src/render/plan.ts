import { formatDuration } from "../action/duration.ts";
import type { Plan, PlannedStep } from "../plan/plan.ts";
import { count, displayWidth, hang, joinFacts, pad } from "./layout.ts";
import { cannotBeUndone, diffLines, plannedDetails } from "./planned-step.ts";
import { printable } from "./printable.ts";
import { type StepColumns, stepColumns, stepRow } from "./step-row.ts";
import { type Style, style } from "./style.ts";
import { plannedSymbol } from "./symbols.ts";

export interface PlanOptions {
  readonly color: boolean;
  /** Columns of the terminal. */
  readonly width: number;
  /** Everything: all inputs of the steps, whole diffs, notes. */
  readonly verbose?: boolean;
}

/** Number, symbol and the spaces around them. */
const leadWidth = 7;

interface Page extends PlanOptions {
  readonly paint: Style;
  readonly verbose: boolean;
  readonly columns: StepColumns;
}

/** A plan as it is read before a run: what was looked at, what each step would change, and from where on there is no way back. */
export function renderPlan(plan: Plan, options: PlanOptions): string {
  const width = Math.max(40, options.width);
  const listed = plan.steps.filter((step) => step.section !== "preflight");
  const columns = stepColumns(plan.steps.map(titled), leadWidth, width);
  const page: Page = {
    color: options.color,
    width,
    verbose: options.verbose === true,
    paint: style(options.color),
    columns,
  };
  const point = firstPoint(listed);
  const own = listed.filter((step) => step.section === "steps");
  const last = listed.filter((step) => step.section === "finally");
  const lines = [
    ...header(plan, page),
    "",
    ...preflight(plan, page),
    heading("steps", `${own.length}${tally(own)}`, page),
    ...own.flatMap((step, index) => [
      ...ruleBefore(step, listed, point, page),
      ...stepLines(step, index + 1, point, page),
    ]),
    ...(last.length > 0 ? [heading("finally", `${last.length}${tally(last)}, when the run ends`, page)] : []),
    ...last.flatMap((step, index) => [
      ...ruleBefore(step, listed, point, page),
      ...stepLines(step, own.length + index + 1, point, page),
    ]),
    "",
    ...closing(plan, page),
  ];
  return lines.join("\n");
}

const titled = (step: PlannedStep) => ({ id: step.id, title: printable(step.title) });

function header(plan: Plan, page: Page): string[] {
  const { runbook, target, inputs } = plan;
  const title = printable(runbook.title);
  const name = `${runbook.name} ${runbook.version}`;
  const at = Math.max(displayWidth(title) + 3, page.columns.stacked ? 0 : page.columns.left + page.columns.title + 2);
  const fits = at + displayWidth(name) <= page.width;
  const titleLines = fits
    ? [pad(page.paint.bold(title), at) + page.paint.dim(name)]
    : [...hang("", title, page.width).map(page.paint.bold), page.paint.dim(name)];
  const machine = target.machine
    ? ` (machine ${target.machine.length > 8 ? `${target.machine.slice(0, 6)}…` : target.machine})`
    : "";
  const facts: [string, string][] = [
    ["target", `host ${printable(target.host)}${machine}`],
    ...(plan.run ? [["run", `${plan.run}: what a resume would do`] as [string, string]] : []),
    ...(plan.offline ? [["offline", "the systems were not looked at"] as [string, string]] : []),
    ...Object.entries(inputs).map(([key, value]): [string, string] => [
      key,
      printable(typeof value === "string" ? value : JSON.stringify(value)),
    ]),
  ];
  const wide = Math.min(24, Math.max(...facts.map(([key]) => key.length)));
  return [...titleLines, ...facts.flatMap(([key, value]) => hang(`${key.padEnd(wide)}  `, value, page.width))];
}

function heading(name: string, words: string, page: Page): string {
  return `${page.paint.bold(name.padEnd(10))}  ${words}`;
}

function preflight(plan: Plan, page: Page): string[] {
  const steps = plan.steps.filter((step) => step.section === "preflight");
  if (steps.length === 0) return [];
  const hold = steps.filter((step) => step.state === "looked" || step.state === "finished").length;
  const fail = steps.filter((step) => step.state === "would-fail").length;
  const rest = steps.length - hold - fail;
  const failing = fail > 0 ? page.paint.alarm(` · ${fail} ${fail === 1 ? "does" : "do"} not`) : "";
  const words = plan.offline
    ? `${count(steps.length, "check")}, not looked at`
    : `${hold} of ${steps.length} hold${failing}${rest > 0 ? ` · ${rest} not looked at` : ""}`;
  return [heading("preflight", words, page), ...steps.flatMap((step) => stepLines(step, undefined, undefined, page))];
}

function tally(steps: readonly PlannedStep[]): string {
  const wanted = steps.filter((step) => step.state !== "skipped" && step.state !== "finished");
  const parts = [
    [wanted.filter((step) => step.effect === "read").length, "look"],
    [wanted.filter((step) => step.effect === "change").length, "change"],
    [wanted.filter((step) => step.effect === "manual").length, "by hand"],
    [wanted.filter((step) => step.state === "unforeseeable").length, "can't be foreseen"],
    [steps.filter((step) => step.state === "skipped").length, "skipped"],
    [steps.filter((step) => step.state === "finished").length, "through"],
  ] as const;
  const said = parts.filter(([amount]) => amount > 0).map(([amount, word]) => `${amount} ${word}`);
  return said.length === 0 ? "" : `: ${said.join(" · ")}`;
}

/** The first change without a way back; none where an earlier turn of the run is past one already. */
function firstPoint(steps: readonly PlannedStep[]): PlannedStep | undefined {
  const first = steps.findIndex(cannotBeUndone);
  const past = steps
    .slice(0, Math.max(0, first))
    .some((step) => step.state === "finished" && step.effect === "change" && step.undo === undefined);
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

function stepLines(
  step: PlannedStep,
  number: number | undefined,
  point: PlannedStep | undefined,
  page: Page,
): string[] {
  const words = { paint: page.paint, verbose: page.verbose, isPoint: step === point };
  const lead = `${number === undefined ? "    " : String(number).padStart(4)} ${plannedSymbol(step.state, cannotBeUndone(step), page.paint)} `;
  const row = { lead, ...titled(step), details: plannedDetails(step, words) };
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
  const warning = stop
    ? hang("", `A run would stop at ${stop.id}: ${printable(stop.reason)}`, page.width).map(page.paint.alarm)
    : [];
  return [...warning, ...joinFacts(parts, page.width)];
}

function undoWords(changes: number, noReturn: number): string {
  if (noReturn === 0) return "all";
  return noReturn >= changes ? "none" : `all but ${noReturn}`;
}
