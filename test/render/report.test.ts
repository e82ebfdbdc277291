import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Plan, PlannedStep } from "../../src/plan/plan.ts";
import { began, reportOf, runbookOf, startedEvent, stepDone, type Told } from "../support/report-source.ts";
import { plannedSteps, plan as samplePlan } from "./samples.ts";

const step = (id: string, more: Partial<PlannedStep> = {}): PlannedStep => ({
  ...(plannedSteps[2] as PlannedStep),
  id,
  title: id,
  ...more,
});

const planOf = (steps: readonly PlannedStep[]): Plan => ({ ...samplePlan, steps, digest: "p1" });

test("a run that is done says so in one sentence, with its times", () => {
  const report = reportOf([
    [0, startedEvent()],
    ...stepDone("stop", 1000, 4000),
    [60_000, { type: "run-finished", state: "done" }],
  ]);
  assert.is(report.result, "Done in 1 min: 1 step, 1 change made.");
  assert.is(report.tone, "good");
  assert.is(report.durationMs, 60_000);
  assert.is(report.steps[0]?.status, "done");
  assert.is(report.plan, undefined);
  assert.equal(report.left, []);
});

test("a change that was running when belay was killed is in doubt, and the pause is told", () => {
  const told: Told[] = [
    [0, startedEvent()],
    [
      1000,
      {
        type: "step-started",
        step: "load",
        key: "load#1",
        section: "steps",
        attempt: "a1",
        effect: "change",
        input: {},
      },
    ],
  ];
  const killed = reportOf(told);
  assert.is(killed.steps[0]?.status, "in-doubt");
  assert.is(killed.tone, "open");
  const resumed = reportOf([
    ...told,
    [
      3_601_000,
      {
        type: "run-resumed",
        attempt: "a2",
        operator: { user: "bo", host: "ops-2", pid: 8 },
        program: { belay: "0.2.0", node: "v20" },
        tookOver: "process 7 of ana",
        differs: ["host ops-1 was, ops-2 is"],
      },
    ],
    [
      3_602_000,
      { type: "step-in-doubt", step: "load", key: "load#1", section: "steps", begunBy: "a1", message: "belay stopped" },
    ],
    [
      3_603_000,
      {
        type: "decided",
        step: "load",
        key: "load#1",
        decision: "done-by-hand",
        via: "prompt",
        by: "bo",
        why: "looked",
        evidence: "12 rows",
      },
    ],
    [3_604_000, { type: "run-finished", state: "done" }],
  ]);
  assert.is(resumed.pauses[0]?.reason, "gone");
  assert.is(resumed.pauses[0]?.at, new Date(began + 1000).toISOString());
  assert.is(resumed.turns.length, 2);
  assert.is(resumed.turns[0]?.endedAt, new Date(began + 1000).toISOString());
  assert.is(resumed.workedMs, 4000);
  const [load] = resumed.steps;
  assert.is(load?.status, "done-by-hand");
  assert.is(load?.by, "bo");
  assert.is(load?.evidence, "12 rows");
  assert.equal(
    load?.notes.map(({ event }) => event.type),
    ["step-in-doubt", "decided"],
  );
});

test("the plan stands beside what happened, and differences are named", () => {
  const plan = planOf([
    step("stop"),
    step("copy", { state: "done" }),
    step("swap"),
    step("sites[…]/tell"),
    step("drop"),
    step("maybe", { conditional: true }),
  ]);
  const report = reportOf(
    [
      [0, startedEvent({ plan: "p1" })],
      ...stepDone("stop", 1, 2),
      ...stepDone("copy", 2, 3),
      ...stepDone("swap", 3, 4, { state: "failed" }),
      ...stepDone("sites[eu]/tell", 4, 5),
      ...stepDone("sites[us]/tell", 4, 9),
      ...stepDone("extra", 9, 10),
      [11, { type: "run-finished", state: "abandoned", why: "enough", by: "ana" }],
    ],
    { plan },
  );
  const rows = Object.fromEntries((report.plan?.rows ?? []).map((row) => [row.id, row]));
  assert.is(rows["stop"]?.difference, undefined);
  assert.is(rows["copy"]?.difference, "no change was foreseen, and it changed something");
  assert.is(rows["swap"]?.difference, "it failed");
  assert.equal(rows["sites[…]/tell"]?.happened, [{ status: "done", count: 2 }]);
  assert.is(rows["sites[…]/tell"]?.durationMs, 5);
  assert.is(rows["drop"]?.difference, "planned, not run");
  assert.is(rows["maybe"]?.difference, undefined);
  assert.is(rows["extra"]?.difference, "run, not planned");
  assert.ok(report.left.includes("stop"), "a run that was given up leaves its changes");
});

test("a plan whose file is another one is not compared", () => {
  const report = reportOf([[0, startedEvent({ plan: "other" })]], { plan: planOf([step("stop")]) });
  assert.equal(report.plan, { digest: "other", changed: true });
});

test("a step that ran again after the run was taken back is told twice", () => {
  const report = reportOf([
    [0, startedEvent()],
    ...stepDone("load", 1, 2),
    [3, { type: "undo-begun", by: "ana", via: "command", to: "load" }],
    [4, { type: "undo-started", step: "load", key: "load!1", attempt: "a1" }],
    [5, { type: "undo-finished", step: "load", key: "load!1", state: "undone", durationMs: 1 }],
    [6, { type: "rewound", to: "load", steps: ["load"] }],
    ...stepDone("load", 7, 8, { key: "load~2#1" }),
  ]);
  assert.equal(
    report.steps.map(({ round, status }) => [round, status]),
    [
      [1, "undone"],
      [2, "done"],
    ],
  );
  assert.is(report.returns.length, 2);
});

test("a deadline's clock and the recovery point's age are told", async () => {
  const runbook = await runbookOf(`apiVersion: belay/v1
name: restore-db
title: Restore the database
deadlines:
  outage: { start: stop, within: 30m }
steps:
  - { id: stop, uses: exec, with: { argv: [systemctl, stop, db] } }
  - { id: start, uses: exec, with: { argv: [systemctl, start, db] } }
`);
  const report = reportOf(
    [
      [0, startedEvent()],
      [
        500,
        {
          type: "confirmed",
          step: "stop",
          key: "stop#1",
          by: "ana",
          via: "prompt",
          recoveryPoint: "2026-11-20T22:02:00.500Z",
        },
      ],
      ...stepDone("stop", 1000, 2000),
      ...stepDone("start", 2000, 2_400_000),
      [2_401_000, { type: "run-finished", state: "done" }],
    ],
    { runbook },
  );
  assert.is(report.recoveryPoint?.ageMs, 5 * 3_600_000);
  assert.is(report.deadlines[0]?.stand, "over");
  assert.is(report.deadlines[0]?.elapsedMs, 2_400_000);
  assert.is(report.deadlines[0]?.withinMs, 1_800_000);
});

test.run();
