import { sentence } from "../look/look.ts";
import { TurnEnds } from "../look/turn-ends.ts";
import type { Node, Runbook } from "../runbook/runbook.ts";
import { addressOf } from "../runbook/walk.ts";
import { connectionAfter } from "./frame.ts";
import type { PlannedConnection } from "./plan.ts";
import type { Planning } from "./planning.ts";

const patienceMs = 20_000;

/** Asks the systems that a frame's steps work on who they are. One that can't be reached is no end of the plan. */
export async function identify(planning: Planning): Promise<void> {
  const { options, runbook, base, shared } = planning;
  const { connections } = options;
  if (!connections || options.offline) return;
  const asked = [...neededBy(planning)].filter((name) => !shared.connections.has(`${base}${name}`));
  const rows = await Promise.all(asked.map((name) => ask(planning, name, runbook.connections.get(name)?.kind ?? "")));
  for (const row of rows) shared.connections.set(row.name, row);
}

async function ask(planning: Planning, local: string, kind: string): Promise<PlannedConnection> {
  const name = `${planning.base}${local}`;
  const after = connectionAfter(planning, local);
  if (after.length > 0) return { name, kind, problem: `known after ${after.join(", ")}` };
  const { connections, signal } = planning.options;
  try {
    await connections?.use(name, AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]));
    return { name, kind, summary: connections?.identity(name)?.summary ?? "" };
  } catch (error) {
    if (error instanceof TurnEnds) throw error;
    return { name, kind, problem: sentence(error) };
  }
}

/** The connections that the steps which are still to do work on. */
function neededBy({ runbook, prefix, options }: Planning): ReadonlySet<string> {
  const names = new Set<string>();
  for (const node of nodesOf(runbook)) {
    if (node.kind !== "step" || options.progress?.finished.has(addressOf(prefix, node.id))) continue;
    const undo = node.undo?.kind === "uses" ? node.undo.on : undefined;
    for (const on of [node.on, node.check?.on, undo]) if (on !== undefined) names.add(on);
  }
  return names;
}

function* nodesOf(runbook: Runbook): Generator<Node> {
  const all = function* (nodes: readonly Node[]): Generator<Node> {
    for (const node of nodes) {
      yield node;
      if (node.kind === "group") yield* all(node.steps);
    }
  };
  yield* all([...runbook.preflight, ...runbook.steps, ...runbook.finally]);
}
