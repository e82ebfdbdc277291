import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { answererOf, engineFor, runbookOf, stepsOf } from "../support/engine.ts";

const folder = mkdtempSync(join(tmpdir(), "belay-groups-"));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const read = (name: string) => readFileSync(join(folder, name), "utf8");

/** A step that adds a line to a file. */
const line = (id: string, file: string, text = id) =>
  `- id: ${id}\n  uses: shell\n  repeatable: false\n  with: { script: 'echo "$TEXT" >> "$FILE"', env: { FILE: "${join(folder, file)}", TEXT: "${text}" } }\n`;
const indent = (text: string) => text.replace(/^(?=.)/gm, "    ");

test("a group's steps run in order, and their results are read by what comes after", async () => {
  const runbook = await runbookOf(
    stepsOf(
      `- id: first\n  title: A group\n  steps:\n${indent(
        `- id: a\n  uses: exec\n  reads: true\n  with: { argv: [echo, hello] }\n${line("b", "order", "${{ steps.a.result.lines[0] }}")}`,
      )}\n${line("c", "order", "after ${{ steps.a.result.lines[0] }} ${{ steps.first.status }}")}`,
    ),
  );
  const engine = engineFor(runbook);
  const { end, state } = await engine.turn();
  assert.is(end.state, "done");
  assert.is(read("order"), "hello\nafter hello done\n");
  assert.is(state.steps.get("first")?.status, "done");
  engine.remove();
});

test("forEach repeats a step, with names; later steps read results by name", async () => {
  const runbook = await runbookOf(
    stepsOf(
      `- id: greet\n  forEach: [ana, bo]\n  title: "Greet \${{ each.value }}"\n  uses: exec\n  reads: true\n  with: { argv: [echo, "\${{ each.index }} \${{ each.key }}"] }\n${line("sum", "each", "${{ steps.greet.result['bo'].lines[0] }}")}`,
    ),
  );
  const engine = engineFor(runbook);
  const { end, state } = await engine.turn();
  assert.is(end.state, "done", JSON.stringify(end));
  assert.is(read("each"), "1 bo\n");
  assert.is(state.steps.get("greet[ana]")?.status, "done");
  assert.is(state.steps.get("greet")?.message, "2 of 2");
  engine.remove();
});

test("forEach over a group, with conditions on single items", async () => {
  const runbook = await runbookOf(
    stepsOf(
      `- id: sites\n  forEach: [{ name: eu, up: true }, { name: us, up: false }]\n  key: "\${{ each.value.name }}"\n  when: "\${{ each.value.up }}"\n  concurrency: 2\n  steps:\n${indent(
        `- id: look\n  uses: exec\n  reads: true\n  with: { argv: [echo, "\${{ each.key }}"] }\n${line("use", "sites", "${{ steps.look.result.lines[0] }}")}`,
      )}\n${line("end", "sites", "${{ steps.sites.result['eu'].look.lines[0] }}!")}`,
    ),
  );
  const engine = engineFor(runbook);
  const { end, state } = await engine.turn();
  assert.is(end.state, "done", JSON.stringify(end));
  assert.is(read("sites"), "eu\neu!\n");
  assert.is(state.steps.get("sites[us]")?.status, "skipped");
  assert.is(state.steps.get("sites[eu]/use")?.status, "done");
  engine.remove();
});

test("a branch that waits for a person does not hold up the others, and a resume asks only for it", async () => {
  const runbook = await runbookOf(
    stepsOf(
      `- id: both\n  parallel: true\n  steps:\n${indent(
        `${line("asks", "together").trimEnd()}\n  confirm: { message: now? }\n${line("goes", "together")}${line("goes_too", "together")}`,
      )}`,
    ),
  );
  const engine = engineFor(runbook);
  const first = await engine.turn();
  assert.is(first.end.state === "paused" && first.end.reason, "waiting");
  assert.equal(read("together").trim().split("\n").sort(), ["goes", "goes_too"]);
  const second = await engine.turn(answererOf({ confirm: async () => ({ by: "tester", via: "prompt" }) }));
  assert.is(second.end.state, "done");
  assert.is(read("together").trim().split("\n").at(-1), "asks");
  assert.is(read("together").trim().split("\n").length, 3);
  engine.remove();
});

