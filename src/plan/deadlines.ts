import { parseDuration } from "../action/duration.ts";
import { renderKnown, type Template } from "../expression/template.ts";
import { scopeOf } from "../look/world.ts";
import { expectedMs } from "./expected.ts";
import type { PlannedDeadline, PlannedStep } from "./plan.ts";
import { type Planning, unknownIn } from "./planning.ts";

/** Keeps the deadlines of a runbook whose limits are known now. */
export function noteDeadlines(planning: Planning): void {
  const { runbook, base, shared } = planning;
  for (const [name, { start, end, within, warnAt }] of runbook.deadlines) {
    const withinMs = lengthOf(planning, within);
    if (withinMs === undefined) continue;
    const warnAtMs = warnAt === undefined ? undefined : lengthOf(planning, warnAt);
    shared.deadlines.set(`${base}${name}`, {
      name: `${base}${name}`,
      withinMs,
      ...(warnAtMs === undefined ? {} : { warnAtMs }),
      start: `${base}${start}`,
      ...(end === undefined ? {} : { end: `${base}${end}` }),
    });
  }
}

function lengthOf(planning: Planning, template: Template): number | undefined {
  try {
    const { value, after } = renderKnown(template, scopeOf(planning.world.values), unknownIn(planning));
    return after.length > 0 ? undefined : parseDuration(String(value));
  } catch {
    return undefined;
  }
}

/** The same with how long their steps usually take. */
export function withExpected(
  deadlines: Iterable<Omit<PlannedDeadline, "expectedMs">>,
  steps: readonly PlannedStep[],
): PlannedDeadline[] {
  return [...deadlines].map((deadline) => {
    const first = steps.findIndex(({ id }) => id === deadline.start);
    const last = deadline.end === undefined ? frameEnd(steps, deadline) : endOf(steps, deadline.end);
    return { ...deadline, expectedMs: first === -1 ? 0 : expectedMs(steps, { first, last }) };
  });
}

/** The last row of what a row holds. */
function endOf(steps: readonly PlannedStep[], id: string): number {
  const at = steps.findIndex((step) => step.id === id);
  if (at === -1) return steps.length - 1;
  const depth = steps[at]?.depth ?? 0;
  const next = steps.findIndex((step, index) => index > at && step.depth <= depth);
  return next === -1 ? steps.length - 1 : next - 1;
}

/** Without an end the clock stops with the runbook that declares it; what puts things in order is late for none. */
function frameEnd(steps: readonly PlannedStep[], { name }: Pick<PlannedDeadline, "name">): number {
  const holder = name.slice(0, Math.max(0, name.lastIndexOf("/")));
  if (holder !== "") return endOf(steps, holder);
  return steps.findLastIndex(({ section }) => section === "steps");
}
