import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { answererOf, type Engine, engineFor, runbookOf, stepsOf } from "../support/engine.ts";

/** Cuts a journal after the record with this key, as if belay had been killed right then. */
function cutAfter(engine: Engine, key: string): void {
  const lines = readFileSync(engine.folder.journal, "utf8").split("\n");
  const at = lines.findIndex((line) => line.includes(`"key":"${key}"`));
  assert.not.equal(at, -1, `there is no record ${key}`);
  writeFileSync(engine.folder.journal, `${lines.slice(0, at + 1).join("\n")}\n`);
}

const shell = (id: string, more = "") =>
  stepsOf(`- { id: ${id}, uses: shell, with: { script: "echo x >> ${id}" }${more} }`);

test("a change that was begun and never ended is in doubt: without a person, the run stops", async () => {
  const engine = engineFor(await runbookOf(shell("change")));
  await engine.turn();
  cutAfter(engine, "change#1 begun");
  const { end, state } = await engine.turn();
  assert.is(end.state === "paused" && end.reason, "in-doubt");
  assert.is(state.steps.get("change")?.status, "in-doubt");
  assert.is(readFileSync(join(engine.home, "change"), "utf8"), "x\n");
  engine.remove();
});

test("a doubt stays one, however often it is resumed, until somebody decides", async () => {
  const engine = engineFor(await runbookOf(shell("change")));
  await engine.turn();
  cutAfter(engine, "change#1 begun");
  for (let turn = 0; turn < 3; turn++) {
    const { end } = await engine.turn();
    assert.is(end.state === "paused" && end.reason, "in-doubt");
  }
  const { end, state } = await engine.turn(
    answererOf({ rule: async () => ({ decision: "run-again", by: "ana", via: "prompt" }) }),
  );
  assert.equal(end, { state: "done" });
  assert.is(state.steps.get("change")?.key, "change#2");
  assert.is(readFileSync(join(engine.home, "change"), "utf8"), "x\nx\n");
  engine.remove();
});

test("a repeatable change in doubt runs again by itself", async () => {
  const engine = engineFor(await runbookOf(shell("change", ", repeatable: true")));
  await engine.turn();
  cutAfter(engine, "change#1 begun");
  const { end, state } = await engine.turn();
  assert.equal(end, { state: "done" });
  assert.is(state.steps.get("change")?.tries, 2);
  engine.remove();
});

test("a read in doubt just reads again", async () => {
  const engine = engineFor(await runbookOf(shell("look", ", reads: true")));
  await engine.turn();
  cutAfter(engine, "look#1 begun");
  assert.equal((await engine.turn()).end, { state: "done" });
  engine.remove();
});

const checked = stepsOf(`
- id: change
  uses: shell
  with: { script: "echo x >> change" }
  check:
    uses: exec
    with: { argv: [cat, change] }
    done: "\${{ result.lines.size() == 1 }}"
    notDone: "\${{ result.exitCode != 0 }}"
`);

test("the check decides a doubt: done is recorded as done, and not run again", async () => {
  const engine = engineFor(await runbookOf(checked));
  await engine.turn();
  cutAfter(engine, "change#1 begun");
  const { end, state } = await engine.turn();
  assert.equal(end, { state: "done" });
  assert.is(state.steps.get("change")?.status, "done");
  assert.is(readFileSync(join(engine.home, "change"), "utf8"), "x\n");
  engine.remove();
});

test("the check decides a doubt: not done is run", async () => {
  const engine = engineFor(await runbookOf(checked));
  await engine.turn();
  cutAfter(engine, "change#1 begun");
  const { rmSync } = await import("node:fs");
  rmSync(join(engine.home, "change"));
  const { end } = await engine.turn();
  assert.equal(end, { state: "done" });
  assert.is(readFileSync(join(engine.home, "change"), "utf8"), "x\n");
  engine.remove();
});

test("the check decides a doubt: half done is a person's question", async () => {
  const engine = engineFor(await runbookOf(checked));
  await engine.turn();
  cutAfter(engine, "change#1 begun");
  appendFileSync(join(engine.home, "change"), "y\n");
  let seen: string | undefined;
  const { end } = await engine.turn(
    answererOf({
      rule: async (question) => {
        seen = `${question.situation} ${question.seen}`;
        return undefined;
      },
    }),
  );
  assert.is(end.state === "paused" && end.reason, "in-doubt");
  assert.match(seen ?? "", "in-doubt exit code 0: x · y");
  engine.remove();
});

