import type { Node, Runbook } from "../runbook/runbook.ts";
import { findNode } from "../runbook/walk.ts";
import { printable } from "./printable.ts";

/** What a step or group is called; empty where it is called by its id. */
export function nodeTitle(node: Node): string {
  return node.plainTitle === node.id ? "" : printable(node.plainTitle);
}

/** The same of an address. */
export function titleAt(runbook: Runbook | undefined, address: string): string {
  const node = runbook && findNode(runbook, address)?.node;
  return node ? nodeTitle(node) : "";
}

/** How far a step is set in: under its groups, and under the instance that it belongs to. */
export function depthOf(runbook: Runbook | undefined, address: string): number {
  const instances = address.match(/\[[^\]]*\]/g)?.length ?? 0;
  return ((runbook && findNode(runbook, address)?.depth) ?? 0) + instances;
}
