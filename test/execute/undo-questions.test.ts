import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { UndoQuestion } from "../../src/execute/questions.ts";
import { answererOf, engineFor, runbookOf, stepsOf } from "../support/engine.ts";
import { finishes, marked, messageOf, reasonOf, undoPlaces, undoWith, withEngine } from "../support/undo-run.ts";

const { place, remove } = undoPlaces();
test.after(remove);

test("an author's undo runs, and what was undone already is only looked at", async () => {
  const { folder, read, has } = place();
  await withEngine(marked(folder, "one") + marked(folder, "two") + marked(folder, "three"), async (engine) => {
    await engine.turn();
    rmSync(join(folder, "two"));
    const turn = await engine.turn(undefined, { undo: {} });
    assert.equal(finishes(turn), ["three undone", "two already-undone", "one undone"]);
    assert.is(read("log"), "one\ntwo\nthree\nundo three\nundo one\n");
    assert.not(has("one"));
    assert.match(turn.state.steps.get("two")?.undo?.message ?? "", /exit code 1/);
  });
});

test("an undo that leaves the step done has failed, and a person says what becomes of it", async () => {
  const { folder } = place();
  const steps = marked(folder, "one") + marked(folder, "two").replace('; rm "$F/$N"', "");
  await withEngine(steps, async (engine) => {
    await engine.turn();
    const nobody = await engine.turn(undefined, { undo: {} });
    assert.is(reasonOf(nobody), "failed");
    assert.match(messageOf(nobody), /undoing step two failed: it ran, but the step still looks done/);
    assert.is(nobody.state.steps.get("two")?.undo?.status, "failed");
    assert.is(nobody.state.steps.get("two")?.status, "done");
    // A resume goes on undoing, and tries it again; now somebody is there.
    const questions: UndoQuestion[] = [];
    const turn = await engine.turn(
      undoWith(questions, { decision: "leave", by: "ana", why: "it may stay", via: "prompt" }),
    );
    assert.equal(
      questions.map(({ situation, step }) => `${step} ${situation}`),
      ["two failed"],
    );
    assert.equal(finishes(turn), ["two failed", "two left", "one undone"]);
    assert.is(turn.end.state, "undone");
    assert.equal(turn.state.left, ["two"]);
    assert.is(turn.state.steps.get("two")?.undo?.why, "it may stay");
  });
});

test("done by hand, with what was seen, is kept", async () => {
  const { folder } = place();
  await withEngine(marked(folder, "one").replace('; rm "$F/$N"', "; exit 7"), async (engine) => {
    await engine.turn();
    const turn = await engine.turn(
      undoWith([], { decision: "done-by-hand", by: "ana", why: "rm", evidence: "it is gone", via: "prompt" }),
      { undo: {} },
    );
    assert.equal(finishes(turn), ["one failed", "one undone-by-hand"]);
    assert.is(turn.end.state, "undone");
    const undo = turn.state.steps.get("one")?.undo;
    assert.equal([undo?.by, undo?.why, undo?.evidence], ["ana", "rm", "it is gone"]);
    assert.is(turn.state.steps.get("one")?.status, "undone");
  });
});

test("an action's own undo refuses what was changed since, and touches nothing", async () => {
  const { folder, put, read } = place();
  put("conf", "old\n");
  await withEngine(
    `- { id: write, uses: files.write, with: { path: ${folder}/conf, content: "new\\n" } }\n`,
    async (engine) => {
      await engine.turn();
      put("conf", "somebody's\n");
      const turn = await engine.turn(undefined, { undo: {} });
      assert.is(reasonOf(turn), "failed");
      assert.match(messageOf(turn), /not as the step left it/);
      assert.is(read("conf"), "somebody's\n");
      put("conf", "new\n");
      assert.is((await engine.turn()).end.state, "undone");
      assert.is(read("conf"), "old\n");
    },
  );
});

