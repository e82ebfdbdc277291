import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Lab, type Life, openLab, type Scenario } from "../support/crash-lab.ts";
import { baselineOf, brokenPromises, type Death, dieAtAll } from "../support/crash-point.ts";

// kill -9 of belay while a background job works: the job goes on, and a resume attaches to it.
let lab: Lab;
test.before(async () => {
  lab = await openLab();
});
test.after(() => lab.close());

const secret = "hunter2-and-more";
const jobOf = (script: string, every: string): Scenario => ({
  name: "job",
  runbook: `apiVersion: belay/v1
name: job
title: A job
inputs: { url: { type: string } }
steps:
  - id: job
    uses: job.run
    with: { argv: [sh, -c, ${JSON.stringify(script)}], env: { SECRET: ${secret} }, every: ${every} }
  - { id: after, uses: files.write, with: { path: after, content: "\${{ steps.job.result.stdout }}" } }
`,
  prepare: () => {},
  answers: [],
});
const slow = "echo begin >> effects; sleep 0.7; echo said; echo end >> effects";
const scenario = jobOf(slow, "20ms");
// It is looked at 20, 60, 140, 300, 620 and 1260 ms after its start: it ends unseen.
const rarely = jobOf(slow, "5s");

const jobFolders = (life: Life) =>
  readdirSync(join(life.home, "runs", life.run() ?? "none", "logs")).filter((name) => name.startsWith("job-"));

test("killed at every record and flush of the run, one begin and one end", async () => {
  const baseline = await baselineOf(lab, scenario);
  const count = (moment: string) => baseline.moments.filter((line) => line.startsWith(`${moment} `)).length;
  const deaths: Death[] = [
    ...Array.from({ length: count("record") }, (_, index) => ({ at: `record:${index + 1}` })),
    ...Array.from({ length: count("record") }, (_, index) => ({ at: `half:${index + 1}` })),
    ...Array.from({ length: count("sync") }, (_, index) => ({ at: `sync:${index + 1}` })),
  ];
  const verdicts = await dieAtAll(lab, scenario, baseline, deaths);
  assert.is(brokenPromises(verdicts).join("\n"), "");
  assert.equal(
    verdicts.flatMap(({ asked }) => asked),
    [],
  );
  assert.ok(verdicts.filter(({ died }) => died).length >= deaths.length - 1);
});

test("killed after the start, in the middle, and after the end before belay has looked", async () => {
  const baseline = await baselineOf(lab, rarely);
  const deaths: Death[] = [0, 1, 3, 10, 30, 100, 300, 600, 900, 1100].map((ms) => ({ at: `child:1:${ms}` }));
  const verdicts = await dieAtAll(lab, rarely, baseline, deaths);
  assert.is(brokenPromises(verdicts).join("\n"), "");
  assert.equal(
    verdicts.flatMap(({ asked }) => asked),
    [],
  );
  assert.ok(verdicts.filter(({ died }) => died).length >= deaths.length - 1);
});

test("killed again and again, it attaches each time, and says so", async () => {
  const life = lab.life(jobOf("echo begin >> effects; sleep 2; echo end >> effects", "20ms"));
  try {
    assert.is((await life.start({ crashAt: "child:1:200" })).signal, "SIGKILL");
    for (let times = 0; times < 2; times++) {
      const running = life.resumeRunning();
      setTimeout(() => running.child.kill("SIGKILL"), 350);
      assert.is((await running.ended).signal, "SIGKILL");
    }
    const ended = await life.resume();
    assert.is(ended.code, 0, ended.stderr + ended.stdout);
    assert.equal([...life.effects()].sort(), [
      ["begin", 1],
      ["end", 1],
    ]);
    const last = life.records().findLast(({ event }) => event.type === "step-finished" && event.step === "job");
    assert.match(JSON.stringify(last), '"attached":true');
    assert.is(jobFolders(life).length, 1);
  } finally {
    life.remove();
  }
});

test("gone without a recorded end: in doubt until a person decides, and then begun anew", async () => {
  const life = lab.life(scenario);
  try {
    assert.is((await life.start({ crashAt: "child:1:300", endChildren: true })).signal, "SIGKILL");
    for (let times = 0; times < 2; times++) {
      const paused = await life.resume();
      assert.is(paused.code, 4, paused.stderr + paused.stdout);
      assert.is(life.effects().get("begin"), 1);
    }
    const doubt = life.records().findLast(({ event }) => event.type === "step-in-doubt");
    assert.match(JSON.stringify(doubt), "nobody recorded how it ended");
    const ended = await life.resume("--decide", "job=run-again", "--why", "looked", "--evidence", "the effects");
    assert.is(ended.code, 0, ended.stderr + ended.stdout);
    assert.equal([...life.effects()].sort(), [
      ["begin", 2],
      ["end", 1],
    ]);
  } finally {
    life.remove();
  }
});

test("a value of its environment is in no file of the job and in no command line", async () => {
  const life = lab.life(
    jobOf('tr "\\\\0" "\\\\n" < /proc/$$/environ > environment; cat /proc/*/cmdline > lines', "20ms"),
  );
  try {
    assert.is((await life.start({})).code, 0);
    const given = readFileSync(join(life.work, "environment"), "utf8");
    assert.match(given, `SECRET=${secret}`);
    assert.match(given, /^BELAY_JOB=[0-9a-f-]{36}$/m);
    assert.not.match(given, /^BELAY_(RUN|STEP)=/m);
    assert.not.match(readFileSync(join(life.work, "lines"), "utf8"), secret);
    const [folder = ""] = jobFolders(life);
    const path = join(life.home, "runs", life.run() ?? "none", "logs", folder);
    assert.equal(readdirSync(path).sort(), ["status", "stderr", "stdout", "watcher"]);
    for (const name of readdirSync(path)) assert.not.match(readFileSync(join(path, name), "utf8"), secret);
  } finally {
    life.remove();
  }
});

test.run();