test("an instance that waits for a person holds up none that run at the same time", async () => {
  const step = (concurrency: number, file: string) =>
    `- id: each\n  forEach: [a, b, c, d]\n  concurrency: ${concurrency}\n  steps:\n${indent(
      `- id: ask\n  when: "\${{ each.key == 'a' }}"\n  uses: exec\n  repeatable: true\n  confirm: { message: now? }\n  with: { argv: ["true"] }\n${line("go", file, "${{ each.key }}")}`,
    )}`;
  for (const [concurrency, wanted] of [
    [1, ""],
    [2, "b\nc\nd\n"],
  ] as const) {
    const file = `waits-${concurrency}`;
    writeFileSync(join(folder, file), "");
    const engine = engineFor(await runbookOf(stepsOf(step(concurrency, file))));
    const { end } = await engine.turn();
    assert.is(end.state === "paused" && end.reason, "waiting");
    assert.is(read(file), wanted);
    const agree = answererOf({ confirm: async () => ({ by: "tester", via: "prompt" }) });
    assert.is((await engine.turn(agree)).end.state, "done");
    assert.equal(read(file).trim().split("\n").sort(), ["a", "b", "c", "d"]);
    engine.remove();
  }
});

test("as many instances may fail as the author says; one more stops the run, and a resume goes on from there", async () => {
  const script = `- id: work\n  forEach: [a, b, c, d]\n  maxFailures: 1\n  uses: shell\n  with: { script: 'echo "$K" >> "$F"; test ! -e "$F.$K"', env: { K: "\${{ each.key }}", F: "${join(folder, "failures")}" } }\n`;
  const runbook = await runbookOf(stepsOf(`${script}${line("end", "failures", "${{ steps.work.result.size() }}")}`));
  writeFileSync(join(folder, "failures.b"), "");
  writeFileSync(join(folder, "failures.c"), "");
  const engine = engineFor(runbook);
  const first = await engine.turn();
  assert.is(first.end.state === "paused" && first.end.reason, "failed", JSON.stringify(first.end));
  assert.is(read("failures"), "a\nb\nc\n");
  rmSync(join(folder, "failures.c"));
  const second = await engine.turn();
  assert.is(second.end.state, "done", JSON.stringify(second.end));
  assert.is(read("failures"), "a\nb\nc\nc\nd\n3\n");
  assert.match(String(second.state.steps.get("work")?.message), /3 of 4; failed, and the run went on: b/);
  engine.remove();
});

test("what stands in a skipped group is skipped, and can be read", async () => {
  const runbook = await runbookOf(
    stepsOf(
      `- id: maybe\n  when: false\n  steps:\n${indent(line("inner", "skipped"))}\n${line("after", "skipped", "${{ steps.inner.status }} ${{ steps.maybe.status }}")}`,
    ),
  );
  const engine = engineFor(runbook);
  const { end } = await engine.turn();
  assert.is(end.state, "done", JSON.stringify(end));
  assert.is(read("skipped"), "skipped skipped\n");
  engine.remove();
});

test("lists that can't name their instances are refused before anything begins", async () => {
  for (const [list, key, words] of [
    ["[1, 1]", "", /two items have the name "1"/],
    ["['a[b']", "", /can't name an instance/],
    ["${{ ['__proto__'] }}", "", /"__proto__" can't name an instance/],
    ["${{ ['constructor'] }}", "", /"constructor" can't name an instance/],
    ["${{ [''] }}", "", /item 1 has an empty name/],
    ["${{ steps.s.result.lines }}", "key: ''", /must not be empty|can't name/],
  ] as const) {
    const made = runbookOf(
      stepsOf(
        `- id: s\n  uses: exec\n  reads: true\n  with: { argv: [echo, x] }\n- id: work\n  forEach: ${list.startsWith("$") ? `"${list}"` : list}\n  ${key}\n  uses: exec\n  repeatable: true\n  with: { argv: ["true"] }\n`,
      ),
    );
    const runbook = await made.catch((error: Error) => error);
    if (runbook instanceof Error) {
      assert.match(runbook.message, words);
      continue;
    }
    const engine = engineFor(runbook);
    const { end } = await engine.turn();
    assert.match(end.state === "paused" ? end.message : "", words);
    engine.remove();
  }
});

test.run();
