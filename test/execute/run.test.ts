import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { answererOf, engineFor, runbookOf, stepsOf } from "../support/engine.ts";

test("steps run in order, and later ones read what earlier ones found", async () => {
  const engine = engineFor(
    await runbookOf(
      stepsOf(`
- { id: say, uses: exec, with: { argv: [echo, hello] }, repeatable: true }
- { id: write, uses: files.write, with: { path: out.txt, content: "\${{ steps.say.result.lines[0] }} \${{ run.id }}" } }
- { id: skip_me, uses: exec, when: "\${{ steps.say.result.exitCode != 0 }}", with: { argv: ["false"] }, repeatable: true }
`),
    ),
  );
  const { end, state } = await engine.turn();
  assert.equal(end, { state: "done" });
  assert.is(readFileSync(join(engine.home, "out.txt"), "utf8"), `hello ${engine.folder.id}`);
  assert.is(state.steps.get("skip_me")?.status, "skipped");
  engine.remove();
});

test("a failed step pauses the run, and a resume tries it again and goes on", async () => {
  const engine = engineFor(
    await runbookOf(
      stepsOf(`
- { id: once, uses: shell, with: { script: "echo x >> once.txt" }, repeatable: true }
- { id: needs, uses: exec, with: { argv: [test, -e, ready] }, repeatable: true }
- { id: after, uses: files.write, with: { path: after.txt, content: done } }
`),
    ),
  );
  const first = await engine.turn();
  assert.is(first.end.state, "paused");
  assert.is(first.state.steps.get("needs")?.status, "failed");
  assert.not(existsSync(join(engine.home, "after.txt")));
  const { writeFileSync } = await import("node:fs");
  writeFileSync(join(engine.home, "ready"), "");
  const second = await engine.turn();
  assert.equal(second.end, { state: "done" });
  assert.is(readFileSync(join(engine.home, "once.txt"), "utf8"), "x\n");
  engine.remove();
});

test("a step that the check finds done is not run", async () => {
  const engine = engineFor(
    await runbookOf(
      stepsOf(`
- id: make
  uses: shell
  with: { script: "echo x >> made.txt" }
  check: { uses: exec, with: { argv: [test, -e, made.txt] }, done: "\${{ result.exitCode == 0 }}" }
- id: again
  uses: shell
  with: { script: "echo x >> made.txt" }
  check: { uses: exec, with: { argv: [test, -e, made.txt] }, done: "\${{ result.exitCode == 0 }}" }
`),
    ),
  );
  const { end, state } = await engine.turn();
  assert.equal(end, { state: "done" });
  assert.is(state.steps.get("make")?.status, "done");
  assert.is(state.steps.get("again")?.status, "already-done");
  assert.is(readFileSync(join(engine.home, "made.txt"), "utf8"), "x\n");
  engine.remove();
});

test("a step that ran without an error and is not done, failed", async () => {
  const engine = engineFor(
    await runbookOf(
      stepsOf(`
- id: lies
  uses: exec
  with: { argv: ["true"] }
  check: { uses: exec, with: { argv: [test, -e, nothing] }, done: "\${{ result.exitCode == 0 }}" }
`),
    ),
  );
  const { end, state } = await engine.turn();
  assert.is(end.state, "paused");
  assert.match(state.steps.get("lies")?.message ?? "", "the check says: it is not done");
  engine.remove();
});

test("retry tries again, with its pauses, and gives up after its attempts", async () => {
  const engine = engineFor(
    await runbookOf(
      stepsOf(`
- { id: third, uses: shell, with: { script: "echo x >> n; test $(wc -l < n) -ge 3" }, retry: { attempts: 3, delay: 10ms }, repeatable: true }
- { id: never, uses: exec, with: { argv: ["false"] }, retry: { attempts: 2, delay: 10ms }, onFailure: continue, repeatable: true }
`),
    ),
  );
  const { end, state, events } = await engine.turn();
  assert.equal(end, { state: "done" });
  assert.is(state.steps.get("third")?.tries, 3);
  assert.is(state.steps.get("never")?.tries, 2);
  assert.is(state.steps.get("never")?.status, "failed");
  assert.is(events.filter((event) => event.type === "retrying").length, 3);
  engine.remove();
});

