import { sentence } from "../look/look.ts";
import type { Node, Runbook } from "../runbook/runbook.ts";
import { RunPause } from "./pause.ts";
import type { Session } from "./session.ts";

const patienceMs = 20_000;

/**
 * Asks the systems that a frame's remaining steps work on who they are, before the first of them does. One that does not
 * answer is no reason to stop: a step may start it, and it is asked again when it is first used.
 */
export async function identifyConnections(session: Session): Promise<void> {
  const names = neededConnections(session);
  for (const name of names) {
    const signal = AbortSignal.any([session.stops.pause, AbortSignal.timeout(patienceMs)]);
    try {
      await session.source.connections.use(name, signal);
    } catch (error) {
      if (error instanceof RunPause) throw error;
      if (session.stops.pause.aborted) throw new RunPause("interrupted", "the run was stopped on request");
      session.emit({
        type: "note",
        step: "",
        key: name,
        line: `connection ${name} does not answer yet: ${sentence(error)}`,
      });
    }
  }
}

const through = new Set(["done", "already-done", "skipped", "done-by-hand"]);

/** The whole names of the connections that are still worked on; those of a run that is undone, too. */
function neededConnections(session: Session): string[] {
  const { runbook, base, state } = session;
  if (runbook.connections.size === 0) return [];
  const names = new Set<string>();
  const undoing = state.undo !== undefined;
  for (const node of nodesOf(runbook)) {
    if (node.kind !== "step") continue;
    const known = state.steps.get(`${session.prefix}${node.id}`);
    if (!undoing && known && through.has(known.status)) continue;
    const own = [node.on, node.check?.on, node.undo?.kind === "uses" ? node.undo.on : undefined];
    for (const name of own) if (name !== undefined) names.add(`${base}${name}`);
  }
  return [...names];
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
