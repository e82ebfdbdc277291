import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { presetAnswers } from "../../src/cli/preset-answers.ts";
import { foldEvent } from "../../src/event/fold-event.ts";
import type { UndoQuestion } from "../../src/execute/questions.ts";
import { renderEnd } from "../../src/render/end.ts";
import { nextCommands } from "../../src/render/run-facts.ts";
import { renderStatus } from "../../src/render/status.ts";
import { undoLines } from "../../src/render/undo-lines.ts";
import { answererOf, runbookOf, stepsOf } from "../support/engine.ts";
import { finishes, marked, messageOf, reasonOf, undoPlaces, undoWith, withEngine } from "../support/undo-run.ts";

const { place, remove } = undoPlaces();
test.after(remove);

const style = { color: false, width: 200 };

/** A step whose check has only `done`, and whose undo writes down that it ran. */
const openEnded = (folder: string, more = "") => `- id: s
  uses: shell
  with: { script: "echo ok > ${folder}/s" }
  check: { uses: shell, with: { script: "cat ${folder}/s; grep -qx ok ${folder}/s" }, done: "\${{ result.exitCode == 0 }}" }
  undo: { uses: shell, with: { script: "echo undo >> ${folder}/log; rm -f ${folder}/s" }${more} }
`;

test("a check that has no notDone never skips an undo: a person is asked", async () => {
  const { folder, put, has, read } = place();
  await withEngine(openEnded(folder), async (engine) => {
    await engine.turn();
    put("s", "broken\n");
    const nobody = await engine.turn(undefined, { undo: {} });
    assert.is(reasonOf(nobody), "in-doubt");
    assert.match(messageOf(nobody), "does not say whether nothing of it is there");
    assert.equal(finishes(nobody), []);
    const questions: UndoQuestion[] = [];
    const turn = await engine.turn(undoWith(questions, { decision: "run-again", by: "ana", via: "prompt" }));
    assert.equal(finishes(turn), ["s undone"]);
    assert.is(questions[0]?.situation, "changed-since");
    assert.is(read("log"), "undo\n");
    assert.not(has("s"));
  });
});

test("where the undo may run twice, it runs without a question", async () => {
  const { folder, put, read } = place();
  await withEngine(openEnded(folder, ", repeatable: true"), async (engine) => {
    await engine.turn();
    put("s", "broken\n");
    const turn = await engine.turn(undefined, { undo: {} });
    assert.equal(finishes(turn), ["s undone"]);
    assert.is(read("log"), "undo\n");
  });
});

test("an undo that its author vouches for runs again after it was ended, and one that is not asks", async () => {
  for (const vouched of [true, false]) {
    const { folder, read } = place();
    const steps = `- id: s
  uses: shell
  with: { script: "true" }
  undo: { uses: shell, repeatable: ${vouched}, with: { script: "echo undo >> ${folder}/log; if [ ! -e ${folder}/go ]; then touch ${folder}/go; sleep 20; fi" } }
`;
    await withEngine(steps, async (engine) => {
      await engine.turn();
      const now = new AbortController();
      const pause = new AbortController();
      const timer = setInterval(() => {
        if (!existsSync(join(folder, "go"))) return;
        clearInterval(timer);
        pause.abort();
        now.abort();
      }, 20);
      const ended = await engine.turn(undefined, { undo: {}, now: now.signal, pause: pause.signal });
      clearInterval(timer);
      assert.is(ended.state.steps.get("s")?.undo?.status, "in-doubt");
      const next = await engine.turn();
      assert.is(reasonOf(next), vouched ? "undone" : "in-doubt");
      assert.is(read("log"), vouched ? "undo\nundo\n" : "undo\n");
    });
  }
});

test("what stays when a run is taken back is kept: the end counts it, and a later undo lists it", async () => {
  const { folder, read } = place();
  const steps = `${marked(folder, "a")}- id: mail
  uses: shell
  with: { script: "echo mail >> ${folder}/log" }
  undo: { none: the mail is out }
`;
  await withEngine(steps, async (engine) => {
    await engine.turn();
    const back = await engine.turn(undefined, { undo: { to: "a" } });
    assert.is(reasonOf(back), "rewound");
    assert.match(messageOf(back), "run a second time: mail");
    const runbook = await runbookOf(stepsOf(steps));
    const said = renderEnd({ id: "k7", state: back.state, runbook, end: back.end }, style);
    assert.match(said, "finished 1 change");
    assert.match(said, "1 left when it was taken back");
    const again = await engine.turn();
    assert.is(again.end.state, "done");
    assert.match(renderEnd({ id: "k7", state: again.state, runbook, end: again.end }, style), "finished 3 changes");
    assert.is(read("log"), "a\nmail\nundo a\na\nmail\n");
    const all = await engine.turn(undefined, { undo: {} });
    assert.equal(all.state.left, ["mail"]);
    assert.equal(all.state.kept, [{ id: "mail", round: 1, why: "the mail is out" }]);
  });
});

test("a change that was undone when the run was taken back does not count, and is not left", async () => {
  const { folder } = place();
  const steps = marked(folder, "a");
  await withEngine(steps, async (engine) => {
    await engine.turn();
    const back = await engine.turn(undefined, { undo: { to: "a" } });
    assert.equal(back.state.kept, []);
    const runbook = await runbookOf(stepsOf(steps));
    assert.match(renderEnd({ id: "k7", state: back.state, runbook, end: back.end }, style), "finished no change");
  });
});

