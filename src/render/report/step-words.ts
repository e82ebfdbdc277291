import { formatDuration } from "../../action/duration.ts";
import type { StepStatus } from "../../event/run-state.ts";
import type { PlannedState } from "../../plan/plan.ts";
import { againstExpected } from "../amounts.ts";
import { count } from "../layout.ts";
import { printable } from "../printable.ts";
import type { ReportAttempt, ReportPlanRow, ReportStep } from "./model.ts";

export const statusWord: { readonly [S in StepStatus]: string } = {
  pending: "not run",
  running: "running",
  done: "done",
  "already-done": "found done",
  skipped: "skipped",
  failed: "failed",
  "in-doubt": "in doubt",
  "done-by-hand": "done by hand",
  undone: "undone",
};

const plannedWord: { readonly [state: string]: string } = {
  looked: "looked, and holds",
  "would-fail": "would fail",
  looks: "looks",
  waits: "waits",
  done: "done already",
  change: "changes",
  unforeseeable: "can't be foreseen",
  "by-hand": "by hand",
  skipped: "skipped",
  finished: "finished before",
  "in-doubt": "in doubt",
};

export function plannedWords(state: PlannedState | undefined): string {
  return state === undefined ? "not planned" : (plannedWord[state] ?? state);
}

/** `done after 3 s`, `failed after 2 min · attempt 3`, `done by hand, says ana`. */
export function endWords(step: ReportStep): string {
  const { status, durationMs, by, expectedMs } = step;
  const attempts = step.attempts.filter(({ begunSeq }) => begunSeq !== undefined).length;
  const took =
    durationMs === undefined || status === "skipped" || status === "already-done" ? "" : formatDuration(durationMs);
  const parts = [
    took === "" ? statusWord[status] : `${statusWord[status]} after ${took}`,
    ...(attempts > 1 ? [step.section === "preflight" ? `looked ${attempts} times` : count(attempts, "attempt")] : []),
    ...(took === "" ? [] : [againstExpected(durationMs ?? 0, expectedMs, false)]),
    ...(step.instances === undefined ? [] : [count(step.instances, "instance")]),
  ];
  const who = status === "done-by-hand" && by !== undefined ? `, says ${printable(by)}` : "";
  return `${parts.filter((part) => part !== "").join(" · ")}${who}`;
}

export function attemptWords({ state, durationMs, turn }: ReportAttempt): string {
  const took = durationMs === undefined ? "" : ` after ${formatDuration(durationMs)}`;
  return `${state === "running" ? "its end is not recorded" : `${statusWord[state]}${took}`}${turn === undefined ? "" : `, turn ${turn}`}`;
}

/** `done`, `3 done, 1 failed`, `not run`; with the time that it took. */
export function happenedWords({ happened, durationMs, expectedMs }: ReportPlanRow): string {
  const [only] = happened;
  if (only === undefined) return statusWord.pending;
  const many = happened.length > 1 || only.count > 1;
  const what = happened.map(({ status, count: amount }) =>
    many ? `${amount} ${statusWord[status]}` : statusWord[status],
  );
  if (durationMs === undefined || only.status === "skipped") return what.join(", ");
  const slow = againstExpected(durationMs, expectedMs, false);
  return `${what.join(", ")} in ${many ? "at most " : ""}${formatDuration(durationMs)}${slow === "" ? "" : `, ${slow}`}`;
}
