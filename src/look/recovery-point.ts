import { formatDuration, parseDuration } from "../action/duration.ts";
import { renderTemplate } from "../expression/template.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { scopeOf, type Values } from "./world.ts";

/** The backup's time (UTC, ISO 8601), its age, and the most that may be lost. Milliseconds. */
export interface KnownRecoveryPoint {
  readonly at: string;
  readonly ageMs: number;
  readonly mostMs?: number;
}

/** Why the age of what is restored is not known although its time was told; one sentence. Undefined where that is still to come. */
export function unknownRecoveryPoint({ runbook, values }: Frame): string | undefined {
  const point = runbook.recoveryPoint;
  if (!point) return undefined;
  try {
    const at = String(renderTemplate(point.at, scopeOf(values)));
    if (!Number.isNaN(Date.parse(at))) return undefined;
    return `the age of the backup is not known: recoveryPoint gives ${JSON.stringify(at)}, which is no time`;
  } catch {
    return undefined;
  }
}

/** What is wrong with the age of what is restored; one sentence. */
export function recoveryWarning({ ageMs, mostMs }: Omit<KnownRecoveryPoint, "at">): string | undefined {
  if (ageMs < 0) return `the backup is of a time that is ${formatDuration(-ageMs)} from now`;
  if (mostMs === undefined || ageMs <= mostMs) return undefined;
  return `the backup is ${formatDuration(ageMs)} old, and no more than ${formatDuration(mostMs)} may be lost`;
}

interface Frame {
  readonly runbook: Runbook;
  readonly values: Values;
}

/** The age of what is restored, once it is known. What can't be told is not told: it is no reason to stop. */
export function recoveryPointOf(known: Frame): KnownRecoveryPoint | undefined {
  const point = known.runbook.recoveryPoint;
  if (!point) return undefined;
  try {
    const scope = scopeOf(known.values);
    const at = Date.parse(String(renderTemplate(point.at, scope)));
    if (Number.isNaN(at)) return undefined;
    const most = point.within === undefined ? undefined : parseDuration(String(renderTemplate(point.within, scope)));
    return {
      at: new Date(at).toISOString(),
      ageMs: Date.now() - at,
      ...(most === undefined ? {} : { mostMs: most }),
    };
  } catch {
    return undefined;
  }
}
