import type { RunState } from "../event/run-state.ts";
import { stepValue, type Values } from "../look/world.ts";
import type { Group, Include, Node, Runbook, Step } from "../runbook/runbook.ts";
import { addressOf } from "../runbook/walk.ts";
import type { Json, JsonObject } from "../schema/json.ts";
import type { Budget } from "./budget.ts";
import type { Session } from "./session.ts";

export interface Instance {
  readonly key: string;
  readonly value: Json;
  readonly index: number;
}

/** A node as it stands in a run: its id is its address, its connections have their whole names. */
export function placeNode<N extends Node>(session: Session, node: N, instance?: Instance): N {
  const id = addressOf(session.prefix, node.id, instance?.key);
  if (node.kind !== "step") return { ...node, id };
  const whole = (on: string | undefined) => (on === undefined ? {} : { on: `${session.base}${on}` });
  const { check, undo } = node as Step;
  return {
    ...node,
    id,
    ...whole(node.on),
    ...(check ? { check: { ...check, ...whole(check.on) } } : {}),
    ...(undo?.kind === "uses" ? { undo: { ...undo, ...whole(undo.on) } } : {}),
  };
}

/** The session of one instance of what is repeated: it sees what came before, and its own steps, and its item. */
export function instanceSession(session: Session, node: Node, instance: Instance, budget?: Budget): Session {
  const values: Values = { ...session.values, steps: { ...session.values.steps }, each: instance };
  const inside = node.kind === "step" ? {} : { prefix: `${addressOf(session.prefix, node.id, instance.key)}/` };
  return { ...session, values, ...inside, ...(budget ? { budget } : {}) };
}

/** The session of an included runbook: inputs and steps of its own. */
export function includeSession(session: Session, include: Include, address: string, inputs: JsonObject): Session {
  const prefix = `${address}/`;
  const { each: _each, ...outer } = session.values;
  const values: Values = { ...outer, inputs, steps: {}, secrets: session.secretsOf(include.runbook) };
  session.source.connections.declare(prefix, include.runbook, values);
  return { ...session, runbook: include.runbook, values, prefix, base: prefix };
}

const through = new Set(["done", "already-done", "skipped", "done-by-hand", "undone"]);

/** What earlier turns brought to an end, as the values of nodes below a prefix. */
export function knownSteps(state: RunState, nodes: readonly Node[], prefix: string): Values["steps"] {
  const steps: Values["steps"] = {};
  for (const node of flat(nodes)) {
    const known = state.steps.get(addressOf(prefix, node.id));
    if (!known || !through.has(known.status)) continue;
    const result = node.forEach ? repeatedResult(state, node, known.id) : (known.result ?? null);
    steps[node.id] = stepValue(result, known.status);
  }
  return steps;
}

/** The nodes of plain groups have their results beside their group's. */
function* flat(nodes: readonly Node[]): Generator<Node> {
  for (const node of nodes) {
    yield node;
    if (node.kind === "group" && !node.forEach) yield* flat(node.steps);
  }
}

/** The results of all instances, by name. */
function repeatedResult(state: RunState, node: Node, address: string): Json {
  const result: JsonObject = {};
  for (const { key } of state.steps.get(address)?.group?.instances ?? []) {
    const own = `${address}[${key}]`;
    if (node.kind === "group") {
      const steps = knownSteps(state, node.steps, `${own}/`);
      result[key] = Object.fromEntries(Object.entries(steps).map(([id, value]) => [id, value.result]));
    } else {
      const known = state.steps.get(own);
      if (known && through.has(known.status)) result[key] = known.result ?? null;
    }
  }
  return result;
}

/** Where an address leads: the session of the frame that it stands in, and its node as placed there. */
export interface Found {
  readonly session: Session;
  readonly node: Step | Group | Include;
}

/**
 * The session of a step or group that an earlier turn came to, rebuilt from the run's state: for what is undone or put
 * in order later. Undefined when the runbook has no such node.
 */
export function sessionAt(root: Session, address: string): Found | undefined {
  return descend(root, root.runbook, address.split("/"), sectionsOf(root.runbook));
}

const sectionsOf = (runbook: Runbook): readonly Node[] => [...runbook.preflight, ...runbook.steps, ...runbook.finally];

function descend(
  session: Session,
  runbook: Runbook,
  path: readonly string[],
  nodes: readonly Node[],
): Found | undefined {
  const [segment = "", ...rest] = path;
  const [, id = "", key] = /^([^[]*)(?:\[(.*)\])?$/s.exec(segment) ?? [];
  const node = [...flat(nodes)].find((one) => one.id === id);
  if (!node) return undefined;
  const at = seeded(session, nodes);
  const address = addressOf(session.prefix, node.id);
  const index = session.state.steps.get(address)?.group?.instances?.findIndex((one) => one.key === key) ?? -1;
  const item = session.state.steps.get(address)?.group?.instances?.[index];
  const instance = key === undefined || !item ? undefined : { ...item, index };
  if (key !== undefined && !instance) return undefined;
  const inner = instance ? instanceSession(at, node, instance) : at;
  if (rest.length === 0) {
    // A leaf's own frame does not begin behind its address.
    const own = instance ? { ...inner, prefix: at.prefix } : inner;
    return { session: own, node: placeNode(at, node, instance) };
  }
  if (node.kind === "step") return undefined;
  if (node.kind === "group") return descend(inner, runbook, rest, node.steps);
  const whole = addressOf(session.prefix, node.id, key);
  const inputs = session.state.steps.get(whole)?.group?.inputs ?? {};
  const included = includeSession(inner, node, whole, inputs);
  return descend(included, node.runbook, rest, sectionsOf(node.runbook));
}

function seeded(session: Session, nodes: readonly Node[]): Session {
  const steps = { ...session.values.steps, ...knownSteps(session.state, nodes, session.prefix) };
  return { ...session, values: { ...session.values, steps } };
}
