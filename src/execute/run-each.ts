import type { EventOf } from "../event/event.ts";
import { renderTemplate } from "../expression/template.ts";
import { sentence } from "../look/look.ts";
import { scopeOf } from "../look/world.ts";
import type { Node } from "../runbook/runbook.ts";
import { addressOf } from "../runbook/walk.ts";
import type { Json, JsonObject } from "../schema/json.ts";
import type { Budget } from "./budget.ts";
import { type Instance, instanceSession } from "./frame.ts";
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
      section: node.section,
      instances: instancesOf(session, node, address),
    }),
    { lazyFor: () => true },
  );
  const budget: Budget = { most: forEach?.maxFailures ?? 0, spent: 0 };
  const result: JsonObject = {};
  const failed: string[] = [];
  const branches = (begun.instances ?? []).map(({ key: name, value }, index) => async () => {
    const instance: Instance = { key: name, value, index };
    const inner = instanceSession(session, node, instance, budget);
    try {
      // Its address is below where the repeated node stands, also when its own steps are behind it.
      const end = await runOne({ ...inner, prefix: session.prefix }, node, instance);
      if (end.status !== "failed") result[name] = end.result;
      else failed.push(name);
    } catch (error) {
      if (!(error instanceof InstanceFailure)) throw error;
      failed.push(name);
    }
  });
  // Without room for failures, one that nobody mended yet holds back those that were not begun.
  await runTogether(branches, { atOnce: forEach?.concurrency ?? 1, session, goOnAfter: () => false });
  const many = begun.instances?.length ?? 0;
  const message =
    failed.length === 0
      ? `${many} of ${many}`
      : `${many - failed.length} of ${many}; failed, and the run went on: ${failed.join(", ")}`;
  await groupEnd(session, { ...node, id: address }, key, { message });
  return { status: "done", result };
}

const longestName = 120;

/** The items and their names. Throws a pause for a list that can't be had: a resume evaluates it again. */
function instancesOf(session: Session, node: Node, address: string): NonNullable<Started["instances"]> {
  const refuse = (message: string) =>
    new RunPause("failed", `${address}: ${message}; nothing of it was begun`, address);
  const forEach = node.forEach;
  if (!forEach) return [];
  try {
    const list = renderTemplate(forEach.list, scopeOf(session.values));
    if (!Array.isArray(list)) throw refuse("`forEach` did not give a list");
    const seen = new Set<string>();
    return list.map((value, index) => {
      const key = nameOf(session, node, value, index);
      if (key === undefined) throw refuse(`item ${index + 1} has no name: say with \`key\` how it is called`);
      if (!/^[^[\]\p{Cc}]+$/u.test(key) || key.length > longestName)
        throw refuse(
          `${JSON.stringify(key)} can't name an instance: at most ${longestName} characters, no brackets, no control characters`,
        );
      if (seen.has(key)) throw refuse(`two items have the name ${JSON.stringify(key)}`);
      seen.add(key);
      return { key, value };
    });
  } catch (error) {
    throw error instanceof RunPause ? error : refuse(sentence(error));
  }
}

function nameOf(session: Session, node: Node, value: Json, index: number): string | undefined {
  const template = node.forEach?.key;
  const key = template ? renderTemplate(template, scopeOf(session.values, { each: { value, key: "", index } })) : value;
  return typeof key === "string" || typeof key === "number" || typeof key === "boolean" ? String(key) : undefined;
}
