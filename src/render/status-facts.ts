import { formatDuration } from "../action/duration.ts";
import type { RunState } from "../event/run-state.ts";
import { type DeadlineClock, deadlineClocks } from "../runbook/deadline-clock.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { columnWidth, hang, pad } from "./layout.ts";
import { printable } from "./printable.ts";
import { isExpired, type RunFacts, waitingApprovals } from "./run-facts.ts";
import { approveCommand, people } from "./safety-lines.ts";
import type { Style } from "./style.ts";

type Time = (iso: string) => string;
/** A name, what is said of it, and whether it wants a person's eye. */
type Fact = readonly [name: string, text: string, loud?: boolean];

/** What is to be known of a run beside its steps: who worked at it, on what, against which clock, and who is waited for. */
export function statusFacts(
  runbook: Runbook | undefined,
  run: RunFacts,
  time: Time,
  now: number,
  width: number,
  paint: Style,
): string[] {
  const { state } = run;
  const blocks: readonly (readonly [string, readonly Fact[]])[] = [
    ["turns", turnFacts(state, time)],
    ["runbook", adoptedFacts(state, time)],
    ["connections", connectionFacts(state)],
    ["deadlines", deadlineFacts(runbook, run, time, now)],
    ["approvals", approvalFacts(run, time, now)],
  ];
  return blocks.flatMap(([title, facts]) => {
    if (facts.length === 0) return [];
    const names = columnWidth(
      facts.map(([name]) => name),
      24,
    );
    const lines = facts.flatMap(([name, text, loud]) =>
      hang(`  ${pad(name, names)}  `, text, width).map((line) => (loud ? paint.yellow(line) : line)),
    );
    return [paint.dim(title), ...lines];
  });
}

/** One turn by one person is said in the headline. */
function turnFacts({ turnList }: RunState, time: Time): Fact[] {
  if (turnList.length < 2) return [];
  return turnList.map(({ at, operator, program, tookOver, differs }, index) => {
    const facts = [
      time(at),
      `${printable(operator.user)} on ${printable(operator.host)}`,
      `belay ${printable(program.belay)}, node ${printable(program.node)}`,
      ...(tookOver ? [printable(tookOver)] : []),
      ...(differs && differs.length > 0 ? [`not as before: ${differs.map(printable).join("; ")}`] : []),
    ];
    return [String(index + 1), facts.join(" · ")];
  });
}

function adoptedFacts({ adopted }: RunState, time: Time): Fact[] {
  return adopted.map(({ at, by, why, runbook }) => [
    printable(runbook.version),
    `adopted ${time(at)} by ${printable(by)}${why ? `: ${printable(why)}` : ""}`,
  ]);
}

function connectionFacts({ connections }: RunState): Fact[] {
  return [...connections].map(([name, { summary }]) => [name, printable(summary)]);
}

function deadlineFacts(runbook: Runbook | undefined, { state }: RunFacts, time: Time, now: number): Fact[] {
  if (!runbook) return [];
  return deadlineClocks(runbook, state, now).map((clock) => {
    const decided = state.deadlines.get(clock.name)?.decision;
    const ending = clock.endedAt === undefined ? `, until ${time(clock.limitAt)}` : "";
    const late = clock.leftMs <= 0;
    const ruling = late && decided === "continue" ? "; it was decided to go on" : "";
    return [clock.name, `${clockWords(clock)}${late ? "" : ending}${ruling}`, late || isNear(clock, now)];
  });
}

function isNear({ warnAt, endedAt }: DeadlineClock, now: number): boolean {
  return endedAt === undefined && warnAt !== undefined && Date.parse(warnAt) <= now;
}

/** `12 min of 30 min, 18 min left`, `31 min of 30 min: OVER by 1 min`, `kept: 12 min of 30 min`. */
export function clockWords({ elapsedMs, leftMs, endedAt }: DeadlineClock): string {
  const words = `${formatDuration(elapsedMs)} of ${formatDuration(elapsedMs + leftMs)}`;
  if (leftMs <= 0) return `${words}: OVER by ${formatDuration(-leftMs)}`;
  return endedAt === undefined ? `${words}, ${formatDuration(leftMs)} left` : `kept: ${words}`;
}

function approvalFacts({ id, state }: RunFacts, time: Time, now: number): Fact[] {
  if (["done", "abandoned", "undone"].includes(state.status)) return [];
  return waitingApprovals(state).map((step) => {
    const { approvers = 1, by = [], until, message = "" } = step.approval ?? {};
    const have = by.length > 0 ? ` (${by.map((one) => printable(one.by)).join(", ")} approved)` : "";
    const limit = until === undefined ? "" : ` until ${time(until)}`;
    if (isExpired(step, now))
      return [step.id, `expired: not approved until ${time(until ?? "")}; asked anew by belay resume ${id}`, true];
    const asks = message === "" ? "" : ` · ${printable(message)}`;
    return [step.id, `waits for ${people(approvers)}${have}${limit}: ${approveCommand(id, step.id)}${asks}`, true];
  });
}
