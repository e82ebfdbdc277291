import { allSteps } from "../runbook/runbook.ts";
import { digestOf } from "./digest.ts";
import type { Plan, PlanCounts, PlannedStep } from "./plan.ts";
import { planStep } from "./plan-step.ts";
import type { Planning, PlanOptions } from "./planning.ts";

/** Previews a runbook against the systems as they are. Nothing is written: its contexts can't. */
export async function makePlan(options: PlanOptions): Promise<Plan> {
  const planning: Planning = { ...options, known: new Set(Object.keys(options.world.values.steps)), touched: [] };
  const steps: PlannedStep[] = [];
  for (const step of allSteps(options.runbook)) {
    const planned = await planStep(planning, step);
    steps.push(planned);
    options.onStep?.(planned);
  }
  const { runbook } = options;
  const plan: Omit<Plan, "digest"> = {
    format: 1,
    madeAt: new Date().toISOString(),
    runbook: {
      name: runbook.name,
      version: runbook.version,
      title: runbook.title,
      file: runbook.file,
      digest: runbook.digest,
    },
    inputs: options.world.values.inputs,
    cwd: options.cwd,
    target: options.target,
    offline: options.offline,
    ...(options.progress ? { run: options.progress.run } : {}),
    steps,
    counts: countsOf(steps),
    expectedDurationMs: steps
      .filter((step) => step.state !== "finished")
      .reduce((sum, step) => sum + (step.expectedDurationMs ?? 0), 0),
  };
  return { ...plan, digest: digestOf(plan) };
}

function countsOf(steps: readonly PlannedStep[]): PlanCounts {
  const own = steps.filter((step) => step.section !== "preflight" && step.state !== "finished");
  const wanted = own.filter((step) => step.state !== "skipped");
  const changes = wanted.filter((step) => step.effect === "change");
  return {
    looks: wanted.filter((step) => step.effect === "read").length,
    changes: changes.length,
    byHand: wanted.filter((step) => step.effect === "manual").length,
    done: changes.filter((step) => step.state === "done").length,
    unforeseeable: changes.filter((step) => step.state === "unforeseeable").length,
    skipped: own.length - wanted.length,
    noReturn: changes.filter((step) => step.noReturn && step.state !== "done").length,
  };
}
