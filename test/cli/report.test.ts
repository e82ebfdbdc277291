import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { XMLValidator } from "fast-xml-parser";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { answers, evidencePlace } from "../support/evidence-place.ts";

let place: ReturnType<typeof evidencePlace>;
let run = "";

test.before(async () => {
  place = evidencePlace();
  const planned = await place.belay("plan", place.runbook, "--out", "p.json");
  assert.is(planned.code, 0, planned.stderr);
  const failed = await place.belay("run", "p.json", ...answers);
  assert.is(failed.code, 1, failed.stderr);
  run = place.newRun();
  writeFileSync(join(place.work, "go"), "");
  const done = await place.belay("resume", run, ...answers);
  assert.is(done.code, 0, done.stderr);
});
test.after(() => place.remove());

test("the report of a real run has everything in one well-formed file", async () => {
  const { code, stdout } = await place.belay("report", run);
  assert.is(code, 0);
  assert.is(XMLValidator.validate(stdout.replace(/^<!DOCTYPE html>\n/, "")), true);
  assert.not.match(stdout, /<script|\ssrc=|\shref=|url\(|@import/i);
  for (const said of [
    "A test of evidence",
    "Done in",
    "Stop what writes",
    "agreed beforehand, on the command line, and typed &quot;prod&quot;",
    "Traffic stops here.",
    "failed after",
    "nodes: 3",
    "each as it was written",
    "What happened is what was planned.",
  ])
    assert.ok(stdout.includes(said), said);
  assert.is(stdout.match(/<svg/g)?.length, 2);
});

test("Markdown and JSON by the file's name, for its owner only", async () => {
  const md = await place.belay("report", run, "--out", "r.md");
  assert.is(md.code, 0, md.stderr);
  assert.match(readFileSync(join(place.work, "r.md"), "utf8"), /^\| turn \| who \|/m);
  assert.is(statSync(join(place.work, "r.md")).mode & 0o777, 0o600);
  await place.belay("report", run, "--out", "r.json");
  const report = JSON.parse(readFileSync(join(place.work, "r.json"), "utf8"));
  assert.is(report.format, 1);
  assert.is(report.turns.length, 2);
  assert.is(report.pauses[0].reason, "failed");
  assert.is(report.chain.verified, true);
  assert.is(report.plan.rows.length, 4);
  const agree = report.steps.find((step: { address: string }) => step.address === "agree");
  assert.equal(
    agree.attempts.map(({ state }: { state: string }) => state),
    ["failed", "done"],
  );
  assert.is(
    (await place.belay("report", run, "--format", "json", "--out", "r.json")).code,
    0,
    "a report replaces a report",
  );
});

test("it replaces nothing but a report", async () => {
  const { code, stderr } = await place.belay("report", run, "--out", "evidence.yaml");
  assert.is(code, 2);
  assert.match(stderr, /is no report; nothing was written/);
  assert.match(readFileSync(place.runbook, "utf8"), /^apiVersion/);
});

test("the plan that was agreed to is kept, with its digest in the journal", () => {
  const file = join(place.home, "runs", run, "plan.json");
  assert.is(statSync(file).mode & 0o777, 0o600);
  const kept = JSON.parse(readFileSync(file, "utf8"));
  const started = JSON.parse(place.lines(run)[0] as string).event;
  assert.is(kept.digest, started.plan);
});

test("without a plan the report says so", async () => {
  const before = place.runs();
  await place.belay("run", place.runbook, ...answers);
  const other = place.newRun(before);
  assert.not.ok(existsSync(join(place.home, "runs", other, "plan.json")));
  const { stdout } = await place.belay("report", other, "--format", "markdown");
  assert.match(stdout, /No plan was made/);
});

test("a record that was tampered with is reported, and refused", async () => {
  const lines = place.lines(run);
  place.write(run, lines.with(2, (lines[2] as string).replace('"speak"', '"spoke"')));
  const { code, stdout, stderr } = await place.belay("report", run, "--format", "markdown");
  place.write(run, lines);
  assert.is(code, 5);
  assert.match(stdout, /NOT AS IT WAS WRITTEN/);
  assert.match(stdout, /WAS CHANGED/);
  assert.match(stderr, /not as it was written/);
});

test("a plan that was changed since is told beside what it says, in every format", async () => {
  const file = join(place.home, "runs", run, "plan.json");
  const text = readFileSync(file, "utf8");
  const plan = JSON.parse(text);
  plan.steps[0].state = "skipped";
  writeFileSync(file, JSON.stringify(plan));
  try {
    for (const format of ["markdown", "html"]) {
      const { code, stdout } = await place.belay("report", run, "--format", format);
      assert.is(code, 5);
      assert.match(stdout, /FILE WAS CHANGED: it is not the one that was agreed to/);
      assert.not.match(stdout, /What happened is what was planned/);
    }
    const { stdout } = await place.belay("report", run, "--format", "json");
    assert.is(JSON.parse(stdout).plan.changed, true);
  } finally {
    writeFileSync(file, text);
  }
});

test("who gave a run up stays in the report when it was undone afterwards", async () => {
  const before = place.runs();
  rmSync(join(place.work, "go"));
  assert.is((await place.belay("run", place.runbook, ...answers)).code, 1);
  const other = place.newRun(before);
  assert.is((await place.belay("abandon", other, "--why", "the disk is dying")).code, 0);
  const undone = await place.belay("undo", other, "--yes");
  const { stdout } = await place.belay("report", other, "--format", "markdown");
  assert.match(stdout, /gave the run up; why: the disk is dying/, undone.stdout + undone.stderr);
});

test.run();
