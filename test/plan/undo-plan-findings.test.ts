import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { processIo } from "../../src/cli/io.ts";
import { undoPreview } from "../../src/cli/undo-preview.ts";
import type { UndoPlan } from "../../src/plan/undo-plan.ts";
import { renderUndoPlan } from "../../src/render/undo-plan.ts";
import { engineFor, runbookOf, stepsOf, type Turn } from "../support/engine.ts";

const root = realpathSync(mkdtempSync(join(tmpdir(), "belay-undo-plan-findings-")));
test.after(() => rmSync(root, { recursive: true, force: true }));

let places = 0;

/** Runs steps, lets the world be changed, plans the undo, and undoes. */
async function planned(
  steps: (folder: string) => string,
  between: (folder: string, home: string) => void,
  before: (folder: string) => void = () => {},
  to?: string,
): Promise<{ plan: UndoPlan; text: string; undone: Turn }> {
  places += 1;
  const folder = join(root, String(places));
  mkdirSync(folder);
  before(folder);
  const runbook = await runbookOf(stepsOf(steps(folder)));
  const engine = engineFor(runbook);
  try {
    const { state, end } = await engine.turn();
    assert.is(end.state, "done");
    between(folder, engine.folder.trash);
    const plan = await undoPreview(processIo(), { folder: engine.folder, state, live: false }, runbook, undefined, to);
    const text = renderUndoPlan(plan, { color: false, width: 200 });
    const undone = await engine.turn(undefined, { undo: to === undefined ? {} : { to } });
    return { plan, text, undone };
  } finally {
    engine.remove();
  }
}

const put = (folder: string, name: string, text: string) => writeFileSync(join(folder, name), text);

const changed: readonly [string, (folder: string) => string, (folder: string, trash: string) => void][] = [
  [
    "a written file with other content",
    (f) => `files.write, with: { path: ${f}/p, content: new }`,
    (f) => put(f, "p", "foreign"),
  ],
  [
    "something else where a file was removed",
    (f) => `files.remove, with: { path: ${f}/old }`,
    (f) => put(f, "old", "something else"),
  ],
  [
    "a removed file whose trash is gone",
    (f) => `files.remove, with: { path: ${f}/old }`,
    (_, trash) => rmSync(trash, { recursive: true }),
  ],
  [
    "a foreign line in an edited file",
    (f) => `files.edit, with: { path: ${f}/conf, set: { port: 2 } }`,
    (f) => put(f, "conf", "port=2\nforeign=1\n"),
  ],
  [
    "a moved file with other content",
    (f) => `files.move, with: { from: ${f}/old, to: ${f}/new }`,
    (f) => put(f, "new", "other content"),
  ],
  [
    "a copy with more in it",
    (f) => `files.copy, with: { from: ${f}/tree, to: ${f}/copy }`,
    (f) => put(f, "copy/more", "x"),
  ],
  [
    "an archive with other content",
    (f) => `archive.create, with: { from: ${f}/tree, to: ${f}/a.tar }`,
    (f) => put(f, "a.tar", "x"),
  ],
  [
    "checksums with other content",
    (f) => `checksum.create, with: { path: ${f}/tree, to: ${f}/sums }`,
    (f) => put(f, "sums", "x"),
  ],
];

const fill = (folder: string) => {
  put(folder, "old", "old\n");
  put(folder, "conf", "port=1\n");
  for (const name of ["tree", "staged"]) {
    mkdirSync(join(folder, name));
    put(folder, `${name}/file`, name);
  }
};

for (const [name, step, between] of changed) {
  test(`${name}: changed since, and not counted as undone; its undo refuses`, async () => {
    const { plan, text, undone } = await planned((f) => `- { id: s, uses: ${step(f)} }\n`, between, fill);
    assert.is(plan.steps[0]?.state, "changed", text);
    assert.equal([plan.counts.undo, plan.counts.changed, plan.counts.undone], [0, 1, 0]);
    assert.match(text, "CHANGED SINCE, its undo may refuse: ");
    assert.match(text, "nothing would be undone · 1 changed since");
    assert.is(undone.end.state === "paused" && undone.end.reason, "failed");
  });
}

const back: readonly [string, (folder: string) => string, (folder: string) => void][] = [
  [
    "a move",
    (f) => `files.move, with: { from: ${f}/old, to: ${f}/new }`,
    (f) => renameSync(join(f, "new"), join(f, "old")),
  ],
  [
    "a move, with a copy",
    (f) => `files.move, with: { from: ${f}/old, to: ${f}/new }`,
    (f) => {
      cpSync(join(f, "new"), join(f, "old"));
      rmSync(join(f, "new"));
    },
  ],
  [
    "a swap",
    (f) => `files.replace-directory, with: { path: ${f}/tree, with: ${f}/staged }`,
    (f) => {
      const old = `${f}/tree.old.`;
      renameSync(join(f, "tree"), join(f, "staged"));
      for (const name of readdirSync(f)) if (join(f, name).startsWith(old)) renameSync(join(f, name), join(f, "tree"));
    },
  ],
  ["an edit", (f) => `files.edit, with: { path: ${f}/conf, set: { port: 2 } }`, (f) => put(f, "conf", "port=1\n")],
  ["a new file", (f) => `files.write, with: { path: ${f}/p, content: new }`, (f) => rmSync(join(f, "p"))],
];

for (const [name, step, between] of back) {
  test(`${name} that was taken back by hand: undone already, in the plan and in the run`, async () => {
    const { plan, text, undone } = await planned((f) => `- { id: s, uses: ${step(f)} }\n`, between, fill);
    assert.is(plan.steps[0]?.state, "already-undone", text);
    assert.equal([plan.counts.undo, plan.counts.changed, plan.counts.undone], [0, 0, 1]);
    assert.is(undone.end.state, "undone");
    assert.is(undone.state.steps.get("s")?.undo?.status, "already-undone");
  });
}

test("what stays runs a second time when the run goes on, and the plan says so", async () => {
  const { plan, text, undone } = await planned(
    (f) => `- { id: a, uses: files.write, with: { path: ${f}/a, content: x } }
- { id: mail, uses: exec, with: { argv: ["true"] }, undo: { none: the mail is out } }
`,
    () => {},
    () => {},
    "a",
  );
  assert.is(plan.steps.find(({ id }) => id === "mail")?.runsTwice, true);
  assert.match(text, "stays, AND WILL RUN A SECOND TIME");
  assert.match(undone.end.state === "paused" ? undone.end.message : "", "run a second time: mail");
  assert.equal(undone.state.kept, [{ id: "mail", round: 1, why: "the mail is out" }]);
});

test("a check without notDone does not make a change undone", async () => {
  const { plan, text } = await planned(
    (f) => `- id: s
  uses: shell
  with: { script: "echo ok > ${f}/s" }
  check: { uses: shell, with: { script: "cat ${f}/s; grep -qx ok ${f}/s" }, done: "\${{ result.exitCode == 0 }}" }
  undo: { uses: shell, with: { script: "rm ${f}/s" } }
`,
    (f) => put(f, "s", "broken"),
  );
  assert.equal([plan.steps[0]?.state, plan.steps[0]?.asks], ["changed", true], text);
});

test.run();
