import { catalog } from "../../src/actions/catalog.ts";
import type { JournalEvent, TimedEvent } from "../../src/event/event.ts";
import { loadRunbook } from "../../src/runbook/load-runbook.ts";
import type { Runbook } from "../../src/runbook/runbook.ts";

const runbookText = `apiVersion: belay/v1
name: restart-sites
version: 2.0.0
title: Restart all sites
inputs:
  sites: { type: list, default: [eu, us, ap, sa, af, oc, me, an] }
deadlines:
  outage: { start: quiesce, within: 30m, warnAt: 10m }
steps:
  - { id: quiesce, title: Stop what writes, uses: exec, with: { argv: ["true"] }, repeatable: true }
  - id: sites
    title: Restart every site
    forEach: "\${{ inputs.sites }}"
    concurrency: 4
    expectedDuration: 2m
    steps:
      - { id: stop, title: Stop the site, uses: exec, with: { argv: ["true"] }, repeatable: true, expectedDuration: 1m }
      - { id: start, title: Start the site, uses: exec, with: { argv: ["true"] }, repeatable: true }
  - id: both
    title: Two at once
    parallel: true
    steps:
      - { id: load, title: Load the dump, uses: exec, with: { argv: ["true"] }, repeatable: true }
      - { id: copy, title: Copy the files, uses: exec, with: { argv: ["true"] }, repeatable: true }
  - id: greet
    title: Greet everybody
    forEach: [ana, bo]
    uses: exec
    with: { argv: ["true"] }
    repeatable: true
  - id: drop
    title: Delete the old data
    uses: exec
    with: { argv: ["true"] }
    repeatable: true
    confirm: { message: The old data is gone for good., approvers: 1 }
`;

export async function groupRunbook(): Promise<Runbook> {
  const { runbook, diagnostics } = await loadRunbook("restart-sites.yaml", runbookText, catalog);
  if (!runbook) throw new Error(JSON.stringify(diagnostics));
  return runbook;
}

const at = (second: number, event: JournalEvent): TimedEvent => ({
  at: new Date(Date.parse("2026-11-21T03:00:00Z") + second * 1000).toISOString(),
  ...event,
});

const operator = (user: string) => ({ user, host: "ops-1", pid: 7 });
const section = "steps" as const;
const key = (step: string) => `${step}#1`;

export const began = (step: string): JournalEvent => ({
  type: "step-started",
  step,
  key: key(step),
  section,
  attempt: "a1",
  effect: "change",
  input: {},
});
export const ended = (step: string, durationMs: number): JournalEvent => ({
  type: "step-finished",
  step,
  key: key(step),
  section,
  state: "done",
  durationMs,
});
export const failed = (step: string, message: string): JournalEvent => ({
  type: "step-finished",
  step,
  key: key(step),
  section,
  state: "failed",
  message,
  durationMs: 1200,
});
export const group = (step: string, instances?: readonly string[]): JournalEvent => ({
  type: "group-started",
  step,
  key: key(step),
  section,
  ...(instances ? { instances: instances.map((name) => ({ key: name, value: name })) } : {}),
});

const sites = ["eu", "us", "ap", "sa", "af", "oc", "me", "an"];
const site = (name: string, second: number): TimedEvent[] => [
  at(second, group(`sites[${name}]`)),
  at(second, began(`sites[${name}]/stop`)),
  at(second + 10, ended(`sites[${name}]/stop`, 10_000)),
  at(second + 10, began(`sites[${name}]/start`)),
  at(second + 20, ended(`sites[${name}]/start`, 10_000)),
  at(second + 20, ended(`sites[${name}]`, 20_000)),
];

