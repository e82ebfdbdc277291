import type { Node, Runbook, Section } from "./runbook.ts";
import { sections } from "./runbook.ts";
import { addressOf, prefixBelow } from "./walk.ts";

/** A node of a runbook, and everything about where it stands. */
export interface PlacedNode {
  readonly node: Node;
  /** The instances of what is repeated are `[…]`. */
  readonly address: string;
  /** What it stands in: a group or an include; undefined at the top. */
  readonly parent?: PlacedNode;
  readonly section: Section;
  /** Its place in the order of the text. */
  readonly index: number;
  readonly runbook: Runbook;
  /** What the names of its runbook's connections begin with in a run. */
  readonly base: string;
}

/** All nodes of a runbook and of what it includes by their addresses, in the order in which they run. */
export function placedNodes(runbook: Runbook): Map<string, PlacedNode> {
  const found = new Map<string, PlacedNode>();
  const add = (
    nodes: readonly Node[],
    prefix: string,
    base: string,
    section: Section,
    of: Runbook,
    parent?: PlacedNode,
  ): void => {
    for (const node of nodes) {
      const address = addressOf(prefix, node.id, node.forEach ? "…" : undefined);
      const placed = { node, address, section, index: found.size, runbook: of, base, ...(parent ? { parent } : {}) };
      found.set(address, placed);
      const inner = prefixBelow(node, prefix, address);
      if (node.kind === "group") add(node.steps, inner, base, section, of, placed);
      if (node.kind === "include")
        for (const part of sections) add(node.runbook[part], inner, inner, part, node.runbook, placed);
    }
  };
  for (const section of sections) add(runbook[section], "", "", section, runbook);
  return found;
}

/** What a node stands in, from the inside out. */
export function parentsOf(placed: PlacedNode): PlacedNode[] {
  const found: PlacedNode[] = [];
  for (let up = placed.parent; up; up = up.parent) found.push(up);
  return found;
}

/** Whether one is over before the other begins. Not so for what runs side by side. */
export function standsBefore(one: PlacedNode, other: PlacedNode): boolean {
  if (one.index >= other.index) return false;
  const above = new Set(parentsOf(other).map(({ address }) => address));
  if (above.has(one.address)) return false;
  const common = parentsOf(one).find(({ address }) => above.has(address));
  return !(common?.node.kind === "group" && common.node.parallel);
}
