import type { RunState } from "../event/run-state.ts";
import type { NodeDifference, RunbookDifference } from "../runbook/difference.ts";
import { type PlacedNode, parentsOf, placedNodes, standsBefore } from "../runbook/placed-nodes.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { headRefusals } from "./adoption-head.ts";
import { begunAsChange, overAround, standingOf, statesOf } from "./standing.ts";

/** A step whose last attempt failed, was a look that was stopped, or waits for approval of what it would have done. */
export interface Renewed {
  readonly step: string;
  /** That attempt. */
  readonly key: string;
  /** It has no end on record. */
  readonly looking: boolean;
  /** It began a change, with another input than the next attempt: what that one captures is its own. */
  readonly otherInput: boolean;
}

/** Whether a run may go on with another text of its runbook. */
export interface Judgement {
  /** Why not, one sentence each; empty when it may. */
  readonly refusals: readonly string[];
  /** Steps that are tried again, as the new text has them. */
  readonly renewed: readonly Renewed[];
  /** Connections whose systems are asked anew who they are. */
  readonly reconnected: readonly string[];
}

/** Keys that say nothing about what a step does. */
const words = new Set(["title", "notes", "expectedDuration"]);
/** What of a group at work counts from the next instance on. */
const pace = new Set(["concurrency"]);

/** Compares what a new text changes with what the run has done. `difference` is from the text in force to the new one. */
export async function judgeAdoption(
  state: RunState,
  from: Runbook,
  to: Runbook,
  difference: RunbookDifference,
): Promise<Judgement> {
  const old = placedNodes(from);
  const now = placedNodes(to);
  const { refusals: headed, reconnected } = await headRefusals(state, old, to, difference.head);
  const refusals = [
    ...(state.undo ? ["the run is being undone: it goes by the text that it was done with"] : []),
    ...(from.name === to.name ? [] : [`it is another runbook: ${to.name}, not ${from.name}`]),
    ...headed,
    ...difference.nodes.flatMap((one) => refusalOf(state, one) ?? []),
    ...orderRefusals(state, old, now, difference.nodes),
  ];
  return { refusals, renewed: difference.nodes.flatMap((one) => renewedBy(state, one)), reconnected };
}

/** Keys of a change that do matter. */
export function weighty(difference: NodeDifference): string[] {
  if (difference.kind !== "changed") return [];
  const keys = difference.keys.map(({ key }) => key).filter((key) => !words.has(key));
  return difference.moved === "elsewhere" ? [...keys, "where it stands"] : keys;
}

const said = { over: "is over", "in-doubt": "is in doubt" } as const;

function refusalOf(state: RunState, difference: NodeDifference): string | undefined {
  switch (difference.kind) {
    case "added":
      return addedRefusal(state, difference.to);
    case "removed":
      return removedRefusal(state, difference.from);
    case "changed":
      return changedRefusal(state, difference.from, difference.to, weighty(difference));
  }
}

function addedRefusal(state: RunState, placed: PlacedNode): string | undefined {
  const { address, node, section } = placed;
  if (statesOf(state, { ...placed, address: plain(address) }).some((one) => one.startedAt !== undefined))
    return `${address}: the run has begun a step of this name in another form; give it another id`;
  const around = overAround(state, placed);
  if (around) return `${address}: it would be added to ${around.address}, which is over`;
  const begun = [...state.steps.values()].some((one) => one.effect === "change");
  if (section === "preflight" && node.kind === "step" && node.once && begun)
    return `${address}: a \`once\` step of preflight is for before the first change, and that was made`;
  return undefined;
}

const plain = (address: string) => address.replace(/\[…\]$/, "");

function removedRefusal(state: RunState, placed: PlacedNode): string | undefined {
  const { address } = placed;
  const standing = standingOf(state, placed);
  if (standing === "over" || standing === "in-doubt") return `${address}: it is removed, and ${said[standing]}`;
  const around = overAround(state, placed);
  if (around) return `${address}: it is removed from ${around.address}, which is over`;
  if (begunAsChange(state, placed))
    return `${address}: it is removed, and was begun: what it changed would be forgotten; \`when: false\` leaves it out`;
  return undefined;
}

