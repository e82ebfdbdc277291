import { PassThrough } from "node:stream";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { linesView } from "../../src/cli/terminal/lines-view.ts";
import type { RunEvent } from "../../src/event/event.ts";

function linesOf(events: readonly RunEvent[]): string[] {
  const out = new PassThrough({ encoding: "utf8" });
  const view = linesView(out);
  for (const event of events) view.onEvent({ ...event, at: "2026-11-21T03:02:11.000Z" });
  return String(out.read() ?? "")
    .split("\n")
    .slice(0, -1);
}

const progress = (done: number): RunEvent => ({
  type: "progress",
  step: "load",
  key: "load#1",
  done,
  total: 100,
  unit: "files",
});
const begun: RunEvent = {
  type: "step-started",
  step: "load",
  key: "load#1",
  section: "steps",
  attempt: "a",
  effect: "change",
  input: {},
};
const output = (...lines: string[]): RunEvent => ({ type: "output", step: "load", key: "load#1", lines });
const note = (line: string): RunEvent => ({ type: "note", step: "load", key: "load#1", line });

test("progress is told at every tenth", () => {
  const inspected = Array.from({ length: 101 }, (_, i) => progress(i));
  assert.equal(linesOf(inspected), [], "what is read before a step begins is not its progress");
  const lines = linesOf([begun, ...inspected]).slice(1);
  assert.is(lines.length, 10);
  assert.is(lines[0], "03:02:11Z     load: 10 % · 10 of 100 files");
  assert.is(lines.at(-1), "03:02:11Z     load: 100 % · 100 of 100 files");
});

test("of a program's last lines, each is told once", () => {
  const lines = linesOf([output("a", "b"), output("a", "b", "c"), output("b", "c", "d"), output("x")]);
  assert.equal(
    lines.map((line) => line.split("| ")[1]),
    ["a", "b", "c", "d", "x"],
  );
});

test("a note is told again only when it says something new", () => {
  assert.is(linesOf([note("port 1 refused · 1 s"), note("port 1 refused · 2 s"), note("it answers")]).length, 2);
});

test("what several steps say at the same time is told apart", () => {
  const us: Partial<RunEvent> = { step: "sites[us]", key: "sites[us]#1" };
  const both = (event: RunEvent) => [event, { ...event, ...us } as RunEvent];
  const lines = linesOf([
    ...both(begun),
    ...both(progress(10)),
    ...both(progress(15)),
    ...both(output("a")),
    ...both(output("a", "b")),
    ...both(note("waiting · 1 s")),
    ...both(note("waiting · 2 s")),
  ]).map((line) => line.slice(10));
  assert.is(lines.filter((line) => line.includes("10 %")).length, 2);
  assert.is(lines.filter((line) => line.includes("15 %")).length, 0);
  assert.equal(
    lines.filter((line) => line.includes(" | ")),
    ["    load | a", "    sites[us] | a", "    load | b", "    sites[us] | b"],
  );
  assert.is(lines.filter((line) => line.includes("waiting")).length, 2);
});

test("the command that approves a step is told once", () => {
  const asked: RunEvent = {
    type: "approval-asked",
    step: "load",
    key: "load#1",
    message: "Really?",
    approvers: 1,
    digest: "d",
  };
  const command = "step load waits for one person's approval: belay approve k7 load";
  const lines = linesOf([asked, note(command), note(`${command} now`)]);
  assert.is(lines.filter((line) => line.includes("belay approve")).length, 2);
  assert.is(lines.length, 3);
});

test("a reader who is gone stops nothing", async () => {
  const out = new PassThrough();
  const view = linesView(out);
  out.destroy(new Error("EPIPE"));
  await new Promise((resolve) => setImmediate(resolve));
  view.onEvent(progress(50));
  await view.close();
});

test("a connection's note has a line of its own, and a title with values is shown", () => {
  const line = "connection far does not answer yet: refused";
  assert.equal(linesOf([{ type: "note", step: "", key: "far", line }, { ...begun, title: "Load eu" } as RunEvent]), [
    `03:02:11Z ◌ ${line}`,
    "03:02:11Z ▸ load  Load eu",
  ]);
});

test.run();
