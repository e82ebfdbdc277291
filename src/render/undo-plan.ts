import type { UndoPlan, UndoPlanStep } from "../plan/undo-plan.ts";
import { count, displayWidth, hang, joinFacts, pad } from "./layout.ts";
import { printable, printableLines } from "./printable.ts";
import { type Detail, type StepColumns, stepColumns, stepRow } from "./step-row.ts";
import { type Style, style } from "./style.ts";
import { symbol } from "./symbols.ts";

export interface UndoPlanOptions {
  readonly color: boolean;
  /** Columns of the terminal. */
  readonly width: number;
}

interface Page {
  readonly width: number;
  readonly paint: Style;
  readonly columns: StepColumns;
}

/** Number, symbol and the spaces around them. */
const leadWidth = 7;

/** What undoing a run would do: how each change is taken back, what the world looks like now, and what stays. */
export function renderUndoPlan(plan: UndoPlan, options: UndoPlanOptions): string {
  const width = Math.max(40, options.width);
  const rows = plan.steps.map((step) => ({ id: step.id, title: titleOf(step) }));
  const page: Page = { width, paint: style(options.color), columns: stepColumns(rows, leadWidth, width) };
  return [
    ...header(plan, page),
    "",
    ...(plan.steps.length === 0 ? ["no change of this run is left to undo"] : heading(plan, page)),
    ...plan.steps.flatMap((step, index) => stepLines(step, index + 1, page)),
    ...staying(plan, page),
    "",
    ...closing(plan, page),
  ].join("\n");
}

function header({ run, runbook, target, to, begun }: UndoPlan, page: Page): string[] {
  const title = `Undo: ${printable(runbook.title)}`;
  const name = `${runbook.name} ${runbook.version}`;
  const at = displayWidth(title) + 3;
  const fits = at + displayWidth(name) <= page.width;
  const facts: [string, string][] = [
    ["run", begun ? `${run} · its undoing was begun; this is what is left of it` : run],
    ["target", `host ${printable(target.host)}${target.machine ? ` (machine ${target.machine.slice(0, 6)}…)` : ""}`],
    ...(to === undefined
      ? []
      : [["back to", `${to}: it and what comes after it can run again`] satisfies [string, string]]),
  ];
  return [
    ...(fits
      ? [pad(page.paint.bold(title), at) + page.paint.dim(name)]
      : [...hang("", title, page.width).map(page.paint.bold), page.paint.dim(name)]),
    ...facts.flatMap(([key, value]) => hang(`${key.padEnd(7)}  `, value, page.width)),
  ];
}

function heading({ steps, counts }: UndoPlan, page: Page): string[] {
  const parts = [
    `${counts.undo} to undo`,
    ...(counts.byHand > 0 ? [`${counts.byHand} by hand`] : []),
    ...(counts.changed > 0 ? [page.paint.yellow(`${counts.changed} changed since`)] : []),
    ...(counts.undone > 0 ? [`${counts.undone} undone already`] : []),
    ...(counts.notNeeded > 0 ? [`${counts.notNeeded} with nothing to undo`] : []),
    ...(counts.cannot > 0 ? [page.paint.alarm(`${counts.cannot} can't be`)] : []),
  ];
  return [`${page.paint.bold("changes")}  ${steps.length}: ${parts.join(" · ")} · the newest first`];
}

function stepLines(step: UndoPlanStep, number: number, { paint, columns }: Page): string[] {
  const lead = `${String(number).padStart(4)} ${markOf(step, paint)} `;
  return stepRow({ lead, id: step.id, title: titleOf(step), details: details(step, paint) }, columns, paint.bold);
}

const titleOf = ({ id, title }: UndoPlanStep) => (title === id ? "" : printable(title));

function markOf({ how, state, asks }: UndoPlanStep, paint: Style): string {
  if (how === "cannot") return paint.alarm(symbol.noReturn);
  if (how === "not-needed") return paint.dim(symbol.pending);
  if (state === "already-undone") return paint.green(symbol.done);
  if (asks || state === "changed") return paint.yellow(symbol.unknown);
  if (how === "by-hand") return paint.yellow(symbol.byHand);
  return state === "unknown" ? paint.yellow(symbol.unknown) : paint.cyan(symbol.undone);
}

