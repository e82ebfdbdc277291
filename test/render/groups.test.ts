import { test } from "uvu";
import * as assert from "uvu/assert";
import { renderEnd } from "../../src/render/end.ts";
import { lineOf } from "../../src/render/lines.ts";
import { titleAt } from "../../src/render/node-title.ts";
import { tallyOf } from "../../src/render/run-facts.ts";
import { renderStatus } from "../../src/render/status.ts";
import { expectText } from "./expected-text.ts";
import { began, ended, groupEvents, groupRunbook, otherEvents, waitingEvents } from "./group-samples.ts";
import { stateAfter } from "./samples.ts";

const runbook = await groupRunbook();
const zone = "Europe/Vienna";
const now = Date.parse("2026-11-21T03:12:02Z");
const working = () => ({ id: "k7", state: stateAfter(groupEvents), live: true });
const waiting = () => ({ id: "k7", state: stateAfter(waitingEvents), live: false });

for (const width of [80, 200]) {
  const options = { color: false, width, now, zone };

  test(`how a run with groups stands, at ${width} columns`, () => {
    const all = [
      renderStatus(runbook, working(), options),
      renderStatus(runbook, { ...working(), live: false }, options),
      renderStatus(runbook, waiting(), { ...options, now: now + 30 * 60_000 }),
      renderStatus(undefined, waiting(), options),
    ];
    expectText(`group-status-${width}`, all.join("\n==========\n"));
  });

  test(`last words of a run with groups, at ${width} columns`, () => {
    const state = stateAfter(groupEvents);
    const end = { state: "paused", reason: "failed", message: "connection refused", step: "sites[oc]/stop" } as const;
    const waits = { state: "paused", reason: "waiting", message: "nothing of it was begun", step: "drop" } as const;
    const all = [
      renderEnd({ id: "k7", state, runbook, end }, options),
      renderEnd({ id: "k7", state: waiting().state, runbook, end: waits }, options),
      renderEnd({ id: "k7", state: waiting().state, runbook, end: { state: "undone" } }, options),
    ];
    expectText(`group-end-${width}`, all.join("\n==========\n"));
  });
}

test("groups, approvals and deadlines as plain lines", () => {
  const names = (step: string) => titleAt(runbook, step) || step;
  const events = [...waitingEvents, ...otherEvents];
  expectText("group-lines", events.flatMap((event) => lineOf(event, names, { run: "k7", zone })).join("\n"));
});

test("groups are not counted as steps, and a list that is not known may hold more", () => {
  assert.is(tallyOf(runbook, { id: "k7", state: stateAfter([]), live: false }), "done 0 · to do 7 or more");
  assert.is(tallyOf(runbook, working()), "done 11 · running 2 · failed 1 · to do 7 or more");
  assert.is(tallyOf(runbook, waiting()), "done 19 · skipped 1 · failed 1 · to do 1");
});

test("how the undoing of a step stands", () => {
  const at = "2026-11-21T03:11:00.000Z";
  const about = { step: "quiesce", key: "quiesce undo#1" };
  const undoing = [
    ...groupEvents,
    { at, type: "undo-begun" as const, by: "bo", via: "command" as const },
    { at, type: "undo-started" as const, ...about, attempt: "a2" },
  ];
  const said = (state: ReturnType<typeof stateAfter>, live: boolean) =>
    renderStatus(runbook, { id: "k7", state, live }, { color: false, width: 120, now, zone })
      .split("\n")
      .find((line) => line.includes("quiesce")) ?? "";
  assert.match(said(stateAfter(undoing), true), "is being undone");
  assert.match(said(stateAfter(undoing), false), "UNDO IN DOUBT");
  const through = { at, type: "undo-finished" as const, ...about, state: "undone" as const, durationMs: 3000 };
  assert.match(said(stateAfter([...undoing, through]), false), /↶ quiesce +Stop what writes +undone after 3 s/);
  const left = { at, type: "undo-finished" as const, ...about, state: "left" as const, by: "bo", why: "wanted so" };
  assert.match(said(stateAfter([...undoing, left]), false), "left as it is, says bo");
});

test("ten thousand instances are folded, and the few that need a person's eye are shown", () => {
  const names = Array.from({ length: 10_000 }, (_, i) => `n${i}`);
  const at = "2026-11-21T03:00:00.000Z";
  const instances = names.map((key) => ({ key, value: key }));
  const state = stateAfter([
    { at, type: "group-started", step: "greet", key: "greet#1", section: "steps", instances },
    ...names.slice(0, 9000).map((name) => ({ at, ...ended(`greet[${name}]`, 1) })),
    { at, ...began("greet[n9500]") },
  ]);
  const text = renderStatus(runbook, { id: "k7", state, live: false }, { color: false, width: 120, now, zone });
  assert.ok(text.split("\n").length < 40);
  assert.match(text, "9000 of 10000 · 1 in doubt · 999 to do");
  assert.match(text, "? greet[n9500]");
  assert.match(text, "… and 9000 done · 999 to do");
});

test.run();