test("a run that is taken back and goes on runs its finally at its end again", async () => {
  const { folder, read } = place();
  const more = `finally:\n  - { id: fin, uses: shell, with: { script: "echo fin >> ${folder}/log" } }\n`;
  await withEngine(
    marked(folder, "a"),
    async (engine) => {
      await engine.turn();
      await engine.turn(undefined, { undo: { to: "a" } });
      assert.is(read("log"), "a\nfin\nundo a\n");
      await engine.turn();
      assert.is(read("log"), "a\nfin\nundo a\na\nfin\n");
    },
    more,
  );
});

test("--decide STEP=leave is heeded before the undo runs", async () => {
  const { folder, read, has } = place();
  await withEngine(marked(folder, "a") + marked(folder, "b"), async (engine) => {
    await engine.turn();
    const runbook = await runbookOf(stepsOf(marked(folder, "a") + marked(folder, "b")));
    const told = presetAnswers({ decide: ["b=leave"], why: "it may stay" }, "ana", answererOf(), () => {}, runbook);
    const turn = await engine.turn(told, { undo: {} });
    assert.equal(finishes(turn), ["b left", "a undone"]);
    assert.ok(has("b"));
    assert.is(read("log"), "a\nb\nundo a\n");
    assert.is(turn.state.steps.get("b")?.undo?.why, "it may stay");
  });
});

test("an undo in doubt, or that failed, says what can be decided; nothing offers to give the run up", async () => {
  const { folder } = place();
  const steps = marked(folder, "a").replace('; rm "$F/$N"', "; exit 7");
  await withEngine(steps, async (engine) => {
    await engine.turn();
    const failed = await engine.turn(undefined, { undo: {} });
    const runbook = await runbookOf(stepsOf(steps));
    const said = renderEnd({ id: "k7", state: failed.state, runbook, end: failed.end }, style);
    assert.match(said, "belay undo k7 --decide a=run-again|done|leave");
    assert.not.match(said, "abandon");
    const status = renderStatus(runbook, { id: "k7", state: failed.state, live: false }, { ...style, now: Date.now() });
    assert.match(status, "1 undo failed");
  });
});

test("undone instances of a repeated group are counted as what they are", async () => {
  const { folder } = place();
  const item = marked(folder, "x")
    .replaceAll(`${folder}/x"`, `${folder}/\${{ each.key }}"`)
    .replaceAll("N: x,", 'N: "${{ each.key }}",');
  const steps = `- id: all
  forEach: [i1, i2, i3, i4, i5, i6, i7, i8]
  steps:
${item.replace(/^(?=.)/gm, "    ")}`;
  await withEngine(steps, async (engine) => {
    await engine.turn();
    const questions: UndoQuestion[] = [];
    rmSync(join(folder, "i3"));
    writeFileSync(join(folder, "i3"), "");
    const turn = await engine.turn(
      {
        ...undoWith(questions, undefined),
        undoBefore: async (step) =>
          step.includes("i3") ? { decision: "leave", by: "ana", why: "kept", via: "option" } : undefined,
      },
      { undo: {} },
    );
    assert.is(turn.end.state, "undone");
    const runbook = await runbookOf(stepsOf(steps));
    const status = renderStatus(runbook, { id: "k7", state: turn.state, live: false }, { ...style, now: Date.now() });
    assert.match(status, "0 of 8 · 1 left · 7 undone");
    assert.match(status, "all[i3]/x");
    assert.match(status, "… and 7 undone");
  });
});

test("a run that is over, and whose undo could not be begun, is still one to undo", async () => {
  const { folder } = place();
  await withEngine(marked(folder, "a"), async (engine) => {
    const { state } = await engine.turn();
    foldEvent(state, {
      type: "run-resumed",
      at: "2026-01-01T00:00:00.000Z",
      attempt: "two",
      operator: { user: "ana", host: "h", pid: 1 },
      program: { belay: "0", node: "0" },
    });
    const commands = nextCommands({ id: "k7", state, live: false });
    assert.ok(commands.includes("belay undo k7"));
    assert.not.ok(commands.some((command) => /resume|abandon/.test(command)));
  });
});

test("there is nothing to take back: that is no alarm, and nothing is left", async () => {
  const { folder } = place();
  const steps = `- { id: warm, uses: shell, with: { script: "echo > ${folder}/w" }, undo: { notNeeded: it cools } }\n`;
  await withEngine(steps, async (engine) => {
    await engine.turn();
    const turn = await engine.turn(undefined, { undo: {} });
    assert.is(turn.state.left, undefined);
    const line = turn.events.flatMap((event) => (event.type === "undo-finished" ? undoLines(event) : []));
    assert.equal(line, ["· warm  nothing to take back: it cools"]);
  });
});

test("what an undo printed is digested", async () => {
  const { folder } = place();
  const steps = marked(folder, "a").replace('echo "undo $N"', 'echo loud; echo "undo $N"');
  await withEngine(steps, async (engine) => {
    await engine.turn();
    const turn = await engine.turn(undefined, { undo: {} });
    assert.is(turn.state.steps.get("a")?.undo?.output?.["a.undo.1.out"]?.bytes, 5);
  });
});

test.run();
