import { parseDuration } from "../action/duration.ts";
import { renderTemplate } from "../expression/template.ts";
import { scopeOf } from "../look/world.ts";
import type { KnownRecoveryPoint } from "./known-recovery-point.ts";
import type { Session } from "./session.ts";

/** The age of what is restored, once it is known. What can't be told is not told: it is no reason to stop. */
export function recoveryPointOf(session: Pick<Session, "runbook" | "values">): KnownRecoveryPoint | undefined {
  const point = session.runbook.recoveryPoint;
  if (!point) return undefined;
  try {
    const scope = scopeOf(session.values);
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
