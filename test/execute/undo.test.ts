import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { finishes, marked, reasonOf, undoPlaces, withEngine } from "../support/undo-run.ts";

const { place, remove } = undoPlaces();
test.after(remove);

test("a run that is done is undone in reverse, and the world is as before", async () => {
  const { folder, put, read, world } = place();
  put("app.conf", "port=80\n");
  put("old", "old\n");
  mkdirSync(join(folder, "live"));
  mkdirSync(join(folder, "staged"));
  put("live/v", "1\n");
  put("staged/v", "2\n");
  chmodSync(join(folder, "old"), 0o640);
  const before = world();
  await withEngine(
    `- { id: edit, uses: files.edit, with: { path: ${folder}/app.conf, set: { port: 90 } } }
- { id: again, uses: files.edit, with: { path: ${folder}/app.conf, set: { port: 91, host: x } } }
- { id: new, uses: files.write, with: { path: ${folder}/new, content: hi } }
- { id: gone, uses: files.remove, with: { path: ${folder}/old } }
- { id: swap, uses: files.replace-directory, with: { path: ${folder}/live, with: ${folder}/staged } }
- { id: look, uses: exec, reads: true, with: { argv: ["true"] } }
- { id: move, uses: files.move, with: { from: ${folder}/live, to: ${folder}/moved } }
`,
    async (engine) => {
      assert.is(reasonOf(await engine.turn()), "done");
      assert.is(read("moved/v"), "2\n");
      const turn = await engine.turn(undefined, { undo: {} });
      assert.equal(turn.end, { state: "undone" });
      assert.equal(
        finishes(turn),
        ["move", "swap", "gone", "new", "again", "edit"].map((id) => `${id} undone`),
      );
      assert.equal(world(), before);
      assert.is(turn.state.status, "undone");
      assert.is(turn.state.steps.get("edit")?.status, "undone");
      assert.is(turn.state.undo?.via, "command");
      // The start of each is there before its end, and nothing of the next before that.
      const told = turn.events.flatMap((event) =>
        event.type === "undo-started" || event.type === "undo-finished" ? [`${event.type} ${event.key}`] : [],
      );
      assert.equal(told.slice(0, 3), [
        "undo-started move!undo#1",
        "undo-finished move!undo#1",
        "undo-started swap!undo#1",
      ]);
    },
  );
});

test("what can't be undone, and what need not be, stays and is said; the rest is undone", async () => {
  const { folder, read } = place();
  const line = (id: string, undo: string) =>
    `- { id: ${id}, uses: shell, with: { script: "echo ${id} >> ${folder}/log" }${undo} }\n`;
  const steps =
    line("plain", "") +
    line("never", ", undo: { none: the mail is out }") +
    line("needless", ", undo: { notNeeded: it only warms a cache }") +
    marked(folder, "last");
  await withEngine(steps, async (engine) => {
    await engine.turn();
    const turn = await engine.turn(undefined, { undo: {} });
    assert.is(turn.end.state, "undone");
    assert.equal(finishes(turn), ["last undone", "needless not-needed", "never left", "plain left"]);
    assert.equal(turn.state.left, ["never", "plain"]);
    assert.is(turn.state.steps.get("never")?.undo?.message, "the mail is out");
    assert.is(turn.state.steps.get("needless")?.undo?.message, "it only warms a cache");
    assert.match(turn.state.steps.get("plain")?.undo?.message ?? "", /shell can't be undone/);
    assert.is(read("log"), "plain\nnever\nneedless\nlast\nundo last\n");
  });
});

test("steps of finally, and those found already done, stay; finally runs once more only where it had not", async () => {
  const { folder, put, read } = place();
  put("there", "there\n");
  const more = `finally:\n  - { id: fin, uses: shell, with: { script: "echo fin >> ${folder}/log" } }\n`;
  await withEngine(
    `- { id: there, uses: files.write, with: { path: ${folder}/there, content: "there\\n" } }\n${marked(folder, "one")}`,
    async (engine) => {
      await engine.turn();
      const turn = await engine.turn(undefined, { undo: {} });
      assert.equal(finishes(turn), ["one undone"]);
      assert.is(read("there"), "there\n");
      assert.is(read("log"), "one\nfin\nundo one\n");
    },
    more,
  );
});

test("a run that failed is undone, with its failed step, and then puts things in order", async () => {
  const { folder, read } = place();
  const more = `finally:\n  - { id: fin, uses: shell, with: { script: "echo fin >> ${folder}/log" } }\n`;
  const fails = marked(folder, "two").replace('; touch "$F/$N"', "; exit 3");
  await withEngine(
    marked(folder, "one") + fails,
    async (engine) => {
      assert.is(reasonOf(await engine.turn()), "failed");
      const turn = await engine.turn(undefined, { undo: {} });
      assert.equal(finishes(turn), ["two already-undone", "one undone"]);
      assert.is(read("log"), "one\ntwo\nundo one\nfin\n");
    },
    more,
  );
});

test("files.move and files.write undo a program's work, with what they themselves remember", async () => {
  const { folder, put, world } = place();
  put("conf", "old\n");
  put("from", "x\n");
  const before = world();
  const steps = `- id: swap
  uses: shell
  with: { script: "mv ${folder}/from ${folder}/to" }
  check: { uses: exec, with: { argv: [test, -e, "${folder}/to"] }, done: "\${{ result.exitCode == 0 }}" }
  undo: { uses: files.move, with: { from: "${folder}/to", to: "${folder}/from" } }
- id: conf
  uses: files.write
  with: { path: "${folder}/conf", content: "new\\n" }
  undo: { uses: files.write, with: { path: "${folder}/conf", content: "old\\n" } }
`;
  await withEngine(steps, async (engine) => {
    await engine.turn();
    const turn = await engine.turn(undefined, { undo: {} });
    assert.equal(finishes(turn), ["conf undone", "swap undone"]);
    assert.equal(world(), before);
    const names = [...(turn.state.steps.get("swap")?.remembered.keys() ?? [])];
    assert.ok(
      names.every((name) => name.startsWith("undo ")),
      names.join(),
    );
  });
});

test("what ran at the same time is undone one after the other, the last begun first", async () => {
  const { folder, read } = place();
  const steps = `- id: both
  parallel: true
  steps:
${(marked(folder, "a") + marked(folder, "b") + marked(folder, "c")).replace(/^(?=.)/gm, "    ")}`;
  await withEngine(steps, async (engine) => {
    const first = await engine.turn();
    const begun = first.events.flatMap((event) => (event.type === "step-started" ? [event.step] : []));
    const turn = await engine.turn(undefined, { undo: {} });
    assert.equal(
      finishes(turn),
      begun.reverse().map((id) => `${id} undone`),
    );
    assert.is(read("log").trim().split("\n").length, 6);
  });
});

test.run();
