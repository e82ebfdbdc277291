import type { Group, Node } from "../runbook/runbook.ts";
import { addressOf } from "../runbook/walk.ts";
import { type Instance, note, noteSkipped, type Outcome } from "./frame.ts";
import { headOf } from "./head.ts";
import { planEach } from "./plan-each.ts";
import { planInclude } from "./plan-include.ts";
import { planStep } from "./plan-step.ts";
import type { Planning } from "./planning.ts";
import { judgeWhen } from "./render-step.ts";
import { planTogether } from "./together.ts";

/** Plans steps and groups one after the other. */
export async function planNodes(planning: Planning, nodes: readonly Node[]): Promise<void> {
  for (const node of nodes) {
    const outcome = node.forEach ? await planEach(planning, node, planOne) : await planOne(planning, node);
    note(planning, node.id, outcome);
  }
}

/** A step, a group or an included runbook, or one instance of it. */
async function planOne(planning: Planning, node: Node, instance?: Instance): Promise<Outcome> {
  if (node.kind === "step") return planStep(planning, node, instance);
  const address = addressOf(planning.prefix, node.id, instance?.name);
  const through = planning.through ?? planning.options.progress?.finished.get(address);
  if (through !== undefined && planning.shared.recorded[address]?.status === "skipped") {
    planning.emit(headOf(planning, node, address, finished(through)));
    return skipped(planning, node);
  }
  const when = through === undefined ? judgeWhen(planning, node) : { holds: true as const };
  if ("failed" in when) {
    planning.emit(headOf(planning, node, address, { state: "would-fail", reason: when.failed }));
    return undefined;
  }
  if ("holds" in when && !when.holds) {
    const reason = `its condition does not hold: ${node.when?.text ?? ""}`;
    planning.emit(headOf(planning, node, address, { state: "skipped", reason }));
    return skipped(planning, node);
  }
  const inner: Planning = {
    ...planning,
    uncertain: planning.uncertain || "after" in when,
    ...(through === undefined ? {} : { through }),
  };
  const known = { ...("after" in when ? { after: when.after, conditional: true } : {}), ...finished(through) };
  return node.kind === "group"
    ? planGroup(inner, node, address, known, instance !== undefined)
    : planInclude(inner, node, address, known, planNodes);
}

const finished = (through: string | undefined) =>
  through === undefined ? {} : { state: "finished" as const, reason: through };

function skipped(planning: Planning, node: Node): Outcome {
  if (node.kind === "group" && !node.forEach) noteSkipped(planning, node.steps);
  return { result: null, status: "skipped" };
}

async function planGroup(
  planning: Planning,
  group: Group,
  address: string,
  known: Parameters<typeof headOf>[3],
  isInstance: boolean,
): Promise<Outcome> {
  // What stands for all items is one row deeper than its list already.
  const listed = planning.laterEach === undefined || !isInstance;
  if (listed) planning.emit(headOf(planning, group, address, known));
  const inner = {
    ...planning,
    ...(listed ? { depth: planning.depth + 1 } : {}),
    ...(isInstance ? { prefix: `${address}/` } : {}),
  };
  if (group.parallel)
    await planTogether(
      inner,
      group.steps.map((node) => (frame) => planNodes(frame, [node])),
    );
  else await planNodes(inner, group.steps);
  if (!isInstance) return { result: null, status: "done" };
  if (!group.steps.every(({ id }) => planning.known.has(id))) return undefined;
  const results = group.steps.map(({ id }) => [id, planning.world.values.steps[id]?.result ?? null] as const);
  return { result: Object.fromEntries(results), status: "done" };
}
