import type { RunState, RunStatus, StepState, StepStatus } from "../event/run-state.ts";
import { hasUndoable } from "../execute/undoable.ts";
import { effectOf } from "../runbook/effect.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { findNode } from "../runbook/walk.ts";
import { count } from "./layout.ts";
import { approveCommand, shellWord } from "./safety-lines.ts";
import { isOpen, leavesOf, statusOf, stepTree, type TreeNode } from "./step-tree.ts";

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
  const leaves = [...leavesOf(tree)];
  const statuses = leaves.map(({ status }) => status);
  const more = isOpen(tree) ? " or more" : "";
  return [
    `done ${amountOf(statuses, ...finishedWell)}`,
    ...otherAmounts(statuses).map(([name, many]) => `${name} ${many}${name === "to do" ? more : ""}`),
    ...undoingAmounts(leaves),
    ...(state.kept.length > 0 ? [`${state.kept.length} left when it was taken back`] : []),
  ].join(" · ");
}

/** `9 of 12 · 1 failed · 2 to do`: of a group's steps, or of the instances of what is repeated. */
export function groupTally(units: readonly Unit[]): string {
  const statuses = units.filter(({ undoing }) => undoing === undefined).map(({ status }) => status);
  const done = `${amountOf(statuses, ...finishedWell)} of ${units.length}`;
  return [done, ...undoingAmounts(units), ...otherAmounts(statuses).map(([name, many]) => `${many} ${name}`)].join(
    " · ",
  );
}

type Unit = Pick<TreeNode, "status" | "undoing">;

/** `2 undo in doubt`, `1 undo failed`, `3 left`: of those whose undoing is not just through. */
export function undoingAmounts(units: readonly Unit[]): string[] {
  return (["undo in doubt", "undo failed", "being undone", "left"] as const).flatMap((name) => {
    const many = units.filter(({ undoing }) => undoing === name).length;
    return many === 0 ? [] : [`${many} ${name}`];
  });
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
  // What stayed when the run was taken back is a change of it, too.
  const many = made.length + state.kept.length;
  return `finished ${many === 0 ? "no change" : count(many, "change")}`;
}

/** The steps for whose approval a run waits. */
export function waitingApprovals(state: RunState): StepState[] {
  return [...state.steps.values()].filter((step) => step.approval?.state === "waiting" && step.status !== "skipped");
}

/** Nobody approved in time, and belay has not looked since. */
export function isExpired({ approval }: StepState, now: number): boolean {
  return approval?.until !== undefined && Date.parse(approval.until) <= now;
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
export function nextCommands({ id, state, live }: RunFacts, now = Date.now()): string[] {
  const at = stoppedAt(state, live);
  const logs = `belay logs ${id}${at ? ` ${shellWord(at)}` : ""}`;
  if (["done", "abandoned", "undone"].includes(state.status)) return [];
  const open = waitingApprovals(state).filter((step) => !isExpired(step, now));
  const approvals = open.map((step) => approveCommand(id, step.id));
  if (live) return [...approvals, logs];
  if (state.undo) return [...undoCommands(id, state), logs];
  // Its undoing could not even be begun.
  if (state.over !== undefined) return [`belay undo ${id}`, logs];
  const undo = hasUndoable(state) ? [`belay undo ${id}`] : [];
  return [...approvals, `belay resume ${id}`, ...undo, logs, `belay abandon ${id} --why …`];
}

/** How an undoing goes on, and what can be decided about the steps that hold it up. */
function undoCommands(id: string, state: RunState): string[] {
  const open = [...state.steps.values()].filter(
    ({ undo }) => undo && ["failed", "in-doubt", "running"].includes(undo.status),
  );
  const decide = open.map((step) => `belay undo ${id} --decide ${shellWord(step.id)}=run-again|done|leave`);
  return [`belay undo ${id}`, ...decide];
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
