import { formatDuration } from "../../action/duration.ts";
import type { JsonObject } from "../../schema/json.ts";
import { count } from "../layout.ts";
import { printable } from "../printable.ts";
import { inline } from "../written-value.ts";
import type { Block, Cell } from "./block.ts";
import type { Report, ReportNote } from "./model.ts";
import { noteWords } from "./note-words.ts";
import type { ReportClock } from "./report-time.ts";

type Facts = [string, Cell[]][];

const plain = (text: string): Cell => ({ text });
const code = (text: string): Cell => ({ text, code: true });

/** What a run was, who did it, when, with what, and against what. */
export function aboutBlocks(report: Report, clock: ReportClock): Block[] {
  return [
    { kind: "facts", rows: summary(report, clock) },
    { kind: "heading", text: "Who and when" },
    turnTable(report, clock),
    ...pauseTable(report, clock),
    ...notes("Processes that outlived their turn", report.orphans, clock),
    ...notes("Undoing, going back and giving up", report.returns, clock),
    ...notes("Other texts of the runbook that the run was taken over to", report.adopted, clock),
    ...connectionBlocks(report),
    ...values("Inputs", report.inputs, "The runbook was given no inputs."),
    ...(report.outputs ? values("Outputs", report.outputs, "") : []),
    ...left(report),
  ];
}

function summary(report: Report, clock: ReportClock): Facts {
  const { runbook, startedAt, endedAt, lastAt, durationMs, workedMs, recoveryPoint, turns } = report;
  const people = [...new Set(turns.map(({ operator }) => `${operator.user} on ${operator.host}`))];
  const rows: Facts = [
    ["run", [code(report.run), ...(report.drill ? [{ text: "DRILL", tone: "alarm" } as const] : [])]],
  ];
  if (runbook)
    rows.push(
      ["runbook", [plain(`${runbook.name} ${runbook.version}`), code(runbook.file)]],
      ["text", [code(`SHA-256 ${runbook.digest}`)]],
      ...runbook.included.map((one): Facts[number] => [
        "includes",
        [plain(one.name), code(one.file), code(`SHA-256 ${one.digest}`)],
      ]),
    );
  rows.push(["by", [plain(people.join(", ") || "nobody: it never began")]]);
  if (startedAt) rows.push(["started", [plain(clock.whole(startedAt))]]);
  if (endedAt) rows.push(["ended", [plain(clock.whole(endedAt))]]);
  else if (lastAt) rows.push(["last record", [plain(clock.whole(lastAt))]]);
  const worked = workedMs < durationMs * 0.98 ? `, of which belay worked ${formatDuration(workedMs)}` : "";
  rows.push(["took", [plain(`${formatDuration(durationMs)}${worked}`)]]);
  for (const deadline of report.deadlines) rows.push(["deadline", deadlineCells(deadline, clock)]);
  if (recoveryPoint)
    rows.push([
      "recovery point",
      [
        plain(
          `${clock.whole(recoveryPoint.at)}; it was ${formatDuration(recoveryPoint.ageMs)} old when step ${recoveryPoint.step} was agreed to, the first change that somebody agreed to`,
        ),
      ],
    ]);
  const { target } = report;
  // Steps without a connection work where their turn is.
  const elsewhere = [...new Set(turns.map(({ operator }) => operator.host))].filter((host) => host !== target?.host);
  if (target)
    rows.push([
      "worked on",
      [
        plain(`host ${target.host}`),
        ...(target.machine ? [code(target.machine)] : []),
        ...elsewhere.map((host) => plain(`host ${host}`)),
      ],
    ]);
  if (report.cwd) rows.push(["folder", [code(report.cwd)]]);
  rows.push(["record", [recordCell(report)]]);
  return rows;
}

function recordCell({ chain }: Report): Cell {
  return chain.verified
    ? { text: `${count(chain.records, "record")}, each as it was written`, tone: "good" }
    : { text: "NOT AS IT WAS WRITTEN: see the end of this report", tone: "alarm" };
}

