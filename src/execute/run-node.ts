import type { EventOf } from "../event/event.ts";
import { holds } from "../look/conditions.ts";
import { sentence } from "../look/look.ts";
import { scopeOf, stepValue } from "../look/world.ts";
import type { Group, Node } from "../runbook/runbook.ts";
import { type Instance, instanceResult, placeNode, stepsInside } from "./frame.ts";
import { groupEnd, groupKey } from "./group-record.ts";
import { runTogether } from "./parallel.ts";
import { RunPause } from "./pause.ts";
import { runEach } from "./run-each.ts";
import { runInclude } from "./run-include.ts";
import { runStep, type StepEnd } from "./run-step.ts";
import type { Session } from "./session.ts";
import { InstanceFailure } from "./undo-request.ts";

/** Runs steps and groups one after the other. */
export async function runNodes(session: Session, nodes: readonly Node[]): Promise<void> {
  for (const node of nodes) await runNode(session, node);
}

/** Brings a node to its end, and makes its outcome known to what comes after it. Throws a pause when the run must stop. */
export async function runNode(session: Session, node: Node): Promise<void> {
  const end = node.forEach ? await runEach(session, node, runOne) : await runOne(session, node);
  session.values.steps[node.id] = stepValue(end.result, end.status);
  if (end.status === "skipped") for (const inner of stepsInside(node)) session.values.steps[inner.id] = nothing();
}

const nothing = () => stepValue(null, "skipped");

/** A step, a group or an included runbook, or one instance of it. */
async function runOne(session: Session, node: Node, instance?: Instance): Promise<StepEnd> {
  const placed = placeNode(session, node, instance);
  switch (placed.kind) {
    case "step":
      return runStep(session, placed);
    case "group":
      return (await skipped(session, placed)) ?? orGivenUp(session, placed, runGroup(session, placed));
    case "include":
      return (await skipped(session, placed)) ?? orGivenUp(session, placed, runInclude(session, placed, runNodes));
  }
}

/** A group whose condition does not hold is skipped, and stays so on a resume. */
async function skipped(session: Session, node: Exclude<Node, { kind: "step" }>): Promise<StepEnd | undefined> {
  const key = groupKey(session, node.id);
  const known = session.durable.recorded(`${key} begun`);
  if (known?.type === "step-finished") return { status: "skipped", result: null };
  if (known || !node.when) return undefined;
  try {
    if (holds(node.when, scopeOf(session.values))) return undefined;
  } catch (error) {
    throw new RunPause("failed", `${node.id}: ${sentence(error)}`, node.id);
  }
  const message = `its condition does not hold: ${node.when.text}`;
  const { id: step, section } = node;
  const event: EventOf<"step-finished"> = { type: "step-finished", step, key, section, state: "skipped", message };
  await session.durable.once(`${key} begun`, async () => event, { lazyFor: () => true });
  return { status: "skipped", result: null };
}

/** A group whose instance is given up is over, too: nobody must take it for one that still runs. */
async function orGivenUp(session: Session, node: Node, work: Promise<StepEnd>): Promise<StepEnd> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof InstanceFailure)
      await groupEnd(session, node, groupKey(session, node.id), { state: "failed", message: error.message });
    throw error;
  }
}

async function runGroup(session: Session, group: Group): Promise<StepEnd> {
  const key = groupKey(session, group.id);
  const { section } = group;
  await session.durable.once(
    `${key} begun`,
    async () => ({ type: "group-started" as const, step: group.id, key, section }),
    { lazyFor: () => true },
  );
  const inner = group.forEach ? { ...session, prefix: `${group.id}/` } : session;
  if (group.parallel) {
    await runTogether(
      group.steps.map((node) => () => runNode(inner, node)),
      { atOnce: group.atOnce, session, goOnAfter: () => true },
    );
  } else await runNodes(inner, group.steps);
  await groupEnd(session, group, key);
  return { status: "done", result: group.forEach ? instanceResult(group, inner.values.steps) : null };
}