test("a step that is half done before it was begun is a person's question", async () => {
  const engine = engineFor(await runbookOf(checked));
  writeFileSync(join(engine.home, "change"), "x\ny\n");
  const first = await engine.turn();
  assert.is(first.end.state === "paused" && first.end.reason, "in-doubt");
  const second = await engine.turn(
    answererOf({ rule: async () => ({ decision: "skip", by: "ana", why: "good enough", via: "prompt" }) }),
  );
  assert.equal(second.end, { state: "done" });
  assert.is(second.state.steps.get("change")?.status, "skipped");
  assert.is(readFileSync(join(engine.home, "change"), "utf8"), "x\ny\n");
  engine.remove();
});

test("a step that was found done has no result, and what reads it says so", async () => {
  const text = `${checked}  - { id: reads, uses: files.write, with: { path: read, content: "code \${{ steps.change.result.exitCode }}" } }\n`;
  const engine = engineFor(await runbookOf(text));
  await engine.turn();
  cutAfter(engine, "change#1 begun");
  const { rmSync } = await import("node:fs");
  rmSync(join(engine.home, "read"));
  const { end, state } = await engine.turn();
  assert.is(end.state === "paused" && end.reason, "failed");
  assert.match(state.steps.get("reads")?.message ?? "", "step change was found done, so its result is not known");
  engine.remove();
});

test("what is not JSON in the middle is damage with its byte; a torn tail is cut", async () => {
  const engine = engineFor(await runbookOf(shell("change", ", repeatable: true")));
  await engine.turn();
  appendFileSync(engine.folder.journal, '{"v":1,"seq":99,"torn');
  assert.equal((await engine.turn()).end, { state: "done" });
  const text = readFileSync(engine.folder.journal, "utf8");
  const at = text.indexOf("\n") + 1;
  writeFileSync(engine.folder.journal, `${text.slice(0, at)}garbage\n${text.slice(at)}`);
  try {
    await engine.turn();
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, `is damaged at byte ${at} (line 2)`);
  }
  engine.remove();
});

test("a changed record is noticed, wherever it is", async () => {
  const engine = engineFor(await runbookOf(shell("change", ", repeatable: true")));
  await engine.turn();
  const text = readFileSync(engine.folder.journal, "utf8");
  writeFileSync(engine.folder.journal, text.replace('"state":"done"', '"state":"fail"'));
  try {
    await engine.turn();
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, "its hash does not fit");
  }
  engine.remove();
});

test("a failure that a person marks as done by hand is shown as that ever after", async () => {
  const engine = engineFor(
    await runbookOf(
      stepsOf(
        `- { id: bad, uses: exec, with: { argv: ["false"] } }\n- { id: next, uses: files.write, with: { path: next, content: "\${{ steps.bad.status }} \${{ steps.bad.result.exitCode }}" } }`,
      ),
    ),
  );
  await engine.turn(
    answererOf({
      rule: async () => ({
        decision: "done-by-hand",
        by: "ana",
        why: "did it",
        evidence: "looked",
        result: { exitCode: 0, stdout: "", stderr: "", lines: [], truncated: false },
        via: "prompt",
      }),
    }),
  );
  assert.is(readFileSync(join(engine.home, "next"), "utf8"), "done-by-hand 0");
  assert.ok(existsSync(engine.folder.journal));
  engine.remove();
});

test("a pause that comes before the next attempt leaves the doubt as it was", async () => {
  const engine = engineFor(
    await runbookOf(
      `apiVersion: belay/v1
name: test
title: Test
deadlines: { o: { start: a, within: 1s } }
steps:
  - { id: a, uses: files.write, with: { path: a, content: x } }
  - { id: j, uses: shell, repeatable: true, with: { script: "echo x >> j; sleep 1.2" } }
`,
    ),
  );
  await engine.turn();
  cutAfter(engine, "j#1 begun");
  const { end, state } = await engine.turn();
  assert.is(end.state === "paused" && end.reason, "waiting");
  assert.is(state.steps.get("j")?.status, "in-doubt");
  assert.is(readFileSync(join(engine.home, "j"), "utf8"), "x\n");
  const later = await engine.turn(
    answererOf({ deadline: async () => ({ decision: "continue", by: "ana", via: "prompt" }) }),
  );
  assert.equal(later.end, { state: "done" });
  assert.is(readFileSync(join(engine.home, "j"), "utf8"), "x\nx\n");
  engine.remove();
});

test.run();
