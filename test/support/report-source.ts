import { catalog } from "../../src/actions/catalog.ts";
import type { JournalEvent } from "../../src/event/event.ts";
import { foldEvent } from "../../src/event/fold-event.ts";
import { emptyRunState } from "../../src/event/run-state.ts";
import { chainStart, encodeRecord } from "../../src/journal/record.ts";
import { buildReport, type ReportSource } from "../../src/render/report/build.ts";
import type { Report, ReportRecord } from "../../src/render/report/model.ts";
import { loadRunbook } from "../../src/runbook/load-runbook.ts";
import type { Runbook } from "../../src/runbook/runbook.ts";

export const began = Date.parse("2026-11-21T03:02:00.000Z");

/** An event and when it was, in milliseconds after the run began. */
export type Told = readonly [afterMs: number, event: JournalEvent];

export function startedEvent(more: Partial<Extract<JournalEvent, { type: "run-started" }>> = {}): JournalEvent {
  return {
    type: "run-started",
    run: "k7",
    runbook: {
      name: "restore-db",
      version: "1.2.0",
      title: "Restore the database",
      file: "/srv/db.yaml",
      digest: "d1",
    },
    inputs: { dump: "/backup/db.sql" },
    attempt: "a1",
    operator: { user: "ana", host: "ops-1", pid: 7 },
    program: { belay: "0.1.0", node: "v20" },
    cwd: "/srv",
    ...more,
  };
}

/** The records of events, chained. */
export function recordsOf(told: readonly Told[]): ReportRecord[] {
  let hash = chainStart;
  return told.map(([after, event], index) => {
    const at = new Date(began + after).toISOString();
    hash = encodeRecord(hash, index + 1, at, `${index}`, event).hash;
    return { seq: index + 1, at, hash, event };
  });
}

/** The report of a run of which these events are known. */
export function reportOf(told: readonly Told[], more: Partial<ReportSource> = {}): Report {
  const records = recordsOf(told);
  const state = emptyRunState();
  for (const { at, event } of records) foldEvent(state, { at, ...event });
  return buildReport({
    run: "k7",
    records,
    state,
    live: false,
    chain: { records: records.length, verified: true, found: ["run k7: each as it was written"] },
    files: { folder: "/home/runs/k7" },
    belay: "0.1.0",
    now: began + 3_600_000,
    zone: "Europe/Berlin",
    ...more,
  });
}

export async function runbookOf(text: string): Promise<Runbook> {
  const { runbook, diagnostics } = await loadRunbook("restore-db.yaml", text, catalog);
  if (!runbook) throw new Error(JSON.stringify(diagnostics, null, 2));
  return runbook;
}

/** A look or a change that began and ended. */
export function stepDone(
  step: string,
  from: number,
  to: number,
  more: { effect?: "read" | "change"; state?: "done" | "failed" | "skipped"; key?: string; result?: never } = {},
): Told[] {
  const key = more.key ?? `${step}#1`;
  return [
    [
      from,
      {
        type: "step-started",
        step,
        key,
        section: "steps",
        attempt: "a1",
        effect: more.effect ?? "change",
        input: { id: step },
      },
    ],
    [to, { type: "step-finished", step, key, section: "steps", state: more.state ?? "done", durationMs: to - from }],
  ];
}
