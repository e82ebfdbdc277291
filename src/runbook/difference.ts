import { isJsonObject, type Json, type JsonObject } from "../schema/json.ts";
import { readYaml } from "../source/read-yaml.ts";
import { type PlacedNode, placedNodes } from "./placed-nodes.ts";
import type { Runbook } from "./runbook.ts";

/** A value that is another one. Without `from` it is new, without `to` it is gone. */
export interface KeyChange {
  /** Such as `with.path`. */
  readonly key: string;
  readonly from?: Json;
  readonly to?: Json;
}

/** What is another one about a step, a group or an include. */
export type NodeDifference =
  | { readonly kind: "added"; readonly to: PlacedNode }
  | { readonly kind: "removed"; readonly from: PlacedNode }
  | {
      readonly kind: "changed";
      readonly from: PlacedNode;
      readonly to: PlacedNode;
      /** Empty for what only stands elsewhere. */
      readonly keys: readonly KeyChange[];
      readonly moved?: "within" | "elsewhere";
    };

/** What is another one outside of the steps: `inputs.dump.type`. */
export interface HeadDifference extends KeyChange {
  /** The address of the include whose runbook it is; absent for the runbook itself. */
  readonly include?: string;
}

export interface RunbookDifference {
  readonly head: readonly HeadDifference[];
  readonly nodes: readonly NodeDifference[];
}

/** Compares two texts of a runbook, and what they include, step by step. Nodes are the same when their address is. */
export function differenceOf(from: Runbook, to: Runbook): RunbookDifference {
  const old = placedNodes(from);
  const now = placedNodes(to);
  const strayed = outOfOrder(old, now);
  const nodes: NodeDifference[] = [];
  const head: HeadDifference[] = headDifference(from, to);
  for (const [address, after] of now) {
    const before = old.get(address);
    if (!before) {
      nodes.push({ kind: "added", to: after });
      continue;
    }
    const keys = keyChanges(ownOf(before), ownOf(after));
    const elsewhere = placeOf(before) !== placeOf(after);
    const moved = elsewhere ? "elsewhere" : strayed.has(address) ? "within" : undefined;
    if (keys.length > 0 || moved)
      nodes.push({ kind: "changed", from: before, to: after, keys, ...(moved ? { moved } : {}) });
    const inner = [before.node, after.node];
    if (inner[0]?.kind === "include" && inner[1]?.kind === "include")
      head.push(
        ...headDifference(inner[0].runbook, inner[1].runbook).map((one) => ({ ...one, include: after.address })),
      );
  }
  for (const [address, before] of old) if (!now.has(address)) nodes.push({ kind: "removed", from: before });
  return { head, nodes };
}

export const isSame = ({ head, nodes }: RunbookDifference): boolean => head.length === 0 && nodes.length === 0;

/** What a node says of itself; the steps in it are compared by themselves. */
function ownOf({ node }: PlacedNode): Json {
  if (!isJsonObject(node.raw) || node.kind !== "group") return node.raw;
  const { steps: _steps, ...own } = node.raw;
  return own;
}

const placeOf = ({ parent, section }: PlacedNode) => `${parent?.address ?? ""} ${section}`;

/** The fewest nodes that would have to be moved to make the old order into the new one. */
function outOfOrder(old: ReadonlyMap<string, PlacedNode>, now: ReadonlyMap<string, PlacedNode>): Set<string> {
  const places = new Map<string, string[]>();
  for (const [address, placed] of now) {
    const before = old.get(address);
    if (!before || placeOf(before) !== placeOf(placed)) continue;
    const place = placeOf(placed);
    places.set(place, [...(places.get(place) ?? []), address]);
  }
  const strayed = new Set<string>();
  for (const addresses of places.values()) {
    const order = addresses.map((address) => old.get(address)?.index ?? 0);
    const kept = longestRising(order);
    addresses.forEach((address, at) => {
      if (!kept.has(at)) strayed.add(address);
    });
  }
  return strayed;
}

/** The places of a longest rising row of numbers. */
function longestRising(numbers: readonly number[]): Set<number> {
  const length: number[] = [];
  const before: number[] = [];
  numbers.forEach((number, at) => {
    length[at] = 1;
    before[at] = -1;
    for (let back = 0; back < at; back++) {
      if ((numbers[back] as number) < number && (length[back] as number) >= (length[at] as number)) {
        length[at] = (length[back] as number) + 1;
        before[at] = back;
      }
    }
  });
  const kept = new Set<number>();
  for (let at = length.indexOf(Math.max(...length)); at >= 0; at = before[at] as number) kept.add(at);
  return kept;
}

const apart = new Set(["apiVersion", "preflight", "steps", "finally"]);

function headDifference(from: Runbook, to: Runbook): HeadDifference[] {
  if (from.digest === to.digest) return [];
  return keyChanges(headOf(from), headOf(to));
}

function headOf({ file, text }: Runbook): JsonObject {
  const { data } = readYaml(file, text);
  return isJsonObject(data) ? Object.fromEntries(Object.entries(data).filter(([key]) => !apart.has(key))) : {};
}

/** The values that differ, each by the path to it. Lists are compared whole. */
export function keyChanges(from: Json | undefined, to: Json | undefined, path = ""): KeyChange[] {
  if (isJsonObject(from) && isJsonObject(to)) {
    const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])];
    return keys.flatMap((key) => keyChanges(from[key], to[key], path === "" ? key : `${path}.${key}`));
  }
  if (from === undefined && to === undefined) return [];
  if (from !== undefined && to !== undefined && sorted(from) === sorted(to)) return [];
  return [{ key: path, ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }];
}

/** The same for the same value, however its keys are ordered. */
function sorted(value: Json): string {
  return JSON.stringify(value, (_key, one: Json) =>
    isJsonObject(one) ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))) : one,
  );
}
