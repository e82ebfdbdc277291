import type { RunState, RunStatus, StepState, StepStatus } from "../event/run-state.ts";
import { hasUndoable } from "../execute/undoable.ts";
import { effectOf } from "../runbook/effect.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { findNode } from "../runbook/walk.ts";
import { count } from "./layout.ts";
import { approveCommand, shellWord } from "./safety-lines.ts";
import { isOpen, leavesOf, statusOf, stepTree } from "./step-tree.ts";

/** A run as `status` and the end of a turn see it. */
export interface RunFacts {
  readonly id: string;
  readonly state: RunState;
  /** A process works on it now. */
  readonly live: boolean;
}

const finishedWell: readonly StepStatus[] = ["done", "already-done", "done-by-hand"];

/** `done 7 · in doubt 1 · to do 6`. Groups are no steps, and are not counted. */
export function tallyOf(runbook: Runbook | undefined, { state, live }: RunFacts): string {
  const tree = stepTree(runbook, state, live);
  const statuses = [...leavesOf(tree)].map(({ status }) => status);
  const more = isOpen(tree) ? " or more" : "";
  return [
    `done ${amountOf(statuses, ...finishedWell)}`,
    ...otherAmounts(statuses).map(([name, many]) => `${name} ${many}${name === "to do" ? more : ""}`),
  ].join(" · ");
}

/** `9 of 12 · 1 failed · 2 to do`: of a group's steps, or of the instances of what is repeated. */
export function groupTally(statuses: readonly StepStatus[]): string {
  const done = `${amountOf(statuses, ...finishedWell)} of ${statuses.length}`;
  return [done, ...otherAmounts(statuses).map(([name, many]) => `${many} ${name}`)].join(" · ");
}

function amountOf(statuses: readonly StepStatus[], ...wanted: readonly StepStatus[]): number {
  return statuses.filter((one) => wanted.includes(one)).length;
}

function otherAmounts(statuses: readonly StepStatus[]): [string, number][] {
  const all: [string, number][] = [
    ["skipped", amountOf(statuses, "skipped")],
    ["running", amountOf(statuses, "running")],
    ["failed", amountOf(statuses, "failed")],
    ["in doubt", amountOf(statuses, "in-doubt")],
    ["undone", amountOf(statuses, "undone")],
    ["to do", amountOf(statuses, "pending")],
  ];
  return all.filter(([, many]) => many > 0);
}

/** `finished 6 changes`. What was found done already is no change of this run; what failed may still have changed something. */
export function changesMade(runbook: Runbook | undefined, state: RunState): string {
  const made = [...state.steps.values()].filter((known) => {
    if (known.status !== "done" || known.group) return false;
    const node = runbook && findNode(runbook, known.id)?.node;
    const effect =
      known.effect ?? (node?.kind === "step" ? effectOf(node.action, node.reads, known.input ?? node.written) : "read");
    return effect === "change";
  });
  return `finished ${made.length === 0 ? "no change" : count(made.length, "change")}`;
}

/** The steps for whose approval a run waits. */
export function waitingApprovals(state: RunState): StepState[] {
  return [...state.steps.values()].filter((step) => step.approval?.state === "waiting" && step.status !== "skipped");
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
    refused: "refused",
    rewound: "taken back to a step",
    done: "done",
    abandoned: "given up",
    undone: "undone",
  };
  return words[status];
}

/** The step at which a run stopped, so that its log can be offered. */
export function stoppedAt(state: RunState, live: boolean): string | undefined {
  const steps = [...state.steps.values()].filter((step) => step.group === undefined);
  const bad = (step: StepState) => ["in-doubt", "failed"].includes(statusOf(step, live));
  return (steps.findLast(bad) ?? steps.findLast((step) => step.status === "running"))?.id;
}

/** The commands that make sense now; none for a run that is over. */
export function nextCommands({ id, state, live }: RunFacts): string[] {
  const at = stoppedAt(state, live);
  const logs = `belay logs ${id}${at ? ` ${shellWord(at)}` : ""}`;
  if (["done", "abandoned", "undone"].includes(state.status)) return [];
  const approvals = waitingApprovals(state).map((step) => approveCommand(id, step.id));
  if (live) return [...approvals, logs];
  const undo = hasUndoable(state) && !state.undo ? [`belay undo ${id}`] : [];
  return [...approvals, `belay resume ${id}`, ...undo, logs, `belay abandon ${id} --why …`];
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
