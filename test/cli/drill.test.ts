import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { lastDrill } from "../../src/cli/last-drill.ts";
import { chainStart, encodeRecord } from "../../src/journal/record.ts";
import { rehearsalWords } from "../../src/render/rehearsal.ts";
import { answers, evidencePlace } from "../support/evidence-place.ts";
import { startedEvent } from "../support/report-source.ts";

let place: ReturnType<typeof evidencePlace>;
test.before.each(() => {
  place = evidencePlace();
  writeFileSync(join(place.work, "go"), "");
});
test.after.each(() => place.remove());

test("a drill does all, and says that it is one: in its lines, its journal, its status and its report", async () => {
  const { code, stdout } = await place.belay("drill", place.runbook, ...answers);
  assert.is(code, 0, stdout);
  const run = place.newRun();
  assert.match(stdout, new RegExp(`run ${run} · DRILL · A test of evidence`));
  assert.is(JSON.parse(place.lines(run)[0] as string).event.drill, true);
  assert.match((await place.belay("status", run)).stdout, /drill/);
  assert.match((await place.belay("runs")).stdout, /DRILL: A test of evidence/);
  assert.match((await place.belay("report", run)).stdout, /<span class="badge">DRILL<\/span>/);
});

test("show and plan say when it was last rehearsed, and whether the runbook has changed since", async () => {
  assert.match((await place.belay("show", place.runbook)).stdout, /never rehearsed here/);
  await place.belay("run", place.runbook, ...answers);
  assert.match((await place.belay("show", place.runbook)).stdout, /never rehearsed here/, "a run is no drill");
  const before = place.runs();
  await place.belay("drill", place.runbook, ...answers);
  const run = place.newRun(before);
  const words = new RegExp(`last rehearsed \\d{4}-\\d\\d-\\d\\d by .*done in .* \\(run ${run}\\)`, "s");
  assert.match((await place.belay("show", place.runbook)).stdout.replace(/\n/g, " "), words);
  appendFileSync(place.runbook, "# another text\n");
  const planned = (await place.belay("plan", place.runbook)).stdout.replace(/\n/g, " ");
  assert.match(planned, words);
  assert.match(planned, /the runbook has changed since/);
});

test("a drill that never came to its end is none", async () => {
  await place.belay("drill", place.runbook, "--yes");
  assert.is(place.runs().length, 1);
  assert.is(lastDrill(place.home, "evidence"), undefined);
});

test("the newest of thousands of runs is found fast, and a damaged one stops nothing", () => {
  const make = (id: string, day: number, drill: boolean, more = "") => {
    const folder = join(place.home, "runs", id);
    mkdirSync(folder, { recursive: true });
    const at = new Date(Date.UTC(2026, 0, 1) + day * 86_400_000).toISOString();
    const event = startedEvent({ run: id, inputs: { text: "x".repeat(6000) }, ...(drill ? { drill: true } : {}) });
    const first = encodeRecord(chainStart, 1, at, "run started", event);
    const end = encodeRecord(first.hash, 2, at, "run done", { type: "run-finished", state: "done" });
    writeFileSync(join(folder, "journal.ndjson"), first.line + end.line + more);
  };
  for (let run = 0; run < 2000; run++) make(`r${run}`, run / 10, false);
  make("old", 10, true);
  make("new", 100, true);
  make("damaged", 150, true, "what is no record\n");
  const from = performance.now();
  assert.is(lastDrill(place.home, "restore-db")?.run, "new");
  assert.ok(performance.now() - from < 2000, `${performance.now() - from} ms for 2000 runs`);
  assert.is(lastDrill(place.home, "another"), undefined);
});

test("the words name who, where, against what and how it ended", () => {
  const rehearsal = {
    run: "k7",
    startedAt: "2026-11-02T08:00:00.000Z",
    endedAt: "2026-11-02T08:12:00.000Z",
    operator: "ana",
    host: "ops-1",
    result: "done" as const,
    digest: "a",
    version: "1",
    connections: [{ name: "db1", summary: "PostgreSQL 16" }],
  };
  assert.is(
    rehearsalWords(rehearsal, "b"),
    "last rehearsed 2026-11-02 by ana on ops-1 against db1 (PostgreSQL 16): done in 12 min (run k7); the runbook has changed since",
  );
  assert.is(rehearsalWords(undefined, "b"), "never rehearsed here");
});

test.run();
