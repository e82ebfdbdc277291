import type { RunState } from "../event/run-state.ts";
import type { HeadDifference } from "../runbook/difference.ts";
import { acceptValue } from "../runbook/input-value.ts";
import type { PlacedNode } from "../runbook/placed-nodes.ts";
import type { Runbook, Step } from "../runbook/runbook.ts";
import { patternOf } from "../runbook/walk.ts";
import { standingOf, statesOf } from "./standing.ts";

/** What of inputs and connections can't change any more: what was done was done with them. */
export async function headRefusals(
  state: RunState,
  old: ReadonlyMap<string, PlacedNode>,
  to: Runbook,
  head: readonly HeadDifference[],
): Promise<{ refusals: string[]; reconnected: string[] }> {
  const inputs = new Set<string>();
  const connections = new Set<string>();
  const refusals: string[] = [];
  for (const { key, include } of head) {
    const [part, name = ""] = key.split(".");
    if (part === "inputs" && !key.endsWith(".description")) {
      if (include === undefined) inputs.add(name);
      else refusals.push(...includedInput(state, old, include, name));
    }
    if (part === "connections") connections.add(`${include === undefined ? "" : `${include}/`}${name}`);
  }
  for (const name of inputs) refusals.push(...(await inputRefusal(state, to, name, head)));
  const reconnected: string[] = [];
  for (const name of connections) {
    const user = settledUser(state, old, name);
    if (user) refusals.push(`connection ${name}: it changed, and step ${user.address} used it`);
    else reconnected.push(...[...state.connections.keys()].filter((one) => patternOf(one) === name));
  }
  return { refusals, reconnected };
}

/** The value of an input is the run's from its beginning; the declaration may change as long as that still fits. */
async function inputRefusal(
  state: RunState,
  to: Runbook,
  name: string,
  head: readonly HeadDifference[],
): Promise<string[]> {
  const declaration = to.inputs.get(name);
  const value = state.inputs[name];
  if (!declaration || value === undefined) return [];
  if (head.some((one) => one.include === undefined && one.key === `inputs.${name}.type`))
    return [`input ${name}: its type changed, and the run has a value of the old one`];
  if (value === null)
    return declaration.optional ? [] : [`input ${name}: it must have a value now, and the run has none`];
  const accepted = await acceptValue(name, declaration, value);
  return "problem" in accepted ? [`input ${name}: the run's value ${accepted.problem}`] : [];
}

/** The inputs of an include that was begun are on record. */
function includedInput(state: RunState, old: ReadonlyMap<string, PlacedNode>, include: string, name: string): string[] {
  const placed = old.get(include);
  if (!placed || standingOf(state, placed) === "untouched") return [];
  return [`${include}: input ${name} of its runbook changed, and it was begun with what was there before`];
}

function settledUser(state: RunState, old: ReadonlyMap<string, PlacedNode>, name: string): PlacedNode | undefined {
  return [...old.values()].find((placed) => {
    const { node, base } = placed;
    if (node.kind !== "step") return false;
    const standing = standingOf(state, placed);
    if (standing !== "over" && standing !== "in-doubt") return false;
    return (
      connectionsOf(node).some((on) => `${base}${on}` === name) ||
      statesOf(state, placed).some((one) => one.connection !== undefined && patternOf(one.connection) === name)
    );
  });
}

function connectionsOf({ on, check, undo }: Step): string[] {
  return [on, check?.on, undo?.kind === "uses" ? undo.on : undefined].filter((one) => one !== undefined);
}
