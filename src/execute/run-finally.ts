import { stepValue, type Values } from "../look/world.ts";
import type { Node } from "../runbook/runbook.ts";
import { findNode } from "../runbook/walk.ts";
import { includeSession, knownSteps, sessionAt } from "./frame.ts";
import { RunPause } from "./pause.ts";
import type { Session } from "./session.ts";
import { InstanceFailure } from "./undo-request.ts";

type RunNodes = (session: Session, nodes: readonly Node[]) => Promise<void>;

/** Every step of `finally` gets its chance; the first pause among them is what stops the run. */
export async function runFinally(session: Session, runNodes: RunNodes): Promise<void> {
  const nodes = [...session.runbook.preflight, ...session.runbook.steps];
  const known = knownSteps(session.state, nodes, session.prefix);
  for (const node of nodes) neverCameTo(session, node, known);
  await eachItsChance(session.runbook.finally.map((node) => () => runNodes(session, [node])));
}

async function eachItsChance(works: readonly (() => Promise<void>)[]): Promise<void> {
  let pause: RunPause | undefined;
  let lost: InstanceFailure | undefined;
  for (const work of works) {
    try {
      await work();
    } catch (error) {
      if (error instanceof InstanceFailure) lost ??= error;
      else if (error instanceof RunPause && error.reason !== "interrupted") pause ??= error;
      else throw error;
    }
  }
  if (pause ?? lost) throw pause ?? lost;
}

/** A run that was given up never came to some of its steps; what reads them finds null, not a mistake. */
function neverCameTo(session: Session, node: Node, known: Values["steps"]): void {
  session.values.steps[node.id] ??= known[node.id] ?? stepValue(null, "pending");
  if (node.kind === "group" && !node.forEach) for (const one of node.steps) neverCameTo(session, one, known);
}

/** The `finally` of a run that ends before its steps are through: first those of included runbooks, then its own. */
export async function endInOrder(root: Session, runNodes: RunNodes): Promise<void> {
  // Of what was undone just now, this turn still has the values from before.
  Object.assign(root.values.steps, knownSteps(root.state, root.runbook.steps, root.prefix));
  await eachItsChance([
    ...openIncludes(root).map((id) => () => runOpenFinally(root, id, runNodes)),
    () => runFinally(root, runNodes),
  ]);
}

/** Included runbooks that were begun and never came to their end, the innermost first. */
function openIncludes(root: Session): string[] {
  const open = [...root.state.steps.values()].filter(
    ({ id, status, group }) =>
      // The record of all instances of a repeated one is not an included runbook itself.
      status === "running" && group?.inputs !== undefined && findNode(root.root, id)?.node.kind === "include",
  );
  return open.map(({ id }) => id).reverse();
}

async function runOpenFinally(root: Session, address: string, runNodes: RunNodes): Promise<void> {
  const found = sessionAt(root, address);
  if (found?.node.kind !== "include") return;
  const inputs = root.state.steps.get(address)?.group?.inputs ?? {};
  await runFinally(includeSession(found.session, found.node, address, inputs), runNodes);
}
