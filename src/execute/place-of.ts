import type { Place } from "../look/world.ts";
import type { Step } from "../runbook/runbook.ts";
import { holdsSecret } from "../runbook/secret-uses.ts";
import type { Session } from "./session.ts";

/** Where a step looks and works: its connection, and by default until the step is ended. */
export function placeOf(
  session: Session,
  step: Pick<Step, "id" | "on" | "with">,
  key: string,
  signal: AbortSignal = session.stops.now,
): Place {
  return {
    id: step.id,
    key,
    signal,
    ...(step.on === undefined ? {} : { on: step.on }),
    ...(holdsSecret(step.with) ? { secret: true } : {}),
  };
}