test("a time limit ends a change, and its outcome is in doubt, not failed", async () => {
  const engine = engineFor(
    await runbookOf(stepsOf(`- { id: slow, uses: exec, with: { argv: [sleep, "30"] }, timeout: 200ms }`)),
  );
  const { end, state } = await engine.turn();
  assert.is(end.state === "paused" && end.reason, "in-doubt");
  assert.is(state.steps.get("slow")?.status, "in-doubt");
  const second = await engine.turn(
    answererOf({
      rule: async () => ({ decision: "done-by-hand", by: "ana", why: "it was", evidence: "saw it", via: "prompt" }),
    }),
  );
  assert.equal(second.end, { state: "done" });
  assert.is(second.state.steps.get("slow")?.status, "done-by-hand");
  engine.remove();
});

test("confirmation: nobody agrees, nothing of the step begins; somebody does, it runs", async () => {
  const engine = engineFor(
    await runbookOf(
      stepsOf(
        `- { id: danger, uses: files.write, with: { path: d, content: x }, confirm: { message: "\${{ run.id }} goes", type: yes really } }`,
      ),
    ),
  );
  const first = await engine.turn();
  assert.is(first.end.state === "paused" && first.end.reason, "waiting");
  assert.not(existsSync(join(engine.home, "d")));
  let asked = "";
  const second = await engine.turn(
    answererOf({
      confirm: async (question) => {
        asked = `${question.message} / ${question.type}`;
        return { by: "ana", via: "prompt" };
      },
    }),
  );
  assert.equal(second.end, { state: "done" });
  assert.is(asked, `${engine.folder.id} goes / yes really`);
  engine.remove();
});

test("finally runs when the run ends, not when it pauses", async () => {
  const text = `${stepsOf(`- { id: needs, uses: exec, with: { argv: [test, -e, ready] }, repeatable: true }`)}finally:\n  - { id: tidy, uses: files.write, with: { path: tidy, content: x } }\n`;
  const engine = engineFor(await runbookOf(text));
  assert.is((await engine.turn()).end.state, "paused");
  assert.not(existsSync(join(engine.home, "tidy")));
  const { writeFileSync } = await import("node:fs");
  writeFileSync(join(engine.home, "ready"), "");
  assert.is((await engine.turn()).end.state, "done");
  assert.ok(existsSync(join(engine.home, "tidy")));
  engine.remove();
});

test("a run that is given up runs its finally steps, which still know what was done", async () => {
  const text = `${stepsOf(`
- { id: say, uses: exec, reads: true, with: { argv: [echo, hello] } }
- { id: stuck, uses: exec, with: { argv: ["false"] }, repeatable: true }`)}finally:
  - { id: tell, uses: files.write, with: { path: told, content: "\${{ steps.say.result.lines[0] }} \${{ steps.stuck.status }}" } }
`;
  const engine = engineFor(await runbookOf(text));
  assert.is((await engine.turn()).end.state, "paused");
  const { end, state } = await engine.turn(undefined, { abandon: "no use" });
  assert.equal(end, { state: "abandoned" });
  assert.is(state.message, "no use");
  assert.is(readFileSync(join(engine.home, "told"), "utf8"), "hello failed");
  engine.remove();
});

test("what an earlier attempt of the run did is the run's own work", async () => {
  const engine = engineFor(
    await runbookOf(
      stepsOf(`
- id: make
  uses: shell
  with: { script: "touch made; exit 3" }
  check: { uses: exec, with: { argv: [test, -e, made] }, done: "\${{ result.exitCode == 0 }}" }
`),
    ),
  );
  assert.is((await engine.turn()).state.steps.get("make")?.status, "failed");
  const { end, state } = await engine.turn();
  assert.equal(end, { state: "done" });
  assert.is(state.steps.get("make")?.status, "done");
  engine.remove();
});

test("preflight runs again on every turn, unless it says once", async () => {
  const text = `apiVersion: belay/v1
name: test
title: Test
preflight:
  - { id: every, uses: shell, reads: true, with: { script: "echo x >> every" } }
  - { id: first, uses: shell, reads: true, once: true, with: { script: "echo x >> first" } }
steps:
  - { id: needs, uses: exec, with: { argv: [test, -e, ready] }, repeatable: true }
`;
  const engine = engineFor(await runbookOf(text));
  await engine.turn();
  await engine.turn();
  assert.is(readFileSync(join(engine.home, "every"), "utf8"), "x\nx\n");
  assert.is(readFileSync(join(engine.home, "first"), "utf8"), "x\n");
  engine.remove();
});

test.run();
