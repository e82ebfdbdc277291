import { parseDuration } from "../action/duration.ts";
import { renderTemplate } from "../expression/template.ts";
import type { Json, JsonObject } from "../schema/json.ts";
import type { Deadline } from "./declarations.ts";
import type { Runbook } from "./runbook.ts";
import { walk } from "./walk.ts";

/** What is known of a run's times; the state of a run is one. Times are ISO 8601. */
export interface RunTimes {
  readonly inputs: JsonObject;
  readonly steps: ReadonlyMap<
    string,
    {
      readonly status: string;
      readonly begunAt?: string;
      readonly endedAt?: string;
      readonly group?: { readonly inputs?: JsonObject };
    }
  >;
  readonly endedAt?: string;
  /** When its steps were through, where it goes on after that (it is undone, say). */
  readonly doneAt?: string;
}

/** A deadline whose clock has begun. Times are ISO 8601, UTC; lengths are milliseconds. */
export interface DeadlineClock {
  /** Its whole name: `outage`, or `db/outage` of an included runbook. */
  readonly name: string;
  readonly deadline: Deadline;
  /** The runbook that declares it, and what its values are. */
  readonly runbook: Runbook;
  readonly inputs: JsonObject;
  readonly startedAt: string;
  readonly limitAt: string;
  readonly warnAt?: string;
  /** When the clock stopped. */
  readonly endedAt?: string;
  readonly elapsedMs: number;
  /** Less than nothing when it is over. */
  readonly leftMs: number;
}

const through = new Set(["done", "already-done", "skipped", "done-by-hand", "failed"]);

/** The deadlines whose clocks have begun, those of included runbooks too. One that can't be told is left out. */
export function deadlineClocks(root: Runbook, times: RunTimes, now: number): DeadlineClock[] {
  const clocks = clocksOf(root, "", times.inputs, times, now);
  for (const { node, address } of walk(root)) {
    // Whoever includes a runbook many times has many clocks of one name: those are not told.
    if (node.kind !== "include" || address.includes("[")) continue;
    const inputs = times.steps.get(address)?.group?.inputs;
    if (inputs) clocks.push(...clocksOf(node.runbook, `${address}/`, inputs, times, now));
  }
  return clocks;
}

function clocksOf(runbook: Runbook, base: string, inputs: JsonObject, times: RunTimes, now: number): DeadlineClock[] {
  const found: DeadlineClock[] = [];
  for (const [name, deadline] of runbook.deadlines) {
    const startedAt = times.steps.get(`${base}${deadline.start}`)?.begunAt;
    const within = lengthOf(deadline.within, inputs);
    if (startedAt === undefined || within === undefined) continue;
    const end = deadline.end === undefined ? undefined : times.steps.get(`${base}${deadline.end}`);
    const endedAt = end && through.has(end.status) ? end.endedAt : (times.doneAt ?? times.endedAt);
    const start = Date.parse(startedAt);
    const warn = deadline.warnAt === undefined ? undefined : lengthOf(deadline.warnAt, inputs);
    const elapsedMs = (endedAt === undefined ? now : Date.parse(endedAt)) - start;
    found.push({
      name: `${base}${name}`,
      deadline,
      runbook,
      inputs,
      startedAt,
      limitAt: new Date(start + within).toISOString(),
      ...(warn === undefined ? {} : { warnAt: new Date(start + warn).toISOString() }),
      ...(endedAt === undefined ? {} : { endedAt }),
      elapsedMs,
      leftMs: within - elapsedMs,
    });
  }
  return found;
}

function lengthOf(template: Deadline["within"], inputs: JsonObject): number | undefined {
  try {
    return parseDuration(String(renderTemplate(template, { inputs: inputs as Json, run: {} })));
  } catch {
    return undefined;
  }
}
