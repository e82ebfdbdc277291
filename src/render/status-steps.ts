import { formatDuration } from "../action/duration.ts";
import type { StepStatus } from "../event/run-state.ts";
import type { Section } from "../runbook/runbook.ts";
import { againstExpected } from "./amounts.ts";
import { count } from "./layout.ts";
import { printable } from "./printable.ts";
import { groupTally, type RunFacts, undoingAmounts } from "./run-facts.ts";
import { stepDetails } from "./status-details.ts";
import { type Detail, stepColumns, stepRow } from "./step-row.ts";
import { leavesOf, stepTree, type TreeNode } from "./step-tree.ts";
import type { Style } from "./style.ts";
import { statusSymbol, symbol } from "./symbols.ts";

interface Row {
  readonly node: TreeNode;
  readonly depth: number;
  /** Its place in the list; instances have none. */
  readonly number: number | undefined;
  /** A line that stands for instances that are not shown. */
  readonly rest?: string;
}

/** More instances than these are folded. */
const mostInstances = 6;
const mostAttention = 10;
const needsEye: readonly StepStatus[] = ["in-doubt", "failed", "running"];

/** A run's steps, set in below their groups. Of many instances, those come first that need a person's eye. */
export function statusSteps(
  runbook: Parameters<typeof stepTree>[0],
  { state, live }: RunFacts,
  { now, width }: { readonly now: number; readonly width: number },
  paint: Style,
): string[] {
  const rows: Row[] = [];
  let number = 0;
  const add = (node: TreeNode, depth: number, inInstance: boolean): void => {
    const counts = node.section !== "preflight" && !inInstance && (node.kind === "step" || isOneStep(node));
    rows.push({ node, depth, number: counts ? ++number : undefined });
    if (node.kind === "group") for (const child of node.children) add(child, depth + 1, inInstance);
    if (node.kind !== "each" || node.unlisted) return;
    const { shown, rest } = foldedInstances(node);
    for (const child of shown) {
      if (child.kind !== "step" && (needsEye.includes(child.status) || child.undoing !== undefined))
        add(child, depth + 1, true);
      else rows.push({ node: child, depth: depth + 1, number: undefined });
    }
    if (rest !== "") rows.push({ node, depth: depth + 1, number: undefined, rest });
  };
  for (const node of stepTree(runbook, state, live)) add(node, 0, false);
  const columns = stepColumns(
    rows
      .filter(({ rest }) => rest === undefined)
      .map(({ node, depth }) => ({ id: `${"  ".repeat(depth)}${node.id}`, title: node.title })),
    7,
    width,
  );
  let section: Section | undefined;
  return rows.flatMap(({ node, depth, number: place, rest }) => {
    const indent = "  ".repeat(depth);
    if (rest !== undefined) return [paint.dim(`       ${indent}${rest}`)];
    const heading = node.section !== undefined && node.section !== section ? [paint.dim(node.section)] : [];
    section = node.section;
    const details =
      node.kind === "step" ? stepDetails(node, { live, now }, paint) : groupDetails(node, live, now, paint);
    const lead = `${place === undefined ? "    " : String(place).padStart(4)} ${indent}${markOf(node, live, paint)} `;
    return [
      ...heading,
      ...stepRow({ lead, id: node.id, title: node.title, details, indent: indent.length }, columns, paint.bold),
    ];
  });
}

/** A repeated step is one step of the runbook; a repeated group is none. */
const isOneStep = (node: TreeNode) => node.kind === "each" && node.node?.kind === "step";

/** The instances that are shown, and a line for the others. */
function foldedInstances({ children }: TreeNode): { readonly shown: readonly TreeNode[]; readonly rest: string } {
  if (children.length <= mostInstances) return { shown: children, rest: "" };
  const urgent = children.filter(
    (child) => needsEye.includes(child.status) || child.undoing !== undefined || waits(child),
  );
  const order = (child: TreeNode) => {
    if (waits(child)) return 0;
    const at = needsEye.indexOf(child.status);
    return at === -1 ? needsEye.length : at;
  };
  const shown = [...urgent].sort((a, b) => order(a) - order(b)).slice(0, mostAttention);
  const seen = new Set(shown);
  const others = children.filter((child) => !seen.has(child));
  const amount = (name: string, ...wanted: StepStatus[]): string => {
    const many = others.filter(({ status, undoing }) => !undoing && wanted.includes(status)).length;
    return many === 0 ? "" : `${many} ${name}`;
  };
  const rest = [
    amount("in doubt", "in-doubt"),
    amount("failed", "failed"),
    amount("running", "running"),
    ...undoingAmounts(others),
    amount("undone", "undone"),
    amount("done", "done", "already-done", "done-by-hand"),
    amount("skipped", "skipped"),
    amount("to do", "pending"),
  ].filter((part) => part !== "");
  // Without any that is shown, the group's own line has said it all.
  return { shown, rest: rest.length === 0 || shown.length === 0 ? "" : `… and ${rest.join(" · ")}` };
}

const waits = (node: TreeNode): boolean =>
  [...leavesOf([node])].some(({ known, status }) => known?.approval?.state === "waiting" && status === "pending");

function markOf(node: TreeNode, live: boolean, paint: Style): string {
  if (waits(node) && node.kind === "step") return paint.yellow(symbol.byHand);
  if (node.undoing === "undo failed") return paint.alarm(symbol.failed);
  if (node.undoing === "undo in doubt") return paint.yellow(symbol.unknown);
  const begun = node.kind !== "step" && node.status === "pending" && [...leavesOf([node])].some(({ known }) => known);
  if (!begun) return statusSymbol(node.status, paint);
  return live ? paint.cyan(symbol.running) : paint.yellow(symbol.paused);
}

/** How far a group is: in instances where it is repeated, else in steps. */
function groupDetails(node: TreeNode, live: boolean, now: number, paint: Style): Detail[] {
  const { known, status } = node;
  if (node.unlisted) return [{ text: "its list is not known yet", paint: paint.dim }];
  if (status === "skipped")
    return [{ text: known?.message ? `skipped: ${printable(known.message)}` : "not run", paint: paint.dim }];
  const units = node.kind === "each" ? node.children : [...leavesOf(node.children)];
  const statuses = units.map((unit) => unit.status);
  if (statuses.every((one) => one === "pending") && !known) {
    const steps = node.kind === "each" ? count(units.length, "instance") : count(units.length, "step");
    return [{ text: steps, paint: paint.dim }];
  }
  const took = known?.durationMs === undefined ? "" : ` · ${formatDuration(known.durationMs)}`;
  const details: Detail[] = [
    {
      text: `${groupTally(units)}${took}`,
      ...(status === "failed" ? { paint: paint.alarm } : node.undoing ? { paint: paint.yellow } : {}),
    },
  ];
  // What is expected of what is repeated is expected of each instance.
  const running = live && node.kind === "group" && status === "running" && known?.begunAt !== undefined;
  if (running) {
    const compared = againstExpected(now - Date.parse(known?.begunAt ?? ""), node.node?.expectedDurationMs, true);
    if (compared !== "") details.push({ text: compared });
  }
  return details;
}
