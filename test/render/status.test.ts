import { test } from "uvu";
import type { TimedEvent } from "../../src/event/event.ts";
import { renderDocument } from "../../src/render/document.ts";
import { renderEnd } from "../../src/render/end.ts";
import { lineOf } from "../../src/render/lines.ts";
import { renderStatus } from "../../src/render/status.ts";
import { renderRuns } from "../../src/render/status-runs.ts";
import { expectText } from "./expected-text.ts";
import { events, sampleRunbook, stateAfter } from "./samples.ts";

const runbook = await sampleRunbook();
const zone = "Europe/Vienna";
const now = Date.parse("2026-11-21T03:06:50Z");
const failed = () => stateAfter(events);
const cut = () => stateAfter(events.slice(0, 8));
const doubtful: TimedEvent[] = [
  ...events.slice(0, 8),
  {
    at: "2026-11-21T03:03:00.000Z",
    type: "step-interrupted",
    step: "load",
    key: "load#1",
    message: "it was ended on request before it was through",
  },
  {
    at: "2026-11-21T03:03:00.000Z",
    type: "run-paused",
    reason: "interrupted",
    step: "load",
    message: "a step was ended on request; what it did is not known",
  },
];
const over: TimedEvent[] = [
  ...events.slice(0, 8),
  {
    at: "2026-11-21T03:03:00.000Z",
    type: "step-finished",
    step: "load",
    key: "load#1",
    section: "steps",
    state: "done-by-hand",
    by: "bo",
    why: "the pipe broke",
    evidence: "counted the rows",
  },
  {
    at: "2026-11-21T03:03:10.000Z",
    type: "step-finished",
    step: "start",
    key: "start#1",
    section: "steps",
    state: "done",
    durationMs: 10_000,
  },
  {
    at: "2026-11-21T03:03:11.000Z",
    type: "step-finished",
    step: "unlock",
    key: "unlock#1",
    section: "finally",
    state: "skipped",
    message: "its condition does not hold: false",
  },
  { at: "2026-11-21T03:03:12.000Z", type: "run-finished", state: "done" },
];

for (const width of [80, 200]) {
  const options = { color: false, width, now, zone };

  test(`how runs stand, at ${width} columns`, () => {
    const gone = { ...cut(), status: "interrupted" as const };
    const all = [
      renderStatus(runbook, { id: "k7", state: failed(), live: false }, options),
      renderStatus(runbook, { id: "k7", state: cut(), live: true }, options),
      renderStatus(runbook, { id: "k7", state: gone, live: false }, options),
      renderStatus(runbook, { id: "k7", state: gone, live: false }, { ...options, brief: true }),
      renderStatus(undefined, { id: "k7", state: gone, live: false }, options),
      renderStatus(runbook, { id: "k7", state: stateAfter(over), live: false }, options),
    ];
    expectText(`status-${width}`, all.join("\n==========\n"));
  });

  test(`last words, at ${width} columns`, () => {
    const all = [
      renderEnd(
        {
          id: "k7",
          state: failed(),
          runbook,
          end: { state: "paused", reason: "failed", message: "step load failed", step: "load" },
        },
        options,
      ),
      renderEnd(
        {
          id: "k7",
          state: stateAfter(doubtful),
          runbook,
          end: {
            state: "paused",
            reason: "interrupted",
            message: "a step was ended on request; what it did is not known",
            step: "load",
          },
        },
        options,
      ),
      renderEnd(
        {
          id: "k7",
          state: stateAfter(events.slice(0, 6)),
          runbook,
          end: {
            state: "paused",
            reason: "waiting",
            message: "step copy waits for a person's agreement; nothing of it was begun",
            step: "copy",
          },
        },
        options,
      ),
      renderEnd(
        {
          id: "k7",
          state: { ...stateAfter(over), outputs: { loaded: "/srv/dump.sql" } },
          runbook,
          end: { state: "done" },
        },
        options,
      ),
    ];
    expectText(`end-${width}`, all.join("\n==========\n"));
  });

  test(`a runbook to read, at ${width} columns`, () => {
    expectText(`document-${width}`, renderDocument(runbook, options));
  });
}

test("the runs, newest first", () => {
  const other = stateAfter(over.map((event) => ({ ...event, at: event.at.replace("-21T", "-20T") })));
  const runs = [
    { id: "a2", state: other, live: false },
    { id: "k7", state: failed(), live: false },
    { id: "k8", state: stateAfter([]), live: false },
  ];
  expectText("runs", renderRuns(runs, { color: false, width: 100, now, zone }));
});

test("events as plain lines", () => {
  const passing = [
    { type: "output", step: "load", key: "load#1", lines: ["COPY 12\x1b[31m"] },
    { type: "progress", step: "load", key: "load#1", done: 1_500_000, total: 3_000_000, unit: "bytes" },
    { type: "note", step: "load", key: "load#1", line: "waiting: port 9443 refused" },
    { type: "retrying", step: "load", key: "load#1", inMs: 5000, attempt: 2, attempts: 3, message: "psql stopped" },
    { type: "pausing", message: "Ctrl-C" },
    { type: "decided", step: "load", key: "load#1", decision: "run-again", via: "check", seen: "the table is empty" },
    { type: "orphans", found: ["4312 load#1 psql"], decision: "waited" },
  ] as const;
  const title = (id: string) =>
    [...runbook.preflight, ...runbook.steps].find((step) => step.id === id)?.plainTitle ?? id;
  const all = [...events, ...passing, ...doubtful.slice(8), ...over.slice(8)];
  expectText("lines", all.flatMap((event) => lineOf(event as TimedEvent, title)).join("\n"));
});

test.run();