function deadlineCells(deadline: Report["deadlines"][number], clock: ReportClock): Cell[] {
  const { name, elapsedMs, withinMs, stand, limitAt, startedAt } = deadline;
  const words = {
    kept: `kept: ${formatDuration(elapsedMs)} of ${formatDuration(withinMs)}`,
    over: `OVER: ${formatDuration(elapsedMs)} of ${formatDuration(withinMs)}`,
    running: `${formatDuration(elapsedMs)} of ${formatDuration(withinMs)} are over; it ends at ${clock.whole(limitAt)}`,
  }[stand];
  return [
    { text: `${name} ${words}`, tone: stand === "over" ? "alarm" : stand === "kept" ? "good" : "plain" },
    plain(`from ${clock.whole(startedAt)}`),
    ...deadline.decisions.map(({ event }): Cell => {
      const { text, more } = noteWords(event, clock);
      return { text: [text, ...more].join("; "), tone: "person" };
    }),
  ];
}

function turnTable({ turns }: Report, clock: ReportClock): Block {
  return {
    kind: "table",
    head: ["turn", "who", "from", "to", "belay, node", "notes"],
    rows: turns.map(({ at, endedAt, operator, program, tookOver, differs }, index) => [
      plain(`${index + 1}`),
      plain(`${operator.user} on ${operator.host} (process ${operator.pid})`),
      plain(clock.whole(at)),
      plain(clock.whole(endedAt)),
      plain(`${program.belay}, ${program.node}`),
      {
        text: [
          ...(tookOver ? [`took over from ${tookOver}`] : []),
          ...(differs ?? []).map((one) => `not as in the turn before: ${one}`),
        ].join("; "),
      },
    ]),
  };
}

function pauseTable({ pauses }: Report, clock: ReportClock): Block[] {
  if (pauses.length === 0) return [];
  return [
    {
      kind: "table",
      head: ["paused", "for", "why"],
      rows: pauses.map(({ at, resumedAt, reason, message }) => [
        plain(clock.whole(at)),
        plain(resumedAt === undefined ? "not resumed" : formatDuration(Date.parse(resumedAt) - Date.parse(at))),
        { text: reason === "gone" ? message : `${reason}: ${message}`, tone: reason === "gone" ? "alarm" : "plain" },
      ]),
    },
  ];
}

function notes(heading: string, all: readonly ReportNote[], clock: ReportClock): Block[] {
  if (all.length === 0) return [];
  return [
    {
      kind: "table",
      head: ["when", heading.toLowerCase()],
      rows: all.map(({ at, event }) => {
        const { text, more } = noteWords(event, clock);
        return [plain(clock.whole(at)), { text: [text, ...more].join("; ") }];
      }),
    },
  ];
}

function connectionBlocks({ connections }: Report): Block[] {
  if (connections.length === 0) return [];
  return [
    { kind: "heading", text: "Connections, as the systems said themselves" },
    {
      kind: "table",
      head: ["name", "kind", "system", "what tells it from any other"],
      rows: connections.map(({ name, kind, summary: said, facts }) => [
        code(name),
        plain(kind),
        plain(said),
        code(
          Object.entries(facts as JsonObject)
            .map(([key, value]) => `${key}: ${inline(value)}`)
            .join("; "),
        ),
      ]),
    },
  ];
}

function values(heading: string, all: JsonObject, none: string): Block[] {
  const rows = Object.entries(all);
  if (rows.length === 0)
    return none === ""
      ? []
      : [
          { kind: "heading", text: heading },
          { kind: "paragraph", text: none, tone: "quiet" },
        ];
  return [
    { kind: "heading", text: heading },
    { kind: "facts", rows: rows.map(([name, value]) => [name, [code(shortened(inline(value)))]]) },
  ];
}

const longestValue = 2000;
const shortened = (text: string) =>
  text.length > longestValue ? `${text.slice(0, longestValue)}… (${text.length} characters)` : text;

const mostLeft = 50;

function left({ left: all, status }: Report): Block[] {
  if (all.length === 0) return [];
  const shown = all.slice(0, mostLeft).map(printable);
  const more = all.length > mostLeft ? [`${all.length - mostLeft} more`] : [];
  return [
    { kind: "heading", text: "What is left" },
    {
      kind: "paragraph",
      text: `${status === "undone" ? "These changes could not be undone, or were left on purpose" : "The run is not done, and these steps changed something (or may have)"}: ${[...shown, ...more].join(", ")}.`,
      tone: "alarm",
    },
  ];
}