test("a failed step without a check: its author's undo asks first", async () => {
  const { folder, read } = place();
  const steps = `- id: one
  uses: shell
  with: { script: "echo one >> ${folder}/log; exit 1" }
  undo: { uses: shell, with: { script: "echo undo >> ${folder}/log" } }
`;
  await withEngine(steps, async (engine) => {
    await engine.turn();
    const nobody = await engine.turn(undefined, { undo: {} });
    assert.is(reasonOf(nobody), "in-doubt");
    assert.equal(finishes(nobody), []);
    const questions: UndoQuestion[] = [];
    const turn = await engine.turn(undoWith(questions, { decision: "run-again", by: "ana", via: "prompt" }));
    assert.equal(
      questions.map(({ situation }) => situation),
      ["changed-since"],
    );
    assert.match(questions[0]?.message ?? "", /it failed/);
    assert.is(turn.end.state, "undone");
    assert.is(read("log"), "one\nundo\n");
    assert.ok(turn.events.some((event) => event.type === "decided" && event.decision === "run-again"));
    assert.is(turn.state.steps.get("one")?.key, "one#1");
  });
});

test("a step that was skipped after it had begun is looked at", async () => {
  const { folder, put, read } = place();
  const steps = marked(folder, "one").replace('; touch "$F/$N"', '; touch "$F/$N"; exit 4');
  await withEngine(steps, async (engine) => {
    const first = await engine.turn(
      answererOf({ rule: async () => ({ decision: "skip", by: "ana", why: "no matter", via: "prompt" }) }),
    );
    assert.is(first.end.state, "done");
    const turn = await engine.turn(undefined, { undo: {} });
    assert.equal(finishes(turn), ["one undone"]);
    const begun = turn.events.find((event) => event.type === "undo-started");
    assert.match(begun?.type === "undo-started" ? (begun.seen ?? "") : "", /skipped after it had begun/);
    assert.is(read("log"), "one\nundo one\n");
    put("end", "");
  });
});

test("a manual undo asks the person, and what was to be undone must be gone", async () => {
  const { folder } = place();
  const steps = `- id: one
  uses: shell
  with: { script: "touch ${folder}/one" }
  check: { uses: exec, with: { argv: [test, -e, "${folder}/one"] }, done: "\${{ result.exitCode == 0 }}" }
  undo: { uses: manual, with: { instructions: "Remove \${{ run.id }}", ask: { ticket: { type: string } } } }
`;
  await withEngine(steps, async (engine) => {
    await engine.turn();
    const nobody = await engine.turn(undefined, { undo: {} });
    assert.is(reasonOf(nobody), "waiting");
    const lies = await engine.turn(answererOf({ manual: async () => ({ by: "ana", values: { ticket: "C1" } }) }));
    assert.is(reasonOf(lies), "failed");
    assert.match(messageOf(lies), /still looks done/);
    const asked: string[] = [];
    const turn = await engine.turn(
      answererOf({
        manual: async ({ title, instructions }) => {
          asked.push(title, instructions);
          rmSync(join(folder, "one"));
          return { by: "ana", values: { ticket: "C2" } };
        },
      }),
    );
    assert.is(turn.end.state, "undone");
    assert.is(asked[0], "undo: one");
    const undo = turn.state.steps.get("one")?.undo;
    assert.equal([undo?.status, undo?.by, undo?.evidence], ["undone-by-hand", "ana", "ticket: C2"]);
  });
});

test("an author's undo reads the step's result, and has a time limit", async () => {
  const { folder, read } = place();
  const steps = `- id: one
  uses: shell
  with: { script: "echo 42 | tee ${folder}/one" }
  undo:
    uses: shell
    timeout: 300ms
    with: { script: 'echo "$R" > "$F"; sleep "$S"', env: { R: "\${{ result.lines[0] }} \${{ inputs.s }}", S: "\${{ inputs.s }}", F: ${folder}/undo } }
`;
  const runbook = await runbookOf(`${stepsOf(steps)}inputs: { s: { type: string } }\n`);
  const quick = engineFor(runbook, { s: "0" });
  await quick.turn();
  assert.is((await quick.turn(undefined, { undo: {} })).end.state, "undone");
  assert.is(read("undo"), "42 0\n");
  quick.remove();
  const slow = engineFor(runbook, { s: "20" });
  await slow.turn();
  const turn = await slow.turn(undefined, { undo: {} });
  assert.is(reasonOf(turn), "in-doubt");
  assert.match(messageOf(turn), /time limit/);
  assert.is(turn.state.steps.get("one")?.undo?.status, "in-doubt");
  slow.remove();
});

