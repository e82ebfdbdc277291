import type { RunState, StepState, StepStatus } from "../event/run-state.ts";
import { type Node, type Runbook, type Section, sections } from "../runbook/runbook.ts";
import { addressOf, prefixBelow } from "../runbook/walk.ts";
import { nodeTitle } from "./node-title.ts";
import { printable } from "./printable.ts";

/** A step, a group, or what is repeated, as it stands in a run. Its id is its address. */
export interface TreeNode {
  readonly id: string;
  readonly title: string;
  readonly node?: Node;
  readonly section?: Section;
  readonly known?: StepState;
  /** Of a group: what its steps come to. */
  readonly status: StepStatus;
  /** Its undoing is not through, or it stays; of a group: what most needs a person's eye. */
  readonly undoing?: Undoing;
  /** `each`: its children are the instances of what is repeated. */
  readonly kind: "step" | "group" | "each";
  /** The list that it is repeated over is not known yet; its one child stands for all. */
  readonly unlisted: boolean;
  readonly children: readonly TreeNode[];
}

/** The undoing of a step that a person must know of. */
export type Undoing = "undo in doubt" | "undo failed" | "being undone" | "left";
const undoings: readonly Undoing[] = ["undo in doubt", "undo failed", "being undone", "left"];

/** How the undoing of a step stands where that is not just done. */
function undoingOf({ undo }: StepState, live: boolean): Undoing | undefined {
  switch (undo?.status) {
    case "in-doubt":
      return "undo in doubt";
    case "running":
      return live ? "being undone" : "undo in doubt";
    case "failed":
      return "undo failed";
    case "left":
      return "left";
    default:
      return undefined;
  }
}

/** A step's status as it is true now: a change that "runs" while nobody runs it is in doubt; a look or a question is just to do. */
export function statusOf(step: StepState | undefined, live: boolean): StepStatus {
  if (!step) return "pending";
  if (step.status !== "running" || live) return step.status;
  return step.effect === "change" ? "in-doubt" : "pending";
}

/** Everything of a run, in the runbook's order; without it, the steps that the journal knows. */
export function stepTree(runbook: Runbook | undefined, state: RunState, live: boolean): TreeNode[] {
  if (!runbook)
    return [...state.steps.values()]
      .filter((known) => known.group === undefined)
      .map((known) => ({
        id: known.id,
        title: printable(known.title ?? ""),
        known,
        status: statusOf(known, live),
        ...undoingPart(undoingOf(known, live)),
        kind: "step",
        unlisted: false,
        children: [],
      }));
  return sections.flatMap((section) =>
    runbook[section].map((node) => build({ state, live, section }, node, "", false)),
  );
}

interface Ground {
  readonly state: RunState;
  readonly live: boolean;
  readonly section: Section;
}

/** `over`: the group that it belongs to is through; what did not run by then never will. */
function build(ground: Ground, node: Node, prefix: string, over: boolean): TreeNode {
  if (!node.forEach) return one(ground, node, prefix, addressOf(prefix, node.id), over);
  const id = addressOf(prefix, node.id);
  const known = ground.state.steps.get(id);
  const instances = known?.group?.instances;
  const through = over || isThrough(known);
  const names = instances ? instances.map(({ key }) => key) : through ? [] : ["…"];
  const children = names.map((key) => one(ground, node, prefix, addressOf(prefix, node.id, key), through));
  return {
    ...above(ground, node, id, known, children, over),
    kind: "each",
    unlisted: instances === undefined && children.length > 0,
  };
}

function one(ground: Ground, node: Node, prefix: string, id: string, over: boolean): TreeNode {
  const known = ground.state.steps.get(id);
  const { section } = ground;
  if (node.kind === "step") {
    const status = statusOf(known, ground.live);
    const own = known === undefined ? {} : { known };
    return {
      id,
      title: known?.title === undefined ? ownTitle(node, id) : printable(known.title),
      node,
      section,
      ...own,
      status: over && status === "pending" ? "skipped" : status,
      ...undoingPart(known && undoingOf(known, ground.live)),
      kind: "step",
      unlisted: false,
      children: [],
    };
  }
  const inner = prefixBelow(node, prefix, id);
  const through = over || isThrough(known);
  const nodes = node.kind === "group" ? node.steps : sections.flatMap((part) => node.runbook[part]);
  const children = nodes.map((child) => build(ground, child, inner, through));
  return { ...above(ground, node, id, known, children, over), kind: "group", unlisted: false };
}

function above(
  { section }: Ground,
  node: Node,
  id: string,
  known: StepState | undefined,
  children: readonly TreeNode[],
  over: boolean,
) {
  const status = statusAbove(known, children, over);
  const worst = undoings.find((one) => children.some(({ undoing }) => undoing === one));
  return {
    ...undoingPart(worst),
    id,
    title: ownTitle(node, id),
    node,
    section,
    ...(known === undefined ? {} : { known }),
    status,
    children,
  };
}

const undoingPart = (undoing: Undoing | undefined) => (undoing === undefined ? {} : { undoing });

/** An instance stands below the line that has the title of all. */
const ownTitle = (node: Node, id: string) => (id.endsWith("]") ? "" : nodeTitle(node));

const isThrough = (known: StepState | undefined) =>
  known !== undefined && ["done", "skipped", "failed"].includes(known.status);

/** What most needs a person's eye stands for all. */
function statusAbove(known: StepState | undefined, children: readonly TreeNode[], over: boolean): StepStatus {
  if (known?.status === "done" && isTakenBack(children)) return "undone";
  if (known?.status === "skipped" || known?.status === "done") return known.status;
  const all = children.map(({ status }) => status);
  for (const worst of ["in-doubt", "failed", "running"] as const) if (all.includes(worst)) return worst;
  if (children.length === 0) return known?.status === "running" ? "pending" : (known?.status ?? "pending");
  if (
    all.every((status) => status === "undone" || status === "skipped" || status === "pending") &&
    all.includes("undone")
  )
    return "undone";
  if (all.every((status) => status === "skipped")) return "skipped";
  if (all.some((status) => status === "pending")) return over ? "skipped" : "pending";
  return "done";
}

/** All that it changed is undone; what only looked has nothing to undo. */
function isTakenBack(children: readonly TreeNode[]): boolean {
  const leaves = [...leavesOf(children)];
  const stays = ({ known, status }: TreeNode) =>
    status !== "undone" &&
    known?.effect === "change" &&
    status !== "already-done" &&
    known.undo?.status !== "not-needed";
  return leaves.some(({ status }) => status === "undone") && !leaves.some(stays);
}

/** The steps themselves, without their groups. */
export function* leavesOf(tree: readonly TreeNode[]): Generator<TreeNode> {
  for (const node of tree) {
    if (node.kind === "step") yield node;
    else yield* leavesOf(node.children);
  }
}

/** Whether a list is not known yet: then there may be more steps than are counted. */
export function isOpen(tree: readonly TreeNode[]): boolean {
  return tree.some((node) => node.unlisted || isOpen(node.children));
}
