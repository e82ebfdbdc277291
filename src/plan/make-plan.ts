import { formatDuration } from "../action/duration.ts";
import { recoveryWarning } from "../look/recovery-point.ts";
import { sections } from "../runbook/runbook.ts";
import { noteDeadlines, withExpected } from "./deadlines.ts";
import { digestOf } from "./digest.ts";
import { expectedMs } from "./expected.ts";
import { rootFrame, sectionFrame } from "./frame.ts";
import { identify } from "./identify.ts";
import type { Plan, PlanCounts, PlannedStep } from "./plan.ts";
import { noteRecoveryPoint } from "./plan-include.ts";
import { planNodes } from "./plan-nodes.ts";
import type { PlanOptions } from "./planning.ts";

/** Previews a runbook against the systems as they are. Nothing is written: its contexts can't. */
export async function makePlan(options: PlanOptions): Promise<Plan> {
  const steps: PlannedStep[] = [];
  const planning = rootFrame(options, (step) => {
    steps.push(step);
    options.onStep?.(step);
  });
  const { runbook } = options;
  await identify(planning);
  noteDeadlines(planning);
  for (const section of sections) await planNodes(sectionFrame(planning, section), runbook[section]);
  noteRecoveryPoint(planning);
  const { connections, deadlines, recoveryPoint } = planning.shared;
  const plan: Omit<Plan, "digest" | "warnings"> = {
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
    connections: [...connections.values()],
    deadlines: withExpected(deadlines.values(), steps),
    ...(recoveryPoint === undefined ? {} : { recoveryPoint }),
    steps,
    counts: countsOf(steps),
    expectedDurationMs: expectedMs(steps),
  };
  const whole = { ...plan, warnings: warningsOf(plan, planning.shared.recoveryUnknown) };
  return { ...whole, digest: digestOf(whole) };
}

function countsOf(all: readonly PlannedStep[]): PlanCounts {
  const own = all.filter((step) => step.section !== "preflight" && step.state !== "finished");
  const wanted = own.filter((step) => step.kind === "step" && step.state !== "skipped");
  const changes = wanted.filter((step) => step.effect === "change");
  return {
    looks: wanted.filter((step) => step.effect === "read").length,
    changes: changes.length,
    byHand: wanted.filter((step) => step.effect === "manual").length,
    done: changes.filter((step) => step.state === "done").length,
    unforeseeable: changes.filter((step) => step.state === "unforeseeable").length,
    skipped: own.filter((step) => step.state === "skipped").length,
    noReturn: changes.filter((step) => step.noReturn && step.state !== "done").length,
  };
}

function warningsOf(
  { deadlines, recoveryPoint: point }: Pick<Plan, "deadlines" | "recoveryPoint">,
  unknown: string | undefined,
): string[] {
  const late = deadlines
    .filter(({ withinMs, expectedMs }) => expectedMs > withinMs)
    .map(
      ({ name, withinMs, expectedMs }) =>
        `deadline ${name} allows ${formatDuration(withinMs)}, and its steps usually take about ${formatDuration(expectedMs)}`,
    );
  const old = point
    ? recoveryWarning({ ageMs: point.ageMs, ...(point.withinMs === undefined ? {} : { mostMs: point.withinMs }) })
    : unknown;
  return [...late, ...(old === undefined ? [] : [old])];
}
