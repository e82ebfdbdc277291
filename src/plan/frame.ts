import { renderKnown } from "../expression/template.ts";
import { scopeOf, stepValue, type Values } from "../look/world.ts";
import { type Include, type Node, type Runbook, type Section, type Step, sections } from "../runbook/runbook.ts";
import { addressOf } from "../runbook/walk.ts";
import type { Json, JsonObject } from "../schema/json.ts";
import type { PlannedStep } from "./plan.ts";
import { type Planning, type PlanOptions, type Shared, unknownIn } from "./planning.ts";

/** The nodes of plain groups have their results beside their group's. */
function* flat(nodes: readonly Node[]): Generator<Node> {
  for (const node of nodes) {
    yield node;
    if (node.kind === "group" && !node.forEach) yield* flat(node.steps);
  }
}

const all = (runbook: Runbook): readonly Node[] => sections.flatMap((section) => runbook[section]);

/** What an earlier turn brought to an end. What was repeated is put together from its instances instead. */
function seed(shared: Shared, nodes: readonly Node[], prefix: string): Values["steps"] {
  const steps: Values["steps"] = {};
  for (const node of flat(nodes)) {
    const known = node.forEach ? undefined : shared.recorded[addressOf(prefix, node.id)];
    if (known) steps[node.id] = known;
  }
  return steps;
}

export function rootFrame(options: PlanOptions, emit: (step: PlannedStep) => void): Planning {
  const { runbook, world } = options;
  const shared: Shared = {
    options,
    recorded: { ...world.values.steps },
    connections: new Map(),
    deadlines: new Map(),
    looks: new Map(),
  };
  const steps = seed(shared, all(runbook), "");
  return {
    shared,
    options,
    runbook,
    world: { ...world, values: { ...world.values, steps } },
    prefix: "",
    base: "",
    depth: 0,
    section: "preflight",
    known: new Set(Object.keys(steps)),
    laterInputs: new Map(),
    touched: [],
    meanwhile: [],
    uncertain: false,
    emit,
    nameOf: (id) => id,
  };
}

/** One item of what is repeated; `item` is absent where the list comes later. */
export interface Instance {
  readonly name: string;
  readonly item?: { readonly key: string; readonly value: Json; readonly index: number };
  readonly later?: string;
}

/** The frame of an instance: it sees what came before, its own steps, and its item. */
export function instanceFrame(planning: Planning, node: Node, instance: Instance): Planning {
  const own = node.kind === "group" ? [...flat(node.steps)] : [];
  const prefix = `${addressOf(planning.prefix, node.id, instance.name)}/`;
  const ids = new Set(own.map(({ id }) => id));
  const { each: _each, ...outer } = planning.world.values;
  const seeded = seed(planning.shared, own, prefix);
  const steps = { ...outer.steps, ...seeded };
  const values: Values = { ...outer, steps, ...(instance.item ? { each: instance.item } : {}) };
  return {
    ...planning,
    world: { ...planning.world, values },
    known: new Set([...planning.known, ...Object.keys(seeded)]),
    ...(instance.later === undefined ? {} : { laterEach: instance.later }),
    nameOf: (id) => (ids.has(id) ? `${prefix}${id}` : planning.nameOf(id)),
  };
}

/** The frame of an included runbook: inputs, steps and connections of its own. */
export function includeFrame(
  planning: Planning,
  include: Include,
  address: string,
  inputs: JsonObject,
  laterInputs: ReadonlyMap<string, string>,
): Planning {
  const { shared, options } = planning;
  const prefix = `${address}/`;
  const { laterEach: _later, part: _part, ...rest } = planning;
  const { each: _each, ...outer } = planning.world.values;
  const steps = seed(shared, all(include.runbook), prefix);
  const values: Values = { ...outer, inputs, steps, secrets: options.secretsOf?.(include.runbook) ?? {} };
  options.connections?.declare(prefix, include.runbook, values);
  return {
    ...rest,
    runbook: include.runbook,
    world: { ...planning.world, values },
    prefix,
    base: prefix,
    known: new Set(Object.keys(steps)),
    laterInputs,
    nameOf: (id) => `${prefix}${id}`,
  };
}

/** A frame whose findings stay its own: for a look ahead. */
export function aside(planning: Planning): Planning {
  const { values } = planning.world;
  return {
    ...planning,
    world: { ...planning.world, values: { ...values, steps: { ...values.steps } } },
    known: new Set(planning.known),
    touched: [...planning.touched],
    emit: () => {},
  };
}

/** A step as it stands in the plan: its id is its address, its connections have their whole names. */
export function placeStep(planning: Planning, step: Step, instance?: Instance): Step {
  const whole = (on: string | undefined) => (on === undefined ? {} : { on: `${planning.base}${on}` });
  return {
    ...step,
    id: addressOf(planning.prefix, step.id, instance?.name),
    ...whole(step.on),
    ...(step.check ? { check: { ...step.check, ...whole(step.check.on) } } : {}),
  };
}

/** What is known of a node once it is planned: what later steps read of it; undefined where that comes later. */
export type Outcome = { readonly result: Json; readonly status: string } | undefined;

export function note(planning: Planning, id: string, outcome: Outcome): void {
  if (!outcome || planning.uncertain) return;
  planning.known.add(id);
  planning.world.values.steps[id] = stepValue(outcome.result, outcome.status);
}

/** Nothing of a group ran: its steps were skipped with it. */
export function noteSkipped(planning: Planning, nodes: readonly Node[]): void {
  for (const { id } of flat(nodes)) note(planning, id, { result: null, status: "skipped" });
}

/** The steps after which the settings of a connection are known; empty when they are. */
export function connectionAfter(planning: Planning, name: string): readonly string[] {
  const config = planning.runbook.connections.get(name)?.config;
  return config ? renderKnown(config, scopeOf(planning.world.values), unknownIn(planning)).after : [];
}

export function sectionFrame(planning: Planning, section: Section): Planning {
  // The section of an included runbook is a part of the step that includes it.
  if (planning.prefix === "") return { ...planning, section };
  return section === "steps" ? planning : { ...planning, part: section };
}
