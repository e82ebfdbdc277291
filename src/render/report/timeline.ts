import type { StepStatus } from "../../event/run-state.ts";
import { foldSteps, type Unit } from "./fold-alike.ts";
import type { Report, ReportStep } from "./model.ts";
import { statusWord } from "./step-words.ts";

/** What is drawn of a step in the time line. Times are milliseconds since the epoch. */
export interface TimelineRow {
  readonly label: string;
  /** What is shown where somebody points at it. */
  readonly about: string;
  readonly depth: number;
  readonly branchOf?: string;
  readonly kind: "step" | "group" | "deadline" | "many";
  readonly bars: readonly { readonly from: number; readonly to: number; readonly state: string }[];
  readonly marks: readonly {
    readonly at: number;
    readonly mark: "agreed" | "approved" | "doubt" | "decided" | "limit" | "instant" | "skipped";
  }[];
}

export interface Timeline {
  readonly turns: readonly { readonly from: number; readonly to: number; readonly label: string }[];
  readonly rows: readonly TimelineRow[];
  /** Rows of steps that there was no room for. */
  readonly hidden: number;
}

const mostRows = 60;
const time = (iso: string) => Date.parse(iso);

/** The picture of a run, as data: bounded, however long the run was. */
export function timelineOf(report: Report): Timeline {
  const turns = report.turns.map((turn, index) => ({
    from: time(turn.at),
    to: Math.max(time(turn.endedAt), time(turn.at)),
    label: `turn ${index + 1} · ${turn.operator.user}@${turn.operator.host}`,
  }));
  const ends = turns.map(({ to }) => to);
  const endOf = (from: number) => ends.find((to) => to >= from) ?? from;
  const deadlines = report.deadlines.map((one): TimelineRow => {
    const to = time(one.endedAt ?? report.endedAt ?? report.lastAt ?? one.limitAt);
    const limit = time(one.limitAt);
    return {
      label: `◷ ${one.name}`,
      about: `deadline ${one.name}: ${one.stand}`,
      depth: 0,
      kind: "deadline",
      bars: [
        { from: time(one.startedAt), to: Math.max(Math.min(to, limit), time(one.startedAt)), state: "kept" },
        ...(to > limit ? [{ from: limit, to, state: "over" }] : []),
      ],
      marks: [{ at: limit, mark: "limit" }],
    };
  });
  let units = foldSteps(report.steps.filter(({ startedAt }) => startedAt !== undefined));
  if (units.length > mostRows) units = byTopStep(report.steps.filter(({ startedAt }) => startedAt !== undefined));
  const shown = units.slice(0, mostRows);
  return {
    turns,
    rows: [...deadlines, ...shown.map((unit) => rowOf(unit, endOf))],
    hidden: units.length - shown.length,
  };
}

/** One row for each step or group at the top of the runbook. */
function byTopStep(steps: readonly ReportStep[]): Unit<ReportStep>[] {
  const groups = new Map<string, ReportStep[]>();
  for (const step of steps) {
    const owner = step.address.split(/[[/]/)[0] ?? step.address;
    const known = groups.get(owner);
    if (known) known.push(step);
    else groups.set(owner, [step]);
  }
  return [...groups].map(([pattern, all]) =>
    all.length === 1 && all[0] ? { many: false, one: all[0] } : { many: true, pattern, all },
  );
}

function rowOf(unit: Unit<ReportStep>, endOf: (from: number) => number): TimelineRow {
  if (!unit.many) return rowOfOne(unit.one, endOf);
  const { all, pattern } = unit;
  const leaves = all.filter(({ kind }) => kind === "step");
  const starts = all.map(({ startedAt }) => time(startedAt ?? ""));
  const to = all.map(({ endedAt, startedAt }) => time(endedAt ?? startedAt ?? ""));
  const [first = 0] = [...starts].sort((a, b) => a - b);
  const worst = (["failed", "in-doubt", "running", "undone", "done-by-hand", "done"] as const).find((state) =>
    all.some(({ status }) => status === state),
  );
  const many = leaves.length || all.length;
  return {
    label: `${many} × ${pattern}`,
    about: `${many} steps of ${pattern}`,
    depth: 0,
    kind: "many",
    bars: [{ from: first, to: to.reduce((a, b) => Math.max(a, b), first), state: worst ?? "already-done" }],
    marks: [],
  };
}

function rowOfOne(step: ReportStep, endOf: (from: number) => number): TimelineRow {
  const from = time(step.startedAt ?? "");
  const to = step.endedAt === undefined ? endOf(from) : time(step.endedAt);
  const bars =
    step.kind === "group"
      ? [{ from, to, state: "group" }]
      : step.attempts.flatMap(({ startedAt, endedAt, state }) =>
          startedAt === undefined
            ? []
            : [{ from: time(startedAt), to: endedAt === undefined ? endOf(time(startedAt)) : time(endedAt), state }],
        );
  const marks = step.notes.flatMap(({ at, event }): TimelineRow["marks"] => {
    switch (event.type) {
      case "confirmed":
        return [{ at: time(at), mark: "agreed" }];
      case "approved":
        return [{ at: time(event.decidedAt), mark: "approved" }];
      case "step-in-doubt":
      case "step-interrupted":
        return [{ at: time(at), mark: "doubt" }];
      case "decided":
        return event.by === undefined ? [] : [{ at: time(at), mark: "decided" }];
      default:
        return [];
    }
  });
  return {
    label: `${step.address}${step.round > 1 ? ` (round ${step.round})` : ""}`,
    about: `${step.address}${step.title === "" ? "" : `: ${step.title}`}: ${statusWord[step.status as StepStatus]}`,
    depth: step.depth,
    ...(step.branchOf === undefined ? {} : { branchOf: step.branchOf }),
    kind: step.kind,
    bars,
    marks:
      bars.length === 0 ? [...marks, { at: from, mark: step.status === "skipped" ? "skipped" : "instant" }] : marks,
  };
}
