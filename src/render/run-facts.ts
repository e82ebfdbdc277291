import type { RunState, RunStatus, StepState, StepStatus } from "../event/run-state.ts";
import { effectOf } from "../runbook/effect.ts";
import { allSteps, type Runbook, type Step } from "../runbook/runbook.ts";
import { count } from "./layout.ts";
import { printable } from "./printable.ts";

/** A run as `status` and the end of a turn see it. */
export interface RunFacts {
  readonly id: string;
  readonly state: RunState;
  /** A process works on it now. */
  readonly live: boolean;
}

/** A step's status as it is true now: a change that "runs" while nobody runs it is in doubt; a look or a question is just to do. */
export function statusOf(step: StepState | undefined, live: boolean): StepStatus {
  if (!step) return "pending";
  if (step.status !== "running" || live) return step.status;
  return step.effect === "change" ? "in-doubt" : "pending";
}

/** Ids and titles in the order of the runbook; without it, as far as the journal knows. */
export function stepsOf(
  runbook: Runbook | undefined,
  state: RunState,
): { readonly id: string; readonly title: string; readonly step?: Step }[] {
  if (!runbook) return [...state.steps.keys()].map((id) => ({ id, title: "" }));
  return allSteps(runbook).map((step) => ({
    id: step.id,
    title: step.plainTitle === step.id ? "" : printable(step.plainTitle),
    step,
  }));
}

/** `done 7 · in doubt 1 · to do 6`. */
export function tallyOf(runbook: Runbook | undefined, { state, live }: RunFacts): string {
  const statuses = stepsOf(runbook, state).map(({ id }) => statusOf(state.steps.get(id), live));
  const amount = (...wanted: StepStatus[]) => statuses.filter((one) => wanted.includes(one)).length;
  const parts: [string, number][] = [
    ["done", amount("done", "already-done", "done-by-hand")],
    ["skipped", amount("skipped")],
    ["running", amount("running")],
    ["failed", amount("failed")],
    ["in doubt", amount("in-doubt")],
    ["to do", amount("pending")],
  ];
  return parts
    .filter(([name, many]) => many > 0 || name === "done")
    .map(([name, many]) => `${name} ${many}`)
    .join(" · ");
}

/** `finished 6 changes`. What was found done already is no change of this run; what failed may still have changed something. */
export function changesMade(runbook: Runbook | undefined, state: RunState): string {
  const steps = stepsOf(runbook, state);
  const made = steps.filter(({ id, step }) => {
    const known = state.steps.get(id);
    return (
      known?.status === "done" &&
      (step ? effectOf(step.action, step.reads, known.input ?? step.written) === "change" : false)
    );
  });
  return `finished ${made.length === 0 ? "no change" : count(made.length, "change")}`;
}

/** How a run stands, in words. */
export function statusWords(status: RunStatus, live: boolean): string {
  const words: { readonly [S in RunStatus]: string } = {
    running: live ? "running" : "interrupted",
    failed: "a step failed",
    "in-doubt": "a step is in doubt",
    waiting: "waits for a person",
    interrupted: "interrupted",
    stopped: "stopped",
    "disk-full": "stopped: the disk is full",
    done: "done",
    abandoned: "given up",
  };
  return words[status];
}

/** The step at which a run stopped, so that its log can be offered. */
export function stoppedAt(state: RunState, live: boolean): string | undefined {
  const steps = [...state.steps.values()];
  const bad = (step: StepState) => ["in-doubt", "failed"].includes(statusOf(step, live));
  return (steps.findLast(bad) ?? steps.findLast((step) => step.status === "running"))?.id;
}

/** The commands that make sense now; none for a run that is over. */
export function nextCommands({ id, state, live }: RunFacts): string[] {
  const at = stoppedAt(state, live);
  const logs = `belay logs ${id}${at ? ` ${at}` : ""}`;
  if (state.status === "done" || state.status === "abandoned") return [];
  if (live) return [logs];
  return [`belay resume ${id}`, logs, `belay abandon ${id} --why …`];
}

/** As many commands on a line as fit, each whole. */
export function nextLines(commands: readonly string[], width: number): string[] {
  const lead = "  next:  ";
  const joint = "   ·   ";
  const lines: string[] = [];
  for (const command of commands) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + joint.length + command.length <= width)
      lines[lines.length - 1] = last + joint + command;
    else lines.push((lines.length === 0 ? lead : " ".repeat(lead.length)) + command);
  }
  return lines;
}
