import { nodeTitle } from "../../render/node-title.ts";
import type { Runbook } from "../../runbook/runbook.ts";
import { type Placed, patternOf, walk } from "../../runbook/walk.ts";

/** The groups that a step belongs to, from the outermost: their titles, and the names of the instances. */
export function branchOf(runbook: Runbook, address: string): string[] {
  const pattern = patternOf(address);
  const instances = [...address.matchAll(/\[([^\]]*)\]/g)].map(([, name]) => name ?? "");
  const above: Placed[] = [];
  for (const placed of walk(runbook)) {
    above.length = placed.depth;
    if (placed.address === pattern) break;
    above.push(placed);
  }
  let brackets = 0;
  return above.map(({ node, address: own }) => {
    const title = nodeTitle(node) || node.id;
    const many = own.match(/\[/g)?.length ?? 0;
    const name = many > brackets ? instances[brackets] : undefined;
    brackets = many;
    return name === undefined ? title : `${title} [${name}]`;
  });
}
