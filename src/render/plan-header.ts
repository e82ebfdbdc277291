import { formatDuration } from "../action/duration.ts";
import type { Plan, PlannedConnection, PlannedDeadline, PlannedRecoveryPoint } from "../plan/plan.ts";
import { displayWidth, hang, pad } from "./layout.ts";
import type { Page } from "./plan-page.ts";
import { printable } from "./printable.ts";
import { formatTime } from "./time.ts";

interface Fact {
  readonly name: string;
  readonly text: string;
  readonly paint?: (text: string) => string;
}

const widestName = 24;

/** What is run, on which systems, with what, and against which clocks. */
export function planHeader(plan: Plan, page: Page): string[] {
  const { target, connections, deadlines, recoveryPoint, inputs } = plan;
  const machine = target.machine ? ` (machine ${short(target.machine)})` : "";
  const facts: Fact[] = [
    { name: "target", text: `host ${printable(target.host)}${machine}` },
    ...(plan.run ? [{ name: "run", text: `${plan.run}: what a resume would do` }] : []),
    ...(plan.offline ? [{ name: "offline", text: "the systems were not looked at" }] : []),
    ...(recoveryPoint ? [backup(recoveryPoint, page)] : []),
    ...connections.map((one) => connection(one, page)),
    ...deadlines.map(deadline),
    ...Object.entries(inputs).map(([name, value]) => ({
      name,
      text: printable(typeof value === "string" ? value : JSON.stringify(value)),
    })),
  ];
  const wide = Math.min(widestName, Math.max(...facts.map(({ name }) => displayWidth(name))));
  return [
    ...title(plan, page),
    ...facts.flatMap(({ name, text, paint }) => {
      const lines = hang(`${pad(name, wide)}  `, text, page.width);
      return paint ? lines.map(paint) : lines;
    }),
  ];
}

const short = (machine: string) => (machine.length > 8 ? `${machine.slice(0, 6)}…` : machine);

function title({ runbook }: Plan, page: Page): string[] {
  const text = printable(runbook.title);
  const name = `${runbook.name} ${runbook.version}`;
  const { columns, width, paint } = page;
  const at = Math.max(displayWidth(text) + 3, columns.stacked ? 0 : columns.left + columns.title + 2);
  return at + displayWidth(name) <= width
    ? [pad(paint.bold(text), at) + paint.dim(name)]
    : [...hang("", text, width).map(paint.bold), paint.dim(name)];
}

/** In UTC to the second, as it is written beside the backup, and in local time. */
function backup({ at, ageMs, withinMs }: PlannedRecoveryPoint, { now, zone, paint }: Page): Fact {
  const local = /\((.*) local\)$/.exec(formatTime(at, { now, ...(zone === undefined ? {} : { zone }) }))?.[1];
  const age = ageMs < 0 ? "in the future" : `${formatDuration(ageMs)} old`;
  const late = withinMs !== undefined && ageMs > withinMs;
  const most = withinMs === undefined ? "" : ` · at most ${formatDuration(withinMs)} may be lost`;
  const text = `${at.replace(/\.000Z$/, "Z")}${local === undefined ? "" : ` (${local} local)`} · ${age}${most}`;
  return { name: "backup", text, ...(late || ageMs < 0 ? { paint: paint.alarm } : {}) };
}

function connection({ name, kind, summary, problem }: PlannedConnection, { paint }: Page): Fact {
  if (summary !== undefined) return { name: printable(name), text: printable(`${kind} ${summary}`) };
  const later = problem?.startsWith("known after ") === true;
  const text = later ? `${kind}, ${problem}` : `${kind}, not reached: ${problem ?? "it does not say who it is"}`;
  return { name: printable(name), text: printable(text), paint: later ? paint.dim : paint.yellow };
}

function deadline({ name, withinMs, warnAtMs, start, end, expectedMs }: PlannedDeadline): Fact {
  const parts = [
    `${formatDuration(withinMs)} from ${start} to ${end ?? "the end"}`,
    ...(expectedMs > 0 ? [`usually about ${formatDuration(expectedMs)}`] : []),
    ...(warnAtMs === undefined ? [] : [`warns after ${formatDuration(warnAtMs)}`]),
  ];
  return { name: "deadline", text: `${name}: ${parts.join(" · ")}` };
}
