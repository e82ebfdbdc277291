import { hostname } from "node:os";
import { catalog } from "../../src/actions/catalog.ts";
import { localSystems } from "../../src/cli/local-systems.ts";
import { openConnections } from "../../src/cli/open-connections.ts";
import { absolutePath, type ContextSource, probeContext, readContext } from "../../src/look/contexts.ts";
import type { World } from "../../src/look/world.ts";
import { makePlan } from "../../src/plan/make-plan.ts";
import type { Plan } from "../../src/plan/plan.ts";
import type { PlanOptions } from "../../src/plan/planning.ts";
import type { IncludeSource } from "../../src/runbook/include.ts";
import { type Loaded, loadRunbook } from "../../src/runbook/load-runbook.ts";
import { resolveInputs } from "../../src/runbook/resolve-inputs.ts";
import type { Runbook } from "../../src/runbook/runbook.ts";
import type { JsonObject } from "../../src/schema/json.ts";

/** Included runbooks by the names under which they are included. */
export type Files = { readonly [name: string]: string };

/** Where included runbooks come from in a test. */
export function filesSource(files: Files): IncludeSource {
  return {
    read: async (written) => {
      const text = files[written];
      return text === undefined ? { problem: "there is no such file" } : { file: written, text };
    },
  };
}

export async function loadWith(text: string, files: Files = {}, file = "case.yaml"): Promise<Loaded> {
  return loadRunbook(file, text, catalog, { includes: filesSource(files) });
}

/** The plan of a runbook's text, made in a folder, without the command line. */
export async function planOf(
  text: string,
  folder: string,
  options: { files?: Files; inputs?: JsonObject; steps?: World["values"]["steps"] } & Partial<PlanOptions> = {},
): Promise<Plan> {
  const { runbook, diagnostics } = await loadWith(text, options.files);
  if (!runbook) throw new Error(diagnostics.map((one) => `${one.line}:${one.column} ${one.message}`).join("\n"));
  return planRunbook(runbook, folder, options);
}

export async function planRunbook(
  runbook: Runbook,
  folder: string,
  options: { inputs?: JsonObject; steps?: World["values"]["steps"] } & Partial<PlanOptions> = {},
): Promise<Plan> {
  const { inputs = {}, steps = {}, ...more } = options;
  const given = { data: inputs, texts: new Map<string, string>() };
  const { values, problems, missing } = await resolveInputs(runbook, given, (path) => absolutePath(folder, path));
  if (problems.length + missing.length > 0) throw new Error(`wrong inputs: ${[...problems, ...missing].join(", ")}`);
  const run = { id: "RUN", startedAt: "2026-11-21T03:02:00.000Z" };
  const nothing = () => {};
  const connections = openConnections(folder, nothing);
  const source: ContextSource = {
    systems: localSystems,
    connections,
    cwd: folder,
    run,
    onProgress: nothing,
    onNote: nothing,
    onOutput: nothing,
  };
  const world: World = {
    cwd: folder,
    values: { inputs: values, steps, run: { ...run, user: "tester", host: hostname() }, secrets: {} },
    read: (place) => readContext(source, place),
    probe: (place) => probeContext(source, place, { kind: "memory" }),
  };
  connections.declare("", runbook, world.values);
  try {
    return await makePlan({
      runbook,
      world,
      cwd: folder,
      target: { host: hostname() },
      offline: false,
      connections,
      signal: new AbortController().signal,
      ...more,
    });
  } finally {
    await connections.close();
  }
}

/** One line for each row: its address, set in, its state and why. */
export function planLines(plan: Plan, folder: string): string[] {
  return plan.steps.map(({ id, depth, kind, state, reason, title, instances, after, included }) => {
    const named = title === id || title === id.replace(/^.*[/]|\[.*$/g, "") ? "" : ` "${title}"`;
    const holds = kind === "step" ? "" : ` ${kind}${instances === undefined ? "" : ` of ${instances}`}`;
    const waits = kind === "step" || after.length === 0 ? "" : ` after ${after.join(", ")}`;
    const given = included === undefined ? "" : ` ${JSON.stringify(included.inputs)}`;
    const line = `${"  ".repeat(depth)}${id}${holds} ${state}${named}${given}${waits}${reason === "" ? "" : `: ${reason}`}`;
    return line.replaceAll(folder, ".");
  });
}