function changedRefusal(
  state: RunState,
  from: PlacedNode,
  to: PlacedNode,
  keys: readonly string[],
): string | undefined {
  if (keys.length === 0) return undefined;
  const { address } = from;
  const what = `${address}: ${listed(keys)} changed`;
  const standing = standingOf(state, from);
  if (standing === "over" || standing === "in-doubt") return `${what}, and it ${said[standing]}`;
  const around = overAround(state, from) ?? overAround(state, to);
  if (around) return `${what}, and ${around.address} is over`;
  if (standing === "untouched") return undefined;
  if (from.node.kind !== to.node.kind)
    return `${address}: it was begun as a ${from.node.kind}, and is another kind now`;
  const fixed = from.node.kind === "step" ? keys.filter((key) => repeats.has(topOf(key))) : keys;
  const held = fixed.filter((key) => !pace.has(topOf(key)));
  if (held.length > 0 && (from.node.kind !== "step" || from.node.forEach))
    return `${address}: ${listed(held)} changed, and it was begun with what was there before`;
  const kept = statesOf(state, from).some((one) => one.captured !== undefined || one.remembered.size > 0);
  const actor = keys.find((key) => key === "uses" || key === "on");
  if (actor && kept && begunAsChange(state, from))
    return `${address}: \`${actor}\` changed, and what was begun with the old one could not be undone; add another step instead`;
  return undefined;
}

const repeats = new Set(["forEach", "key", "maxFailures"]);
const topOf = (key: string) => key.split(".")[0] ?? key;
const listed = (keys: readonly string[]) => [...new Set(keys.map(topOf))].map(tick).join(", ");
const tick = (key: string) => (key.includes(" ") ? key : `\`${key}\``);

/** Steps that are new, or stand elsewhere, and would be skipped over: what comes after them is over. */
function orderRefusals(
  state: RunState,
  old: ReadonlyMap<string, PlacedNode>,
  now: ReadonlyMap<string, PlacedNode>,
  differences: readonly NodeDifference[],
): string[] {
  const strayed = differences.some((one) => one.kind === "added" || (one.kind === "changed" && one.moved));
  if (!strayed) return [];
  const leaves = [...now.values()].filter(({ node, section }) => node.kind !== "group" && section !== "preflight");
  const settled = leaves.filter((one) => {
    const before = old.get(one.address);
    return before && ["over", "in-doubt"].includes(standingOf(state, before));
  });
  return leaves.flatMap((one) => {
    if (
      settled.includes(one) ||
      parentsOf(one).some((parent) => !old.has(parent.address) && parent.node.kind === "include")
    )
      return [];
    const was = old.get(one.address);
    const late = settled.find((other) => {
      const otherWas = old.get(other.address);
      return standsBefore(one, other) && !(was && otherWas && standsBefore(was, otherWas));
    });
    if (!late) return [];
    const standing = standingOf(state, old.get(late.address) as PlacedNode) === "over" ? "is over" : "is in doubt";
    return [`${one.address}: it would stand before ${late.address}, which ${standing}`];
  });
}

/** The attempts that an earlier turn left, of steps that do something else now. */
function renewedBy(state: RunState, difference: NodeDifference): Judgement["renewed"] {
  if (difference.kind !== "changed" || difference.to.node.kind !== "step" || weighty(difference).length === 0)
    return [];
  const other = weighty(difference).some((key) => ["with", "uses", "on"].includes(topOf(key)));
  return statesOf(state, difference.from).flatMap(({ id, key, status, effect, tries, approval }) => {
    const looking = status === "running" && effect !== "change";
    const failed = status === "failed" || (status === "pending" && (tries > 0 || approval?.key === key));
    const otherInput = other && effect === "change";
    return key.includes("#") && (looking || failed) ? [{ step: id, key, looking, otherInput }] : [];
  });
}
