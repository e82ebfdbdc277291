import type { StepStatus } from "../../event/run-state.ts";
import type { Plan, PlannedStep } from "../../plan/plan.ts";
import { patternOf } from "../../runbook/walk.ts";
import type { ReportPlanRow, ReportStep } from "./model.ts";

type Row = ReportPlanRow;

const noChange = new Set<PlannedStep["state"]>(["done", "skipped", "looked", "finished"]);
const ended = new Set<StepStatus>(["done", "already-done", "done-by-hand", "failed", "in-doubt", "undone"]);

/** What a plan foresaw of each step, beside what happened. `over`: the run has come to its end. */
export function comparePlan(plan: Plan, steps: readonly ReportStep[], over: boolean): Row[] {
  const leaves = steps.filter((step) => step.kind === "step");
  const exact = new Set(plan.steps.map(({ id }) => id));
  const ran = new Map<string, ReportStep[]>();
  for (const step of leaves) {
    const id = exact.has(step.address) ? step.address : patternOf(step.address);
    const known = ran.get(id);
    if (known) known.push(step);
    else ran.set(id, [step]);
  }
  const rows: Row[] = [];
  for (const planned of plan.steps) {
    if ((planned.state as string) === "group") continue;
    rows.push(rowOf(planned, ran.get(planned.id) ?? [], over));
    ran.delete(planned.id);
  }
  for (const [id, own] of ran)
    rows.push({ ...happenedOf(own), id, title: own[0]?.title ?? "", changes: [], difference: "run, not planned" });
  return rows;
}

function rowOf(planned: PlannedStep, own: readonly ReportStep[], over: boolean): Row {
  const difference = differenceOf(planned, own, over);
  const changes = planned.changes.map(({ target, summary }) => `${target}: ${summary}`);
  return {
    id: planned.id,
    title: planned.title,
    planned: planned.state,
    changes,
    ...happenedOf(own),
    ...(planned.expectedDurationMs === undefined ? {} : { expectedMs: planned.expectedDurationMs }),
    ...(difference === undefined ? {} : { difference }),
  };
}

function differenceOf(planned: PlannedStep, own: readonly ReportStep[], over: boolean): string | undefined {
  const { state } = planned;
  const many = (wanted: (step: ReportStep) => boolean) => own.some(wanted);
  if (!many(({ status }) => status !== "pending")) {
    const unsure = planned.conditional || state === "skipped" || state === "finished" || planned.section === "finally";
    if (!over) return unsure ? undefined : "planned, not run yet";
    return unsure ? undefined : "planned, not run";
  }
  if (many(({ status }) => status === "failed")) return "it failed";
  if (many(({ status }) => status === "in-doubt")) return "what it did is not known";
  if (many(({ status }) => status === "done-by-hand")) return "a person did it by hand";
  const changed = many(({ status, effect }) => effect === "change" && (status === "done" || status === "undone"));
  if (noChange.has(state) && changed) return "no change was foreseen, and it changed something";
  if (state === "skipped" && many(({ status }) => ended.has(status))) return "it was to be skipped, and ran";
  if (state === "change" && own.every(({ status }) => status === "already-done"))
    return "a change was foreseen, and it was found done";
  const foreseen = state !== "skipped" && !planned.conditional;
  if (foreseen && own.every(({ status }) => status === "skipped")) return "it was to run, and was skipped";
  return undefined;
}

function happenedOf(own: readonly ReportStep[]): Pick<Row, "happened" | "durationMs"> {
  const counts = new Map<StepStatus, number>();
  for (const { status } of own) counts.set(status, (counts.get(status) ?? 0) + 1);
  const longest = Math.max(-1, ...own.map(({ durationMs }) => durationMs ?? -1));
  return {
    happened: [...counts].map(([status, count]) => ({ status, count })),
    ...(longest < 0 ? {} : { durationMs: longest }),
  };
}
