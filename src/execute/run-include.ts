import type { EventOf } from "../event/event.ts";
import { renderTemplate } from "../expression/template.ts";
import { absolutePath } from "../look/contexts.ts";
import { sentence } from "../look/look.ts";
import { scopeOf } from "../look/world.ts";
import { resolveInputs } from "../runbook/resolve-inputs.ts";
import type { Include, Node } from "../runbook/runbook.ts";
import type { JsonObject } from "../schema/json.ts";
import { includeSession } from "./frame.ts";
import { groupEnd, groupKey } from "./group-record.ts";
import { identifyConnections } from "./identify.ts";
import { outputsOf } from "./outputs.ts";
import { RunPause } from "./pause.ts";
import { runFinally } from "./run-finally.ts";
import type { StepEnd } from "./run-step.ts";
import type { Session } from "./session.ts";
import { InstanceFailure } from "./undo-request.ts";

/** Runs an included runbook: its preflight, its steps and its `finally`, with inputs of its own. */
export async function runInclude(
  session: Session,
  include: Include,
  runNodes: (session: Session, nodes: readonly Node[]) => Promise<void>,
): Promise<StepEnd> {
  const key = groupKey(session, include.id);
  const begun = await session.durable.once<EventOf<"group-started">>(
    `${key} begun`,
    async () => ({
      type: "group-started",
      step: include.id,
      key,
      section: include.section,
      inputs: await inputsOf(session, include),
    }),
    { lazyFor: () => true },
  );
  // Through in an earlier turn: what its preflight looked at then may be gone by now.
  const end = session.durable.recorded(`${key} done`);
  if (end?.type === "step-finished" && end.state === "failed") throw new InstanceFailure(end.message);
  if (end?.type === "step-finished") return { status: "done", result: end.result ?? {} };
  const inner = includeSession(session, include, include.id, begun.inputs ?? {});
  await identifyConnections(inner);
  try {
    await runNodes(inner, include.runbook.preflight);
    await runNodes(inner, include.runbook.steps);
  } catch (error) {
    // The run goes on without this instance: it is over, and what it must put in order is.
    if (error instanceof InstanceFailure) await runFinally(inner, runNodes);
    throw error;
  }
  await runFinally(inner, runNodes);
  const outputs = outputsOf(inner);
  await groupEnd(session, include, key, { result: outputs });
  return { status: "done", result: outputs };
}

async function inputsOf(session: Session, include: Include): Promise<JsonObject> {
  const refuse = (message: string) =>
    new RunPause("failed", `${include.id}: ${message}; nothing of it was begun`, include.id);
  let data: JsonObject;
  try {
    data = renderTemplate(include.with, scopeOf(session.values)) as JsonObject;
  } catch (error) {
    throw refuse(sentence(error));
  }
  const { values, problems, missing } = await resolveInputs(include.runbook, { data, texts: new Map() }, (path) =>
    absolutePath(session.cwd, path),
  );
  const wrong = [...problems, ...missing.map((name) => `input \`${name}\` has no value`)];
  if (wrong.length > 0) throw refuse(wrong.join("; "));
  return values;
}
