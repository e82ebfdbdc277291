import type { EventOf } from "../event/event.ts";
import { renderTemplate } from "../expression/template.ts";
import { sentence } from "../look/look.ts";
import { scopeOf } from "../look/world.ts";
import { namedItems } from "../runbook/named-items.ts";
import type { Node } from "../runbook/runbook.ts";
import { addressOf } from "../runbook/walk.ts";
import type { JsonObject } from "../schema/json.ts";
import { type Instance, instanceSession, placeNode } from "./frame.ts";
import { groupEnd, groupKey } from "./group-record.ts";
import { runTogether } from "./parallel.ts";
import { RunPause } from "./pause.ts";
import type { StepEnd } from "./run-step.ts";
import type { Session } from "./session.ts";
import { InstanceFailure } from "./undo-request.ts";

type RunOne = (session: Session, node: Node, instance?: Instance) => Promise<StepEnd>;
type Started = EventOf<"group-started">;

/** Runs a node once for each item of a list. The list and the names are recorded, so that a resume has the same. */
export async function runEach(session: Session, node: Node, runOne: RunOne): Promise<StepEnd> {
  const address = addressOf(session.prefix, node.id);
  const key = groupKey(session, address);
  const forEach = node.forEach;
  const begun = await session.durable.once<Started>(
    `${key} begun`,
    async () => ({
      type: "group-started",
      step: address,
      key,
      section: placeNode(session, node).section,
      instances: instancesOf(session, node, address),
    }),
    { lazyFor: () => true },
  );
  const instances = begun.instances ?? [];
  const most = forEach?.maxFailures ?? 0;
  const budget = most > 0 ? { most, failed: givenUp(session, address, instances) } : undefined;
  const result: JsonObject = Object.create(null);
  const failed: string[] = [];
  const branches = instances.map(({ key: name, value }, index) => async () => {
    const instance: Instance = { key: name, value, index };
    const inner = instanceSession(session, node, instance, budget && { budget, instance: name });
    try {
      // Its address is below where the repeated node stands, also when its own steps are behind it.
      const end = await runOne({ ...inner, prefix: session.prefix }, node, instance);
      if (end.status !== "failed") result[name] = end.result;
      else failed.push(name);
    } catch (error) {
      // Where none may fail, what is repeated around this may lose an instance.
      if (!(error instanceof InstanceFailure) || !budget) throw error;
      failed.push(name);
    }
  });
  // Without room for failures, one that nobody mended yet holds back those that were not begun.
  const whole = placeNode(session, node);
  try {
    const atOnce = forEach?.concurrency ?? 1;
    // Instances that run at the same time do not depend on each other: a question to a person holds up only its own.
    const goOnAfter = (error: unknown) => atOnce > 1 && error instanceof RunPause && error.reason === "waiting";
    await runTogether(branches, { atOnce, session, goOnAfter });
  } catch (error) {
    if (error instanceof InstanceFailure)
      await groupEnd(session, whole, key, { state: "failed", message: error.message });
    throw error;
  }
  const many = instances.length;
  const lost = instances.map((one) => one.key).filter((name) => failed.includes(name));
  const message =
    lost.length === 0
      ? `${many} of ${many}`
      : `${many - lost.length} of ${many}; failed, and the run went on: ${lost.join(", ")}`;
  await groupEnd(session, whole, key, { message });
  return { status: "done", result: inOrder(instances, result) };
}

type Instances = NonNullable<Started["instances"]>;

/** Results stand in the order of the list, whichever instance was through first. */
function inOrder(instances: Instances, result: JsonObject): JsonObject {
  const known = instances.filter(({ key }) => Object.hasOwn(result, key));
  return Object.fromEntries(known.map(({ key }) => [key, result[key] ?? null]));
}

/** The instances that earlier turns lost: their places are taken, whichever of them comes first now. */
function givenUp(session: Session, address: string, instances: Instances): Set<string> {
  const failed = new Set<string>();
  const lost = [...session.state.steps.values()].filter((step) => step.givenUp).map(({ id }) => id);
  for (const { key } of instances) {
    const own = addressOf("", address, key);
    if (lost.some((id) => id === own || id.startsWith(`${own}/`))) failed.add(key);
  }
  return failed;
}

/** The items and their names. Throws a pause for a list that can't be had: a resume evaluates it again. */
function instancesOf(session: Session, node: Node, address: string): NonNullable<Started["instances"]> {
  const refuse = (message: string) =>
    new RunPause("failed", `${address}: ${message}; nothing of it was begun`, address);
  const { list, key } = node.forEach ?? {};
  if (!list) return [];
  try {
    const found = namedItems(renderTemplate(list, scopeOf(session.values)), (value, index) =>
      key ? renderTemplate(key, scopeOf(session.values, { each: { value, key: "", index } })) : value,
    );
    if ("problem" in found) throw refuse(found.problem);
    return [...found];
  } catch (error) {
    throw error instanceof RunPause ? error : refuse(sentence(error));
  }
}
