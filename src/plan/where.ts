import type { Step } from "../runbook/runbook.ts";
import type { Json } from "../schema/json.ts";
import type { Planning } from "./planning.ts";
import { changedPaths, type Looked, pathsOf } from "./touched.ts";

/** Why a connection's system does not say who it is; undefined when it does. */
export function unreached(planning: Planning, on: string): string | undefined {
  const problem = planning.shared.connections.get(on)?.problem;
  return problem === undefined ? undefined : `connection ${on} does not answer: ${problem}`;
}

/** The machine that a step works on, as far as it is known which one that is. */
function machineOf({ options }: Planning, on: string | undefined): string | undefined {
  if (on === undefined) return options.target.machine ?? options.target.host;
  const facts = options.connections?.identity(on)?.facts;
  return facts?.["machine"] ?? facts?.["host"];
}

/** What a step with this input looks at. */
export function lookedOf(planning: Planning, step: Step, input: Json): Looked {
  return onMachine(planning, step, pathsOf(step.action, input));
}

/** What a step with this input changes. */
export function changedBy(planning: Planning, step: Step, input: Json): Looked {
  return onMachine(planning, step, changedPaths(step.action, input));
}

function onMachine(planning: Planning, step: Step, paths: readonly string[] | undefined): Looked {
  const machine = machineOf(planning, step.on);
  return { ...(paths ? { paths } : {}), ...(machine === undefined ? {} : { machine }) };
}
