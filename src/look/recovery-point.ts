import { parseDuration } from "../action/duration.ts";
import { renderTemplate } from "../expression/template.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { scopeOf, type Values } from "./world.ts";

/** The backup's time (UTC, ISO 8601), its age, and the most that may be lost. Milliseconds. */
export interface KnownRecoveryPoint {
  readonly at: string;
  readonly ageMs: number;
  readonly mostMs?: number;
}

/** The age of what is restored, once it is known. What can't be told is not told: it is no reason to stop. */
export function recoveryPointOf(known: {
  readonly runbook: Runbook;
  readonly values: Values;
}): KnownRecoveryPoint | undefined {
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
