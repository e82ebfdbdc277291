import { renderKnown } from "../expression/template.ts";
import { sentence } from "../look/look.ts";
import { scopeOf } from "../look/world.ts";
import { type NamedItem, namedItems } from "../runbook/named-items.ts";
import type { ForEach, Node } from "../runbook/runbook.ts";
import { addressOf } from "../runbook/walk.ts";
import type { JsonObject } from "../schema/json.ts";
import { type Instance, instanceFrame, type Outcome } from "./frame.ts";
import { headOf } from "./head.ts";
import { type Planning, unknownIn } from "./planning.ts";
import { planTogether } from "./together.ts";

type PlanOne = (planning: Planning, node: Node, instance?: Instance) => Promise<Outcome>;

/** Plans what is repeated: an entry for each item of its list, or one that stands for all where the list comes later. */
export async function planEach(planning: Planning, node: Node, planOne: PlanOne): Promise<Outcome> {
  const { forEach } = node;
  if (!forEach) return undefined;
  const address = addressOf(planning.prefix, node.id);
  const through = planning.through ?? planning.options.progress?.finished.get(address);
  const { concurrency, maxFailures } = forEach;
  const own = {
    kind: "each" as const,
    concurrency,
    ...(maxFailures === 0 ? {} : { maxFailures }),
    ...(through === undefined ? {} : { state: "finished" as const, reason: through }),
  };
  const found = itemsOf(planning, forEach, address);
  if ("problem" in found) {
    planning.emit(headOf(planning, node, address, { ...own, state: "would-fail", reason: found.problem }));
    return undefined;
  }
  const below: Planning = { ...planning, depth: planning.depth + 1, ...(through === undefined ? {} : { through }) };
  if ("after" in found) {
    const later = found.after.join(", ");
    const reason = `for each item, known after ${later}`;
    planning.emit(headOf(planning, node, address, { ...own, reason, after: found.after }));
    const instance: Instance = { name: "…", later };
    await planOne(instanceFrame(below, node, instance), node, instance);
    return undefined;
  }
  const { items } = found;
  planning.emit(headOf(planning, node, address, { ...own, instances: items.length }));
  const results: JsonObject = {};
  const branches = items.map(({ key, value }, index) => async (frame: Planning) => {
    const instance: Instance = { name: key, item: { key, value, index } };
    const outcome = await planOne(instanceFrame(frame, node, instance), node, instance);
    // What is planned twice counts as it is found the second time.
    if (outcome) results[key] = outcome.result;
    else delete results[key];
  });
  if (concurrency > 1 && branches.length > 1) await planTogether(below, branches);
  else for (const branch of branches) await branch(below);
  const all = items.every(({ key }) => Object.hasOwn(results, key));
  return all ? { result: results, status: "done" } : undefined;
}

type Found =
  | { readonly items: readonly NamedItem[] }
  | { readonly after: readonly string[] }
  | { readonly problem: string };

function itemsOf(planning: Planning, { list, key }: ForEach, address: string): Found {
  const recorded = planning.options.progress?.groups?.get(address)?.instances;
  if (recorded) return { items: recorded };
  const scope = scopeOf(planning.world.values);
  const unknown = unknownIn(planning);
  try {
    const known = renderKnown(list, scope, unknown);
    if (known.after.length > 0) return { after: known.after };
    const after = new Set<string>();
    const items = namedItems(known.value, (value, index) => {
      if (!key) return value;
      const isOwn = (path: readonly string[]) => (path[0] === "each" ? undefined : unknown(path));
      const name = renderKnown(key, { ...scope, each: { value, key: "", index } }, isOwn);
      for (const one of name.after) after.add(one);
      return name.after.length > 0 ? String(index) : name.value;
    });
    if (after.size > 0) return { after: [...after] };
    return "problem" in items ? { problem: `${items.problem}; nothing of it would be begun` } : { items };
  } catch (error) {
    return { problem: sentence(error) };
  }
}
