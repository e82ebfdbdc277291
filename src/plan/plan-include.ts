import { renderKnown } from "../expression/template.ts";
import { absolutePath } from "../look/contexts.ts";
import { sentence } from "../look/look.ts";
import { recoveryPointOf, unknownRecoveryPoint } from "../look/recovery-point.ts";
import { scopeOf } from "../look/world.ts";
import { resolveInputs } from "../runbook/resolve-inputs.ts";
import { type Include, type Node, sections } from "../runbook/runbook.ts";
import { isJsonObject, type JsonObject } from "../schema/json.ts";
import { noteDeadlines } from "./deadlines.ts";
import { includeFrame, type Outcome, sectionFrame } from "./frame.ts";
import { headOf } from "./head.ts";
import { identify } from "./identify.ts";
import type { PlannedStep } from "./plan.ts";
import { type Planning, unknownIn } from "./planning.ts";

/** Plans an included runbook: in a frame of its own, with its own inputs. */
export async function planInclude(
  planning: Planning,
  include: Include,
  address: string,
  known: Partial<PlannedStep>,
  planNodes: (planning: Planning, nodes: readonly Node[]) => Promise<void>,
): Promise<Outcome> {
  const { runbook } = include;
  const { name, version, title } = runbook;
  const found = await inputsOf(planning, include, address);
  if ("problem" in found) {
    const reason = `${found.problem}; nothing of it would be begun`;
    planning.emit(headOf(planning, include, address, { state: "would-fail", reason }));
    return undefined;
  }
  const { inputs, later } = found;
  const after = [...new Set([...(known.after ?? []), ...later.values()])];
  planning.emit(headOf(planning, include, address, { ...known, after, included: { name, version, title, inputs } }));
  const inner = { ...includeFrame(planning, include, address, inputs, later), depth: planning.depth + 1 };
  await identify(inner);
  noteDeadlines(inner);
  for (const section of sections) await planNodes(sectionFrame(inner, section), runbook[section]);
  noteRecoveryPoint(inner);
  if (planning.through !== undefined || known.state === "finished") return planning.shared.recorded[address];
  return outputsOf(inner);
}

type Found =
  | { readonly inputs: JsonObject; readonly later: ReadonlyMap<string, string> }
  | { readonly problem: string };

/** What it gets: those that are known now, with defaults, and the steps after which the others are. */
async function inputsOf(planning: Planning, include: Include, address: string): Promise<Found> {
  const recorded = planning.options.progress?.groups?.get(address)?.inputs;
  if (recorded) return { inputs: recorded, later: new Map() };
  const later = new Map<string, string>();
  let data: JsonObject;
  try {
    const { value, unknownPaths } = renderKnown(include.with, scopeOf(planning.world.values), unknownIn(planning));
    data = isJsonObject(value) ? { ...value } : {};
    for (const path of unknownPaths) {
      const text = String(path.reduce<unknown>((at, key) => (at as { [key: string]: unknown })[key], value));
      later.set(String(path[0]), text.replace(/^\(known after (.*)\)$/s, "$1"));
    }
  } catch (error) {
    return { problem: sentence(error) };
  }
  for (const name of later.keys()) delete data[name];
  const { values, problems, missing } = await resolveInputs(include.runbook, { data, texts: new Map() }, (path) =>
    absolutePath(planning.options.cwd, path),
  );
  const wanted = missing.filter((name) => !later.has(name)).map((name) => `input \`${name}\` has no value`);
  const wrong = [...problems, ...wanted];
  if (wrong.length > 0) return { problem: wrong.join("; ") };
  for (const [name, names] of later) values[name] = `(known after ${names})`;
  return { inputs: values, later };
}

/** What it hands on, where all of it is known. */
function outputsOf(planning: Planning): Outcome {
  const result: JsonObject = {};
  try {
    for (const [name, template] of planning.runbook.outputs) {
      const { value, after } = renderKnown(template, scopeOf(planning.world.values), unknownIn(planning));
      if (after.length > 0) return undefined;
      result[name] = value;
    }
  } catch {
    // An output that can't be had now says nothing of the run.
    return undefined;
  }
  return { result, status: "done" };
}

/** The age of what is restored, once the steps that tell it are planned; that of the outermost runbook counts. */
export function noteRecoveryPoint(planning: Planning): void {
  const point = planning.runbook.recoveryPoint;
  if (!point) return;
  const templates = [point.at, ...(point.within ? [point.within] : [])];
  const unknown = unknownIn(planning);
  if (templates.some(({ references }) => references.some(({ path }) => unknown(path) !== undefined))) return;
  const known = recoveryPointOf({ runbook: planning.runbook, values: planning.world.values });
  if (!known) {
    const why = unknownRecoveryPoint({ runbook: planning.runbook, values: planning.world.values });
    if (why !== undefined) planning.shared.recoveryUnknown = why;
    else delete planning.shared.recoveryUnknown;
    return;
  }
  delete planning.shared.recoveryUnknown;
  const { at, ageMs, mostMs } = known;
  planning.shared.recoveryPoint = { at, ageMs, ...(mostMs === undefined ? {} : { withinMs: mostMs }) };
}
