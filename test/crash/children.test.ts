import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Lab, type Life, openLab, type Scenario } from "../support/crash-lab.ts";
import {
  baselineOf,
  brokenPromises,
  type Death,
  dieAndResume,
  dieAtAll,
  type Verdict,
} from "../support/crash-point.ts";

// belay is killed while a program that it started still works: the program dies with it, or goes on without it.
let lab: Lab;
test.before(async () => {
  lab = await openLab();
});
test.after(() => lab.close());

const scenario = (name: string, steps: string): Scenario => ({
  name,
  runbook: `apiVersion: belay/v1\nname: children\ntitle: Children\ninputs: { url: { type: string } }\nsteps:\n${steps}`,
  prepare: (work) => mkdirSync(join(work, "made")),
  answers: [],
});

/** A step whose program does its work after a while: one line in `effects` for each word. */
const slow = (id: string, script: string, lines: readonly string[]) => `
  - id: ${id}
    uses: shell
    with: { script: "${script}" }
    check:
      uses: shell
      with: { script: "grep -cE '^(${lines.join("|")})$' effects || true" }
      done: "\${{ result.lines == ['${lines.length}'] }}"
      notDone: "\${{ result.stdout == '' || result.lines == ['0'] }}"`;

const late = scenario(
  "late",
  `${slow("late", "sleep 0.5; echo late >> effects", ["late"])}
  - { id: after, uses: files.write, with: { path: after, content: x } }`,
);
const blind = scenario(
  "blind",
  `
  - { id: late, uses: shell, with: { script: "sleep 0.4; echo late >> effects" } }
  - { id: after, uses: files.write, with: { path: after, content: x } }`,
);
const halves = scenario(
  "halves",
  `${slow("halves", "echo first >> effects; sleep 0.5; echo second >> effects", ["first", "second"])}
  - { id: after, uses: files.write, with: { path: after, content: x } }`,
);
const grandchild = scenario(
  "grandchild",
  `${slow("grand", "setsid bash -c 'sleep 0.6; echo grand >> effects' & wait", ["grand"])}`,
);

async function outcome(of: Scenario, death: Death): Promise<Verdict> {
  return dieAndResume(lab, of, await baselineOf(lab, of), death);
}

/** What the journal of the last life says of processes that were found. */
function orphansIn(life: Life): string[] {
  return life.records().flatMap(({ event }) => (event.type === "orphans" ? [event.decision] : []));
}

// The first child is the check before the step, the second the step's own program.
const inStep = "child:2:100";

test("a child that outlives belay is waited for, and its work is found done", async () => {
  const verdict = await outcome(late, { at: inStep });
  assert.equal(brokenPromises([verdict]), []);
  assert.ok(verdict.died);
  assert.is(verdict.resumes, 1);
});

test("asked to wait, it waits, and says so in the journal", async () => {
  const life = lab.life(late);
  assert.is((await life.start({ crashAt: inStep })).signal, "SIGKILL");
  assert.is(life.effects().get("late"), undefined);
  assert.is((await life.resume("--orphans", "wait")).code, 0);
  assert.is(life.effects().get("late"), 1);
  assert.equal(orphansIn(life), ["waited"]);
  life.remove();
});

test("asked to end it, the child never acts, and the step runs again", async () => {
  const life = lab.life(late);
  assert.is((await life.start({ crashAt: inStep })).signal, "SIGKILL");
  assert.is((await life.resume("--orphans", "end")).code, 0);
  assert.is(life.effects().get("late"), 1);
  assert.equal(orphansIn(life), ["ended"]);
  assert.is(life.records().filter(({ event }) => event.type === "step-started" && event.step === "late").length, 2);
  life.remove();
});

test("a child that dies with belay has done nothing, and the step runs again", async () => {
  const verdict = await outcome(late, { at: inStep, endChildren: true });
  assert.equal(brokenPromises([verdict]), []);
  assert.equal(verdict.asked, []);
});

test("a grandchild in a session of its own is waited for, too", async () => {
  const verdict = await outcome(grandchild, { at: inStep });
  assert.equal(brokenPromises([verdict]), []);
  assert.is(verdict.resumes, 1);
});

test("without a check nobody can know, so a person is asked after the child is through", async () => {
  const verdict = await outcome(blind, { at: "child:1:100" });
  assert.equal(brokenPromises([verdict]), []);
  assert.equal(verdict.asked, ["late"]);
});

test("a step that is half done is a person's question, and its half is not done again", async () => {
  const verdict = await outcome(halves, {
    at: "child:2:200",
    endChildren: true,
    decide: (life) => {
      appendFileSync(join(life.work, "effects"), "second\n"); // the operator does the rest by hand
      return "done";
    },
  });
  assert.equal(brokenPromises([verdict]), []);
  assert.equal(verdict.asked, ["halves"]);
});

test("killed at many moments of a program's life, with and without the program", async () => {
  const steps = ["a", "b", "c"].map((id) => slow(id, `sleep 0.02; echo ${id} >> effects; sleep 0.02`, [id])).join("");
  const three = scenario("three", steps);
  const deaths: Death[] = [];
  for (const endChildren of [false, true]) {
    // Each step starts three: check, program, check.
    for (let child = 1; child <= 9; child++)
      for (const ms of child % 3 === 2 ? [0, 12, 20, 28, 40] : [0])
        deaths.push({ at: `child:${child}:${ms}`, endChildren });
  }
  const verdicts = await dieAtAll(lab, three, await baselineOf(lab, three), deaths);
  console.log(`${deaths.length} moments, ${verdicts.filter(({ died }) => died).length} deaths`);
  assert.is(brokenPromises(verdicts).join("\n"), "");
  assert.equal(
    verdicts.flatMap(({ asked }) => asked),
    [],
  );
});

test("killed while a server handles its request, before and after the effect", async () => {
  const post = (check: string) =>
    scenario(
      "post",
      `
  - id: post
    uses: http
    with: { url: "\${{ inputs.url }}/do/post", method: POST }${check}`,
    );
  const counted = `
    check:
      uses: http
      with: { url: "\${{ inputs.url }}/count/post" }
      done: "\${{ result.body == '1' }}"
      notDone: "\${{ result.body == '0' }}"`;
  for (const moment of ["before", "after"] as const) {
    for (const check of [counted, ""]) {
      const of = post(check);
      const baseline = await baselineOf(lab, of);
      const verdict = await dieAndResume(lab, of, baseline, {
        at: `${moment} the effect ${check ? "with" : "without"} a check`,
        start: (life) => life.startAndKillAt(moment),
      });
      // Belay is gone before the server acts: the effect comes, or came, without anybody hearing of it.
      assert.equal(brokenPromises([verdict]), []);
      assert.ok(verdict.died);
      assert.equal(verdict.asked, check ? [] : ["post"]);
    }
  }
});

test.run();
