import type { RunState } from "../../event/run-state.ts";
import type { Plan } from "../../plan/plan.ts";
import { deadlineClocks } from "../../runbook/deadline-clock.ts";
import type { Runbook } from "../../runbook/runbook.ts";
import { collectSteps } from "./collect-steps.ts";
import { comparePlan } from "./compare-plan.ts";
import type {
  Report,
  ReportChain,
  ReportDeadline,
  ReportNote,
  ReportPause,
  ReportRecord,
  ReportStep,
} from "./model.ts";
import { resultOf } from "./result.ts";

/** What a report is made from. */
export interface ReportSource {
  readonly run: string;
  readonly records: readonly ReportRecord[];
  /** The fold of the records. */
  readonly state: RunState;
  /** A process works on it now. */
  readonly live: boolean;
  /** The text that the run goes by; absent where it can't be read any more. */
  readonly runbook?: Runbook | undefined;
  /** The plan that was agreed to, as it was kept. */
  readonly plan?: Plan | undefined;
  /** Its file is not as it was when it was agreed to. */
  readonly planChanged?: boolean;
  readonly chain: ReportChain;
  readonly files: Report["files"];
  readonly belay: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** IANA name. */
  readonly zone: string;
}

/** Everything that is known of a run, as data. */
export function buildReport(source: ReportSource): Report {
  const { records, state, runbook, now } = source;
  const { started } = state;
  const steps = collectSteps(records, runbook).map((step) => trueNow(step, source.live));
  const over = state.endedAt !== undefined;
  const startedAt = started?.at ?? records[0]?.at;
  const lastAt = records.at(-1)?.at;
  const until = Date.parse(state.endedAt ?? (source.live ? new Date(now).toISOString() : (lastAt ?? "")));
  const pauses = pausesOf(records);
  const turns = turnsOf(state, pauses, new Date(until || now).toISOString());
  const counts = countsOf(steps);
  const left = leftOf(state, steps);
  const text = state.runbook;
  const recoveryPoint = recoveryPointOf(records);
  const plan = planOf(source, steps, over);
  return {
    kind: "belay-report",
    format: 1,
    madeAt: new Date(now).toISOString(),
    madeBy: { belay: source.belay },
    zone: source.zone,
    run: source.run,
    title: started?.runbook.title ?? runbook?.title ?? "",
    drill: started?.drill === true,
    status: state.status,
    ...resultOf({ state, steps, counts, left, live: source.live }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(state.endedAt === undefined ? {} : { endedAt: state.endedAt }),
    ...(lastAt === undefined ? {} : { lastAt }),
    durationMs: startedAt === undefined ? 0 : Math.max(0, until - Date.parse(startedAt)),
    workedMs: turns.reduce((sum, turn) => sum + Math.max(0, Date.parse(turn.endedAt) - Date.parse(turn.at)), 0),
    ...(started ? { cwd: started.cwd } : {}),
    ...(started?.target ? { target: started.target } : {}),
    ...(state.environment === undefined ? {} : { environment: state.environment }),
    turns,
    pauses,
    ...(started && text
      ? {
          runbook: {
            name: started.runbook.name,
            version: text.version,
            file: text.file,
            digest: text.digest,
            ...(runbook?.description ? { description: runbook.description } : {}),
            included: state.included.map(({ name, file, digest }) => ({ name, file, digest })),
          },
        }
      : {}),
    adopted: notesOf(records, "adopted"),
    inputs: state.inputs,
    ...(state.outputs ? { outputs: state.outputs } : {}),
    connections: [...state.connections].map(([name, { kind, summary, facts }]) => ({
      name,
      kind,
      summary,
      facts: facts as Report["inputs"],
    })),
    deadlines: deadlinesOf(source),
    ...(recoveryPoint ? { recoveryPoint } : {}),
    ...(plan ? { plan } : {}),
    counts,
    steps,
    orphans: notesOf(records, "orphans"),
    returns: returnsOf(records),
    left,
    chain: source.chain,
    files: source.files,
  };
}

/** A change that "runs" while nobody runs it is in doubt; a look is just to do. */
function trueNow(step: ReportStep, live: boolean): ReportStep {
  if (live || step.status !== "running") return step;
  return { ...step, status: step.kind === "step" && step.effect === "change" ? "in-doubt" : "pending" };
}

function notesOf(records: readonly ReportRecord[], type: string): ReportNote[] {
  return records.filter(({ event }) => event.type === type).map(({ seq, at, event }) => ({ seq, at, event }));
}

/** Undoing, going back, and giving up: a run that was given up may be undone later. */
function returnsOf(records: readonly ReportRecord[]): ReportNote[] {
  const givenUp = notesOf(records, "run-finished").filter(
    ({ event }) => event.type === "run-finished" && event.state === "abandoned",
  );
  return [...notesOf(records, "undo-begun"), ...notesOf(records, "rewound"), ...givenUp].sort((a, b) => a.seq - b.seq);
}

function pausesOf(records: readonly ReportRecord[]): ReportPause[] {
  const pauses: { -readonly [K in keyof ReportPause]: ReportPause[K] }[] = [];
  let open = false;
  let lastAt = "";
  for (const { at, event } of records) {
    if (event.type === "run-paused") {
      const { reason, message, step } = event;
      pauses.push({ at, reason, message, ...(step === undefined ? {} : { step }) });
      open = true;
    } else if (event.type === "run-finished") open = true;
    else if (event.type === "run-resumed") {
      if (!open)
        pauses.push({ at: lastAt, reason: "gone", message: "belay or its machine stopped, and nothing was said" });
      const last = pauses.at(-1);
      if (last && last.resumedAt === undefined) last.resumedAt = at;
      open = false;
    }
    lastAt = at;
  }
  return pauses;
}

function turnsOf(state: RunState, pauses: readonly ReportPause[], until: string): Report["turns"] {
  return state.turnList.map((turn, index) => {
    const next = state.turnList[index + 1]?.at;
    const pause = pauses.find(({ at }) => at >= turn.at && (next === undefined || at <= next));
    return { ...turn, endedAt: turn.endedAt ?? pause?.at ?? next ?? until };
  });
}

function countsOf(steps: readonly ReportStep[]): Report["counts"] {
  const leaves = steps.filter(({ kind }) => kind === "step");
  const many = (wanted: (step: ReportStep) => boolean) => leaves.filter(wanted).length;
  return {
    steps: leaves.length,
    changes: many(({ status, effect }) => effect === "change" && status === "done"),
    alreadyDone: many(({ status }) => status === "already-done"),
    skipped: many(({ status }) => status === "skipped"),
    failed: many(({ status }) => status === "failed"),
    inDoubt: many(({ status }) => status === "in-doubt"),
    byHand: many(({ status }) => status === "done-by-hand"),
    undone: many(({ status }) => status === "undone"),
  };
}

/** A run that was not done leaves what it changed. */
function leftOf(state: RunState, steps: readonly ReportStep[]): string[] {
  if (state.status === "done") return [];
  if (state.status === "undone") return [...(state.left ?? [])];
  const standing = steps.filter(
    ({ kind, effect, status }) =>
      kind === "step" && effect === "change" && (status === "done" || status === "failed" || status === "in-doubt"),
  );
  return standing.map(({ address }) => address);
}

function recoveryPointOf(records: readonly ReportRecord[]): Report["recoveryPoint"] {
  for (const { at, event } of records) {
    if (event.type === "confirmed" && event.recoveryPoint !== undefined) {
      const ageMs = Date.parse(at) - Date.parse(event.recoveryPoint);
      return { at: event.recoveryPoint, confirmedAt: at, step: event.step, ageMs };
    }
  }
  return undefined;
}

function planOf(
  { state, plan, planChanged }: ReportSource,
  steps: readonly ReportStep[],
  over: boolean,
): Report["plan"] {
  const digest = state.started?.plan;
  if (digest === undefined) return undefined;
  if (plan === undefined) return { digest };
  if (plan.digest !== digest) return { digest, changed: true };
  const changed = planChanged ? ({ changed: true } as const) : {};
  return { digest, ...changed, madeAt: plan.madeAt, rows: comparePlan(plan, steps, over) };
}

function deadlinesOf({ state, runbook, records, now }: ReportSource): ReportDeadline[] {
  const decided = records.filter(({ event }) => event.type === "deadline-decided");
  const clocks = runbook ? deadlineClocks(runbook, state, now) : [];
  const names = new Set([...clocks.map(({ name }) => name), ...state.deadlines.keys()]);
  return [...names].flatMap((name) => {
    const clock = clocks.find((one) => one.name === name);
    const said = state.deadlines.get(name);
    const base = clock ?? said;
    if (!base) return [];
    const { startedAt, limitAt } = base;
    const withinMs = Date.parse(limitAt) - Date.parse(startedAt);
    const endedAt = clock?.endedAt ?? state.doneAt ?? state.endedAt;
    const elapsedMs = (endedAt === undefined ? now : Date.parse(endedAt)) - Date.parse(startedAt);
    const stand = elapsedMs > withinMs ? "over" : endedAt === undefined ? "running" : "kept";
    const decisions = decided
      .filter(({ event }) => event.type === "deadline-decided" && event.deadline === name)
      .map(({ seq, at, event }) => ({ seq, at, event }));
    return [
      {
        name,
        startedAt,
        limitAt,
        ...(endedAt === undefined ? {} : { endedAt }),
        elapsedMs,
        withinMs,
        stand,
        ...(said?.warnedAt === undefined ? {} : { warnedAt: said.warnedAt }),
        ...(said?.passedAt === undefined ? {} : { passedAt: said.passedAt }),
        decisions,
      } as const,
    ];
  });
}
