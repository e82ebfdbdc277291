import type { Node, Runbook, Section, Step } from "./runbook.ts";
import { sections } from "./runbook.ts";

/** A node of a runbook and where it stands. */
export interface Placed<N extends Node = Node> {
  readonly node: N;
  /** Its address as far as it is known before a run: the instances of what is repeated are `[…]`. */
  readonly address: string;
  /** 0 at the top. */
  readonly depth: number;
  readonly section: Section;
  readonly runbook: Runbook;
}

const anyInstance = "[…]";

/**
 * The address of a node below a prefix. The steps of a plain group have their own ids, since those are unique in a
 * runbook; those of a repeated group or an included runbook stand behind it.
 */
export function addressOf(prefix: string, id: string, instance?: string): string {
  return `${prefix}${id}${instance === undefined ? "" : `[${instance}]`}`;
}

/** What the addresses of a group's steps begin with. */
export function prefixBelow(node: Node, prefix: string, address: string): string {
  return node.forEach || node.kind === "include" ? `${address}/` : prefix;
}

function* below(
  nodes: readonly Node[],
  prefix: string,
  depth: number,
  section: Section,
  runbook: Runbook,
): Generator<Placed> {
  for (const node of nodes) {
    const address = addressOf(prefix, node.id, node.forEach ? anyInstance.slice(1, -1) : undefined);
    yield { node, address, depth, section, runbook };
    const inner = prefixBelow(node, prefix, address);
    if (node.kind === "group") yield* below(node.steps, inner, depth + 1, section, runbook);
    if (node.kind === "include") {
      for (const part of sections) yield* below(node.runbook[part], inner, depth + 1, section, node.runbook);
    }
  }
}

/** Every step and group, those of included runbooks too, in the order in which they run. */
export function* walk(runbook: Runbook): Generator<Placed> {
  for (const section of sections) yield* below(runbook[section], "", 0, section, runbook);
}

/** All steps that do something, in the order in which they run; groups are left out. */
export function allSteps(runbook: Runbook): Step[] {
  return [...placedSteps(runbook)].map(({ node }) => node);
}

/** The same with their addresses. */
export function* placedSteps(runbook: Runbook): Generator<Placed<Step>> {
  for (const placed of walk(runbook)) {
    if (placed.node.kind === "step") yield placed as Placed<Step>;
  }
}

/** The pattern of an address: `sites[eu]/stop` → `sites[…]/stop`. */
export function patternOf(address: string): string {
  // An instance's name has no brackets in it.
  return address.replaceAll(/\[[^\]]*\]/g, anyInstance);
}

const indexes = new WeakMap<Runbook, Map<string, Placed>>();

/** The node of an address, also of an instance of what is repeated; undefined where there is none. */
export function findNode(runbook: Runbook, address: string): Placed | undefined {
  let index = indexes.get(runbook);
  if (!index) {
    index = new Map([...walk(runbook)].map((placed) => [placed.address, placed]));
    indexes.set(runbook, index);
  }
  return index.get(patternOf(address)) ?? index.get(`${patternOf(address)}${anyInstance}`);
}

/** Whether a node stands in no parallel group, and is not one of many instances: what comes after it is certain. */
export function isSequential(runbook: Runbook, address: string): boolean {
  if (address.includes("[")) return false;
  const within = (nodes: readonly Node[], prefix: string): boolean | undefined => {
    for (const node of nodes) {
      const own = addressOf(prefix, node.id);
      if (own === address) return true;
      if (node.forEach) continue;
      const found =
        node.kind === "group"
          ? within(node.steps, prefix)
          : node.kind === "include"
            ? sections.map((part) => within(node.runbook[part], `${own}/`)).find((one) => one !== undefined)
            : undefined;
      if (found !== undefined) return found && !(node.kind === "group" && node.parallel);
    }
    return undefined;
  };
  return within(runbook.steps, "") === true;
}