test("stopping between two steps pauses, and a resume goes on", async () => {
  const { folder, read } = place();
  const stop = new AbortController();
  const steps =
    marked(folder, "one") +
    marked(folder, "two").replace(
      "    uses: shell\n    with: { script: 'echo \"undo",
      "    uses: shell\n    with: { script: 'sleep 0.2; echo \"undo",
    );
  await withEngine(steps, async (engine) => {
    await engine.turn();
    const timer = setInterval(() => {
      if (readFileSync(engine.folder.journal, "utf8").includes('"undo-started"')) stop.abort();
    }, 5);
    const turn = await engine.turn(undefined, { undo: {}, pause: stop.signal });
    clearInterval(timer);
    assert.is(reasonOf(turn), "interrupted");
    assert.equal(finishes(turn), ["two undone"]);
    const next = await engine.turn();
    assert.equal(finishes(next), ["one undone"]);
    assert.is(read("log"), "one\ntwo\nundo two\nundo one\n");
  });
});

test("an undo that is ended on request is in doubt, and is looked at next time", async () => {
  const { folder, read } = place();
  const now = new AbortController();
  const slow = marked(folder, "one").replace('; rm "$F/$N"', '; rm "$F/$N"; test -e "$F/fast" || sleep 30');
  await withEngine(slow, async (engine) => {
    await engine.turn();
    const timer = setInterval(() => {
      if (!existsSync(join(folder, "one"))) now.abort();
    }, 20);
    const turn = await engine.turn(undefined, { undo: {}, pause: now.signal, now: now.signal });
    clearInterval(timer);
    assert.is(reasonOf(turn), "interrupted");
    assert.ok(turn.events.some(({ type }) => type === "undo-in-doubt"));
    const next = await engine.turn();
    assert.is(next.end.state, "undone");
    assert.equal(finishes(next), ["one undone"]);
    assert.match(next.state.steps.get("one")?.undo?.message ?? "", /looking showed it/);
    assert.is(read("log"), "one\nundo one\n");
  });
});

test("a step that was to run again when the run stopped is undone, too", async () => {
  const { folder, read } = place();
  const stop = new AbortController();
  await withEngine(marked(folder, "one").replace('; touch "$F/$N"', '; touch "$F/$N"; exit 3'), async (engine) => {
    const first = await engine.turn(
      answererOf({
        rule: async () => {
          stop.abort();
          return { decision: "run-again", by: "ana", via: "prompt" };
        },
      }),
      { pause: stop.signal },
    );
    assert.is(first.state.steps.get("one")?.status, "pending");
    const turn = await engine.turn(undefined, { undo: {} });
    assert.equal(finishes(turn), ["one undone"]);
    assert.is(read("log"), "one\nundo one\n");
  });
});

test("what a person did is undone where the author says how", async () => {
  const { folder, read } = place();
  const steps = `- id: lb
  uses: manual
  with: { instructions: Point it there }
  undo: { uses: shell, with: { script: 'echo "back, $BY" >> "${folder}/log"', env: { BY: "\${{ result.by }}" } } }
- { id: plain, uses: manual, with: { instructions: Look } }
`;
  await withEngine(steps, async (engine) => {
    const first = await engine.turn(answererOf({ manual: async () => ({ by: "ana", values: { done: true } }) }));
    assert.is(first.end.state, "done");
    const turn = await engine.turn(undefined, { undo: {} });
    assert.equal(finishes(turn), ["lb undone"]);
    assert.is(read("log"), "back, ana\n");
  });
});

test.run();
