import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { foldEvent } from "../../src/event/fold-event.ts";
import { emptyRunState, type RunState } from "../../src/event/run-state.ts";
import { timed } from "../../src/journal/record.ts";
import { type Lab, type Life, openLab, type Scenario } from "../support/crash-lab.ts";
import { falseOutcomes } from "../support/crash-verdict.ts";
import { eventually, lives } from "../support/process-folder.ts";

// Ctrl-C, SIGTERM and a hang-up at a run without a terminal.
const scenario = (steps: string): Scenario => ({
  name: "interrupt",
  runbook: `apiVersion: belay/v1\nname: interrupt\ntitle: T\ninputs: { url: { type: string } }\nsteps:${steps}
  - { id: last, uses: shell, with: { script: "echo last >> effects" } }\n`,
  prepare: () => {},
  answers: [],
});
const change = scenario(`
  - id: slow
    uses: shell
    with: { script: "echo $$ > pid; sleep 0.8; echo slow >> effects" }`);
const endless = scenario(`
  - id: slow
    uses: shell
    with: { script: "echo $$ > pid; echo slow >> effects; sleep 30; echo never >> effects" }`);

let lab: Lab;
test.before(async () => {
  lab = await openLab();
});
test.after(() => lab.close());

function stateOf(life: Life): RunState {
  return life.records().reduce((state, record) => foldEvent(state, timed(record)), emptyRunState());
}

const statusOf = (life: Life, step: string) => stateOf(life).steps.get(step)?.status;

/** Starts a run, waits until a file is there, and sends signals; resolves with how long it took from the first to the end. */
async function interrupted(life: Life, until: string, signals: readonly NodeJS.Signals[]) {
  const { child, ended } = life.begin();
  const file = join(life.work, until);
  await eventually(() => content(file) !== "");
  const begun = performance.now();
  for (const signal of signals) {
    child.kill(signal);
    await new Promise((done) => setTimeout(done, 100));
  }
  const { code, signal, stderr, stdout } = await ended;
  return { code, signal, stderr, stdout, tookMs: performance.now() - begun };
}

function content(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return "";
  }
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  test(`${signal} once: the change is finished, then the run pauses, and a resume goes on`, async () => {
    const life = lab.life(change);
    const { code, stdout } = await interrupted(life, "pid", [signal]);
    assert.is(code, 130);
    assert.match(stdout, '"type":"pausing"');
    assert.is(statusOf(life, "slow"), "done");
    assert.is(statusOf(life, "last"), undefined);
    assert.is(stateOf(life).status, "interrupted");
    assert.equal([...life.effects()], [["slow", 1]]);
    assert.is((await life.resume()).code, 0);
    assert.equal(
      [...life.effects()],
      [
        ["slow", 1],
        ["last", 1],
      ],
    );
    life.remove();
  });
}

test("Ctrl-C twice: the program is ended, the step is in doubt, and nobody is there to decide", async () => {
  const life = lab.life(endless);
  const { code, tookMs } = await interrupted(life, "effects", ["SIGINT", "SIGINT"]);
  assert.is(code, 130);
  assert.ok(tookMs < 5000, `it took ${tookMs} ms`);
  assert.is(statusOf(life, "slow"), "in-doubt");
  assert.not(lives(Number(content(join(life.work, "pid")))), "the program is gone");
  assert.equal([...life.effects()], [["slow", 1]]);
  assert.is((await life.resume()).code, 4);
  assert.is((await life.resume("--decide", "slow=done", "--why", "saw it", "--evidence", "the line")).code, 0);
  assert.equal(
    [...life.effects()],
    [
      ["slow", 1],
      ["last", 1],
    ],
  );
  assert.equal(falseOutcomes(life.records()), []);
  life.remove();
});

test("SIGTERM again and again ends nothing by force: the change is finished", async () => {
  const life = lab.life(change);
  assert.is((await interrupted(life, "pid", ["SIGTERM", "SIGHUP", "SIGTERM"])).code, 130);
  assert.is(statusOf(life, "slow"), "done");
  life.remove();
});

test("a program that does not listen to SIGTERM is killed after its grace, not before", async () => {
  const stubborn = scenario(`
  - id: slow
    uses: shell
    with: { script: "trap '' TERM; echo $$ > pid; for i in {1..300}; do sleep 0.1 || true; done" }`);
  const life = lab.life(stubborn);
  const { code, tookMs } = await interrupted(life, "pid", ["SIGINT", "SIGINT"]);
  assert.is(code, 130);
  assert.ok(tookMs > 9000 && tookMs < 15_000, `it took ${tookMs} ms`);
  assert.not(lives(Number(content(join(life.work, "pid")))));
  assert.is(statusOf(life, "slow"), "in-doubt");
  life.remove();
});

const looks: { readonly [what: string]: string } = {
  "a program that only looks": `
  - { id: slow, uses: shell, reads: true, with: { script: "echo $$ > begun; sleep 30" }, timeout: 40s }`,
  "a wait": `
  - id: slow
    uses: wait
    with: { uses: shell, with: { script: "echo x > begun; test -e ready" }, until: "\${{ result.exitCode == 0 }}", every: 25s }`,
  "the pause before another attempt": `
  - id: slow
    uses: shell
    repeatable: true
    with: { script: "echo x > begun; test -e ready" }
    retry: { attempts: 3, delay: 25s }`,
};

for (const [what, steps] of Object.entries(looks)) {
  test(`Ctrl-C once during ${what}: it ends at once, nothing is in doubt, and a resume goes on`, async () => {
    const life = lab.life(scenario(steps));
    const { code, tookMs } = await interrupted(life, "begun", ["SIGINT"]);
    assert.is(code, 130);
    assert.ok(tookMs < 3000, `it took ${tookMs} ms`);
    assert.is.not(statusOf(life, "slow"), "in-doubt");
    assert.is(stateOf(life).status, "interrupted");
    writeFileSync(join(life.work, "ready"), "");
    if (what !== "a program that only looks") {
      assert.is((await life.resume()).code, 0);
      assert.equal([...life.effects()], [["last", 1]]);
    }
    life.remove();
  });
}

test("whoever reads the output goes away: the run goes on without words", async () => {
  const life = lab.life(change);
  const { child, ended } = life.begin();
  await eventually(() => content(join(life.work, "pid")) !== "");
  child.stdout?.destroy();
  child.stderr?.destroy();
  assert.is((await ended).code, 0);
  assert.equal(
    [...life.effects()],
    [
      ["slow", 1],
      ["last", 1],
    ],
  );
  life.remove();
});

test.run();
