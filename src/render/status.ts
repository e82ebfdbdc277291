import { formatDuration } from "../action/duration.ts";
import type { StepState } from "../event/run-state.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { againstExpected } from "./amounts.ts";
import { displayWidth, hang, joinFacts, pad } from "./layout.ts";
import { printable, printableLines } from "./printable.ts";
import { nextCommands, nextLines, type RunFacts, statusOf, statusWords, stepsOf, tallyOf } from "./run-facts.ts";
import { type Detail, stepColumns, stepRow } from "./step-row.ts";
import { type Style, style } from "./style.ts";
import { statusSymbol } from "./symbols.ts";
import { formatTime } from "./time.ts";

export interface StatusOptions {
  readonly color: boolean;
  readonly width: number;
  /** Only how the run stands and what is wrong; no list of steps, no commands. */
  readonly brief?: boolean;
  /** Milliseconds since the epoch; now by default. */
  readonly now?: number;
  /** IANA name of the local zone; the machine's by default. */
  readonly zone?: string;
}

/** How a run stands: its facts, its steps, and what to type next. Without its runbook, what the journal knows. */
export function renderStatus(runbook: Runbook | undefined, run: RunFacts, options: StatusOptions): string {
  const paint = style(options.color);
  const width = Math.max(40, options.width);
  const head = [
    ...joinFacts(headline(run, options), width).map((line, index) => (index === 0 ? paint.bold(line) : line)),
    tallyOf(runbook, run),
  ];
  if (run.state.message && run.state.status !== "done") head.push(...hang("  ", printable(run.state.message), width));
  if (options.brief) return head.join("\n");
  const commands = nextLines(nextCommands(run), width);
  return [
    ...head,
    "",
    ...stepList(runbook, run, { ...options, width }, paint),
    ...(commands.length > 0 ? ["", ...commands] : []),
  ].join("\n");
}

function headline({ id, state, live }: RunFacts, options: StatusOptions): string[] {
  const time = (iso: string) => formatTime(iso, timeOptions(options));
  const { started } = state;
  const over = state.endedAt ?? (live ? undefined : state.lastAt);
  // A belay that was killed said nothing; its last record came before.
  const gone = !state.message && (state.status === "interrupted" || state.status === "running");
  return [
    `run ${id}`,
    ...(started
      ? [
          printable(started.runbook.title),
          `started ${time(started.at)} by ${printable(started.operator.user)} on ${printable(started.operator.host)}`,
        ]
      : ["it never began"]),
    `${statusWords(state.status, live)}${over ? `${gone ? " after" : ""} ${time(over)}` : ""}`,
    ...(state.turns > 1 ? [`turn ${state.turns}`] : []),
  ];
}

function timeOptions({ now, zone }: StatusOptions) {
  return { now: now ?? Date.now(), ...(zone === undefined ? {} : { zone }) };
}

function stepList(
  runbook: Runbook | undefined,
  { state, live }: RunFacts,
  options: StatusOptions,
  paint: Style,
): string[] {
  const steps = stepsOf(runbook, state);
  const columns = stepColumns(steps, 7, options.width);
  let number = 0;
  let section: string | undefined;
  return steps.flatMap(({ id, title, step }) => {
    const known = state.steps.get(id);
    const status = statusOf(known, live);
    const heading =
      step && step.section !== section && step.section !== "steps"
        ? [paint.dim(step.section)]
        : step && step.section === "steps" && section !== "steps"
          ? [paint.dim("steps")]
          : [];
    section = step?.section;
    const label = step?.section === "preflight" ? "    " : String(++number).padStart(4);
    const details = stepDetails(known, status, step?.expectedDurationMs, options, paint);
    return [
      ...heading,
      ...stepRow({ lead: `${label} ${statusSymbol(status, paint)} `, id, title, details }, columns, paint.bold),
    ];
  });
}

function stepDetails(
  known: StepState | undefined,
  status: StepState["status"],
  expectedMs: number | undefined,
  options: StatusOptions,
  paint: Style,
): Detail[] {
  if (!known || status === "pending") return [];
  const details: Detail[] = [];
  const message = known.message ? printable(known.message) : "";
  const tries = known.tries > 1 ? `, attempt ${known.tries}` : "";
  const time = known.durationMs === undefined ? "" : formatDuration(known.durationMs);
  const slow = known.durationMs === undefined ? "" : againstExpected(known.durationMs, expectedMs, false);
  switch (status) {
    case "running": {
      const elapsed = Math.max(0, (options.now ?? Date.now()) - Date.parse(known.startedAt ?? ""));
      const compared = againstExpected(elapsed, expectedMs, true);
      details.push({ text: `running for ${formatDuration(elapsed)}${tries}`, paint: paint.cyan });
      if (compared !== "") details.push({ text: compared });
      break;
    }
    case "in-doubt":
      details.push({
        text: `IN DOUBT: ${message === "" ? "it was running when belay stopped; what it did is not known" : message}`,
        paint: paint.yellow,
      });
      break;
    case "failed":
      details.push(
        { text: `failed${time === "" ? "" : ` after ${time}`}${tries}`, paint: paint.alarm },
        ...printableLines(known.message ?? "").map((text) => ({ text })),
      );
      break;
    case "done":
      details.push({ text: [time, slow].filter((part) => part !== "").join(" · ") || "done" });
      break;
    case "already-done":
      details.push({ text: message === "" ? "done already" : `done already: ${message}` });
      break;
    case "skipped":
      details.push({ text: message === "" ? "skipped" : `skipped: ${message}`, paint: paint.dim });
      break;
    case "done-by-hand":
      details.push({ text: `done by hand${known.by ? `, says ${printable(known.by)}` : ""}` });
  }
  for (const line of (known.details ?? []).flatMap(printableLines)) details.push({ text: line });
  if (known.why) details.push({ text: `why: ${printable(known.why)}` });
  if (known.evidence) details.push({ text: `seen: ${printable(known.evidence)}` });
  return details;
}

/** All runs, newest first. */
export function renderRuns(runs: readonly RunFacts[], options: StatusOptions): string {
  const paint = style(options.color);
  const newest = [...runs].sort((a, b) => ((a.state.started?.at ?? "") < (b.state.started?.at ?? "") ? 1 : -1));
  const rows = newest.map(({ id, state, live }) => {
    const { started } = state;
    const words = statusWords(state.status, live);
    const colored =
      state.status === "done"
        ? paint.green(words)
        : state.status === "abandoned"
          ? paint.dim(words)
          : paint.yellow(words);
    return {
      cells: [
        id,
        colored,
        started ? formatTime(started.at, timeOptions(options)) : "",
        started ? printable(started.operator.user) : "",
      ],
      title: started ? printable(started.runbook.title) : "it never began",
    };
  });
  const widths = [0, 1, 2, 3].map((at) => Math.max(...rows.map(({ cells }) => displayWidth(cells[at] ?? ""))));
  return rows
    .flatMap(({ cells, title }) =>
      hang(`${cells.map((cell, at) => pad(cell, widths[at] ?? 0)).join("  ")}  `, title, Math.max(options.width, 60)),
    )
    .join("\n");
}
