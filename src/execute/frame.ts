import type { RunState } from "../event/run-state.ts";
import { recoveryPointOf } from "../look/recovery-point.ts";
import { stepValue, type Values } from "../look/world.ts";
import type { Group, Include, Node, Runbook, Step } from "../runbook/runbook.ts";
import { addressOf } from "../runbook/walk.ts";
import type { Json, JsonObject } from "../schema/json.ts";
import type { Share } from "./budget.ts";
import type { Frame } from "./session.ts";

export interface Instance {
  readonly key: string;
  readonly value: Json;
  readonly index: number;
}

/** A node as it stands in a run: its id is its address, its connections have their whole names. */
export function placeNode<N extends Node>(session: Frame, node: N, instance?: Instance): N {
  const id = addressOf(session.prefix, node.id, instance?.key);
  const section = session.inFinally && node.section === "steps" ? "finally" : node.section;
  if (node.kind !== "step") return { ...node, id, section };
  const whole = (on: string | undefined) => (on === undefined ? {} : { on: `${session.base}${on}` });
  const { check, undo } = node as Step;
  return {
    ...node,
    id,
    section,
    ...whole(node.on),
    ...(check ? { check: { ...check, ...whole(check.on) } } : {}),
    ...(undo?.kind === "uses" ? { undo: { ...undo, ...whole(undo.on) } } : {}),
  };
}

/** The session of one instance of what is repeated: it sees what came before, and its own steps, and its item. */
export function instanceSession<F extends Frame>(session: F, node: Node, instance: Instance, share?: Share): F {
  const values: Values = { ...session.values, steps: { ...session.values.steps }, each: instance };
  const inside = node.kind === "step" ? {} : { prefix: `${addressOf(session.prefix, node.id, instance.key)}/` };
  return { ...session, values, ...inside, ...(share ? { share } : {}) };
}

/** The session of an included runbook: inputs and steps of its own. It knows what earlier turns brought to an end. */
export function includeSession<F extends Frame>(session: F, include: Include, address: string, inputs: JsonObject): F {
  const prefix = `${address}/`;
  const { runbook } = include;
  const { each: _each, ...outer } = session.values;
  const steps = knownSteps(session.state, sectionsOf(runbook), prefix);
  const values: Values = { ...outer, inputs, steps, secrets: session.secretsOf(runbook) };
  session.source.connections.declare(prefix, runbook, values);
  const inFinally = session.inFinally || include.section === "finally";
  const recovery = () => recoveryPointOf(session) ?? session.recovery?.();
  return { ...session, runbook, values, prefix, base: prefix, recovery, ...(inFinally ? { inFinally } : {}) };
}

const through = new Set(["done", "already-done", "skipped", "done-by-hand", "undone", "failed"]);

/** What earlier turns brought to an end, as the values of nodes below a prefix. */
export function knownSteps(state: RunState, nodes: readonly Node[], prefix: string): Values["steps"] {
  const steps: Values["steps"] = {};
  for (const node of flat(nodes)) {
    const known = state.steps.get(addressOf(prefix, node.id));
    if (!known || !through.has(known.status)) continue;
    const result = node.forEach ? repeatedResult(state, node, known.id) : (known.result ?? null);
    steps[node.id] = stepValue(result, known.status);
    if (known.status !== "skipped") continue;
    for (const inner of stepsInside(node)) steps[inner.id] = stepValue(null, "skipped");
  }
  return steps;
}

/** What stands in a plain group, and is read by its own name: a group that is skipped skips it, too. */
export function stepsInside(node: Node): Node[] {
  return node.kind === "group" && !node.forEach ? [...flat(node.steps)] : [];
}

/** The nodes of plain groups have their results beside their group's. */
function* flat(nodes: readonly Node[]): Generator<Node> {
  for (const node of nodes) {
    yield node;
    if (node.kind === "group" && !node.forEach) yield* flat(node.steps);
  }
}

/** The result of one instance of a repeated group: those of its steps, by id. */
export function instanceResult(group: Group, steps: Values["steps"]): JsonObject {
  return Object.fromEntries([...flat(group.steps)].map(({ id }) => [id, steps[id]?.result ?? null]));
}

/** The results of all instances that did not fail, by name. */
function repeatedResult(state: RunState, node: Node, address: string): Json {
  const result: JsonObject = {};
  for (const { key } of state.steps.get(address)?.group?.instances ?? []) {
    const own = `${address}[${key}]`;
    const known = state.steps.get(own);
    if (!known || known.status === "failed" || !through.has(known.status)) continue;
    result[key] =
      node.kind === "group" && known.status !== "skipped"
        ? instanceResult(node, knownSteps(state, node.steps, `${own}/`))
        : (known.result ?? null);
  }
  return result;
}

/** Where an address leads: the session of the frame that it stands in, and its node as placed there. */
export interface Found<F extends Frame = Frame> {
  readonly session: F;
  readonly node: Step | Group | Include;
}

/**
 * The session of a step or group that an earlier turn came to, rebuilt from the run's state: for what is undone or put
 * in order later. Undefined when the runbook has no such node.
 */
export function sessionAt<F extends Frame>(root: F, address: string): Found<F> | undefined {
  // The name of an instance may have a slash in it.
  const path = address.match(/(?:[^/[]|\[[^\]]*\])+/g) ?? [];
  return descend(root, root.runbook, path, sectionsOf(root.runbook));
}

const sectionsOf = (runbook: Runbook): readonly Node[] => [...runbook.preflight, ...runbook.steps, ...runbook.finally];

function descend<F extends Frame>(
  session: F,
  runbook: Runbook,
  path: readonly string[],
  nodes: readonly Node[],
): Found<F> | undefined {
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

function seeded<F extends Frame>(session: F, nodes: readonly Node[]): F {
  const steps = { ...session.values.steps, ...knownSteps(session.state, nodes, session.prefix) };
  return { ...session, values: { ...session.values, steps } };
}