/** A first turn that was killed, and a second one with branches that run, fail, and wait. */
export const groupEvents: readonly TimedEvent[] = [
  at(0, {
    type: "run-started",
    run: "k7",
    runbook: { name: "restart-sites", version: "2.0.0", title: "Restart all sites", file: "/srv/r.yaml", digest: "d" },
    inputs: { sites },
    attempt: "a1",
    operator: operator("ana"),
    program: { belay: "0.1.0", node: "v20.20.2" },
    cwd: "/srv",
  }),
  at(1, {
    type: "connected",
    connection: "db",
    kind: "postgres",
    summary: "PostgreSQL 16.4 on db-1, system 7421",
    facts: { system: "7421" },
  }),
  at(2, began("quiesce")),
  at(4, ended("quiesce", 2000)),
  at(5, group("sites", sites)),
  ...["eu", "us", "ap", "sa"].flatMap((name) => site(name, 5)),
  at(60, {
    type: "run-resumed",
    attempt: "a2",
    operator: operator("bo"),
    program: { belay: "0.1.0", node: "v22.1.0" },
    tookOver: "the lock of ana's belay 7 on ops-1, which is gone",
    differs: ["node v20.20.2 → v22.1.0"],
  }),
  at(61, {
    type: "adopted",
    runbook: { version: "2.0.1", file: "/srv/r.yaml", digest: "e" },
    changes: ["step drop: its confirmation is another one"],
    by: "bo",
    why: "a typing mistake",
  }),
  ...site("af", 62),
  at(70, group("sites[oc]")),
  at(70, began("sites[oc]/stop")),
  at(72, failed("sites[oc]/stop", "connection refused")),
  at(73, group("sites[me]")),
  at(73, began("sites[me]/stop")),
  at(80, group("both")),
  at(80, began("load")),
  at(600, {
    type: "deadline-warned",
    deadline: "outage",
    startedAt: "2026-11-21T03:00:02.000Z",
    limitAt: "2026-11-21T03:30:02.000Z",
  }),
];

/** The same run later: everybody waits for another person. */
export const waitingEvents: readonly TimedEvent[] = [
  ...groupEvents,
  at(610, ended("sites[me]/stop", 537_000)),
  at(610, began("sites[me]/start")),
  at(611, ended("sites[me]/start", 1000)),
  at(611, {
    type: "decided",
    step: "sites[oc]/stop",
    key: key("sites[oc]/stop"),
    decision: "continue",
    via: "max-failures",
  }),
  at(612, ended("sites[me]", 540_000)),
  ...site("an", 612),
  at(640, { ...ended("sites", 635_000), message: "7 of 8; failed, and the run went on: oc" } as JournalEvent),
  at(641, ended("load", 1000)),
  at(641, ended("copy", 1000)),
  at(641, ended("both", 561_000)),
  at(641, group("greet", ["ana", "bo"])),
  at(642, ended("greet[ana]", 100)),
  at(642, ended("greet[bo]", 100)),
  at(642, { ...ended("greet", 200), message: "2 of 2" } as JournalEvent),
  at(643, {
    type: "approval-asked",
    step: "drop",
    key: key("drop"),
    message: "The old data is gone for good.",
    approvers: 1,
    until: "2026-11-21T04:00:00.000Z",
    digest: "d",
  }),
  at(1900, {
    type: "deadline-passed",
    deadline: "outage",
    startedAt: "2026-11-21T03:00:02.000Z",
    limitAt: "2026-11-21T03:30:02.000Z",
  }),
  at(1901, {
    type: "deadline-decided",
    deadline: "outage",
    decision: "continue",
    via: "prompt",
    by: "bo",
    why: "nearly there",
  }),
  at(1902, {
    type: "run-paused",
    reason: "waiting",
    step: "drop",
    message: "step drop waits for one person's approval: belay approve k7 drop; nothing of it was begun",
  }),
];

/** What else may be told. */
export const otherEvents: readonly TimedEvent[] = [
  at(2000, { ...began("drop"), noReturn: true } as JournalEvent),
  at(2001, {
    type: "approved",
    step: "drop",
    key: key("drop"),
    by: "cy",
    decidedAt: "2026-11-21T03:10:00.000Z",
    why: "agreed by phone",
  }),
  at(2002, { type: "approval-ended", step: "drop", key: key("drop"), state: "approved" }),
  at(2003, { type: "approval-ended", step: "drop", key: key("drop"), state: "rejected", by: "cy", why: "not tonight" }),
  at(2004, { type: "approval-ended", step: "drop", key: key("drop"), state: "expired" }),
  at(2005, { type: "run-finished", state: "undone" }),
];