function details(step: UndoPlanStep, paint: Style): Detail[] {
  const { how, words, reason, status } = step;
  const lines: Detail[] = [];
  if (how === "cannot") lines.push({ text: `can't be undone: ${printable(reason ?? "")}`, paint: paint.alarm });
  else if (how === "not-needed")
    lines.push({ text: `nothing to take back: ${printable(reason ?? "")}`, paint: paint.dim });
  else lines.push(...printableLines(words).map((text) => ({ text })));
  if (step.runsTwice)
    lines.push({ text: "stays, AND WILL RUN A SECOND TIME when the run goes on", paint: paint.alarm });
  if (step.begun !== undefined) lines.push({ text: printable(step.begun), paint: paint.yellow });
  if (step.earlier !== undefined)
    lines.push({ text: `and what ${count(step.earlier, "earlier attempt")} did with another input` });
  if (status !== "done") lines.push({ text: `the step ${endedAs[status] ?? status}`, paint: paint.yellow });
  lines.push(...lookDetails(step, paint));
  if (step.asks) lines.push({ text: "asks before it is undone", paint: paint.yellow });
  return lines;
}

const endedAs: { readonly [status: string]: string } = {
  failed: "failed after it had begun",
  "in-doubt": "is in doubt: what it did is not known",
  running: "is in doubt: it was running when belay stopped",
  pending: "had begun, and was to run again",
  skipped: "was skipped after it had begun",
  "done-by-hand": "was done by hand",
};

function lookDetails({ state, seen, after, asks }: UndoPlanStep, paint: Style): Detail[] {
  const what = `${printable(seen)}${after !== undefined && state !== "later" ? ` (before ${after} is undone)` : ""}`;
  switch (state) {
    case "as-left":
      return [{ text: `as the run left it: ${what}`, paint: paint.dim }];
    case "already-undone":
      return [{ text: `undone already: ${what}` }];
    case "changed":
      return [{ text: `CHANGED SINCE, its undo ${asks ? "may not fit" : "may refuse"}: ${what}`, paint: paint.yellow }];
    case "unknown":
      return [{ text: `not known how it is now: ${what}`, paint: asks ? paint.yellow : paint.dim }];
    case "later":
      return [{ text: `looked at once ${after} is undone; now: ${what}`, paint: paint.dim }];
    case "stays":
      return [];
  }
}

/** What belay leaves alone, in one line each. */
function staying({ stay, to }: UndoPlan, { width, paint }: Page): string[] {
  const line = (words: string, ids: readonly string[]) =>
    ids.length === 0 ? [] : hang("  ", `${words}: ${ids.join(", ")}`, width).map(paint.dim);
  return [
    ...line("found done already, so not this run's to undo", stay.found),
    ...(to === undefined
      ? line("put in order at the end, and stays", stay.finally)
      : line("finally ran already, and will run again at the end", stay.finally)),
    ...line("undone before, or left on purpose", stay.through),
    ...(stay.runTwice ?? []).flatMap((id) =>
      hang("  ", `${id} stays, AND WILL RUN A SECOND TIME when the run goes on`, width).map(paint.alarm),
    ),
    ...(stay.kept ?? []).flatMap(({ id, why }) =>
      hang("  ", `stays since the run was taken back: ${id}${why === "" ? "" : `: ${printable(why)}`}`, width).map(
        paint.yellow,
      ),
    ),
  ];
}

function closing({ counts, steps }: UndoPlan, { width, paint }: Page): string[] {
  const doubtful = steps.filter(({ state, asks }) => state === "changed" || (state === "unknown" && asks)).length;
  const facts = [
    counts.undo === 0 ? "nothing would be undone" : `${count(counts.undo, "change")} would be undone`,
    ...(counts.changed > 0 ? [`${counts.changed} changed since`] : []),
    ...(counts.undone > 0 ? [`${counts.undone} undone already`] : []),
    ...(counts.cannot > 0 ? [`${count(counts.cannot, "change")} would stay`] : []),
    ...(counts.asks > 0 ? [`belay asks about ${counts.asks}`] : []),
  ];
  const warning =
    doubtful === 0
      ? []
      : hang(
          "",
          `${doubtful === 1 ? "One change is" : `${doubtful} changes are`} not as the run left ${doubtful === 1 ? "it" : "them"}. An undo that does not fit the world any more stops, and touches nothing.`,
          width,
        ).map(paint.yellow);
  return [...warning, ...joinFacts(facts, width)];
}
