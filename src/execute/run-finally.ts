import { stepValue } from "../look/world.ts";
import type { Node } from "../runbook/runbook.ts";
import { findNode } from "../runbook/walk.ts";
import { includeSession, sessionAt } from "./frame.ts";
import { RunPause } from "./pause.ts";
import type { Session } from "./session.ts";

type RunNodes = (session: Session, nodes: readonly Node[]) => Promise<void>;

/** Every step of `finally` gets its chance; the first pause among them is what stops the run. */
export async function runFinally(session: Session, runNodes: RunNodes): Promise<void> {
  for (const node of [...session.runbook.preflight, ...session.runbook.steps]) neverCameTo(session, node);
  let pause: RunPause | undefined;
  for (const node of session.runbook.finally) {
    try {
      await runNodes(session, [node]);
    } catch (error) {
      if (!(error instanceof RunPause) || error.reason === "interrupted") throw error;
      pause ??= error;
    }
  }
  if (pause) throw pause;
}

/** A run that was given up never came to some of its steps; what reads them finds null, not a mistake. */
function neverCameTo(session: Session, node: Node): void {
  session.values.steps[node.id] ??= stepValue(null, "pending");
  if (node.kind === "group" && !node.forEach) for (const one of node.steps) neverCameTo(session, one);
}

/** The `finally` of included runbooks that were begun and never came to their end, the innermost first. */
export async function runOpenFinally(root: Session, runNodes: RunNodes): Promise<void> {
  const open = [...root.state.steps.values()].filter(
    (step) => step.status === "running" && findNode(root.root, step.id)?.node.kind === "include",
  );
  for (const { id, group } of open.reverse()) {
    const found = sessionAt(root, id);
    if (found?.node.kind !== "include") continue;
    const { runbook } = found.node;
    if (runbook.finally.length === 0) continue;
    const inner = includeSession(found.session, found.node, id, group?.inputs ?? {});
    await runFinally(inner, runNodes);
  }
}
