import { patternOf } from "../../runbook/walk.ts";
import type { ReportPlanRow, ReportStep } from "./model.ts";

/** One thing, or many that are all alike. */
export type Unit<T> =
  | { readonly many: false; readonly one: T }
  | { readonly many: true; readonly pattern: string; readonly all: readonly T[] };

/** As many of a kind are shown by themselves. */
const most = 6;

function fold<T>(items: readonly T[], alike: (item: T) => string | undefined, pattern: (item: T) => string): Unit<T>[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = alike(item);
    if (key === undefined) continue;
    const known = groups.get(key);
    if (known) known.push(item);
    else groups.set(key, [item]);
  }
  const said = new Set<string>();
  return items.flatMap((item): Unit<T>[] => {
    const key = alike(item);
    const all = key === undefined ? undefined : groups.get(key);
    if (key === undefined || !all || all.length <= most) return [{ many: false, one: item }];
    if (said.has(key)) return [];
    said.add(key);
    return [{ many: true, pattern: pattern(item), all }];
  });
}

/** A step of which there is nothing to tell but that it went well. */
export function isQuiet({ status, attempts, notes, undo }: ReportStep): boolean {
  return (
    (status === "done" || status === "already-done" || status === "skipped") &&
    undo === undefined &&
    attempts.length <= 1 &&
    notes.length === 0
  );
}

/** Instances that went alike, and well, are one unit. */
export function foldSteps(steps: readonly ReportStep[]): Unit<ReportStep>[] {
  return fold(
    steps,
    (step) =>
      step.address.includes("[") && isQuiet(step)
        ? `${patternOf(step.address)} ${step.kind} ${step.round} ${step.status}`
        : undefined,
    ({ address }) => patternOf(address),
  );
}

export function foldPlanRows(rows: readonly ReportPlanRow[]): Unit<ReportPlanRow>[] {
  return fold(
    rows,
    (row) =>
      row.id.includes("[")
        ? `${patternOf(row.id)} ${row.planned} ${row.difference} ${JSON.stringify(row.happened)}`
        : undefined,
    ({ id }) => patternOf(id),
  );
}
