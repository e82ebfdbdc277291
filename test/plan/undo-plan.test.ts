import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { processIo } from "../../src/cli/io.ts";
import { undoPreview } from "../../src/cli/undo-preview.ts";
import type { UndoPlan } from "../../src/plan/undo-plan.ts";
import { renderUndoPlan } from "../../src/render/undo-plan.ts";
import { worldOf } from "../support/crash-world.ts";
import { engineFor, runbookOf, stepsOf } from "../support/engine.ts";

const root = realpathSync(mkdtempSync(join(tmpdir(), "belay-undo-plan-")));
test.after(() => rmSync(root, { recursive: true, force: true }));

let places = 0;

/** Runs steps, lets the world be changed, and plans the undo. The plan must not change the world. */
async function planAfter(
  steps: (folder: string) => string,
  more: { before?(folder: string): void; between?(folder: string): void; to?: string; finally?: string } = {},
): Promise<{ plan: UndoPlan; folder: string }> {
  places += 1;
  const folder = join(root, String(places));
  mkdirSync(folder);
  more.before?.(folder);
  const runbook = await runbookOf(stepsOf(steps(folder)) + (more.finally ?? "").replaceAll("FOLDER", folder));
  const engine = engineFor(runbook);
  try {
    const { state } = await engine.turn();
    more.between?.(folder);
    const before = [...worldOf(folder, "no run"), ...worldOf(engine.home, "no run")];
    const journal = readFileSync(engine.folder.journal, "utf8");
    const run = { folder: engine.folder, state, live: false };
    const plan = await undoPreview(processIo(), run, runbook, undefined, more.to);
    assert.equal([...worldOf(folder, "no run"), ...worldOf(engine.home, "no run")], before);
    assert.is(readFileSync(engine.folder.journal, "utf8"), journal);
    return { plan, folder };
  } finally {
    engine.remove();
  }
}

const short = ({ steps }: UndoPlan) =>
  steps.map(({ id, how, state, after, asks }) =>
    [id, how, state, ...(after ? [`after ${after}`] : []), ...(asks ? ["asks"] : [])].join(" "),
  );

test("each change: how it is undone, and how the world looks; the newest first", async () => {
  const { plan } = await planAfter(
    (folder) => `- { id: there, uses: files.write, with: { path: ${folder}/there, content: same } }
- { id: write, uses: files.write, with: { path: ${folder}/a, content: new } }
- { id: edit, uses: files.edit, with: { path: ${folder}/conf, set: { port: 1 } } }
- { id: edit_again, uses: files.edit, with: { path: ${folder}/conf, set: { host: x } } }
- { id: move, uses: files.move, with: { from: ${folder}/from, to: ${folder}/to } }
- { id: look, uses: exec, reads: true, with: { argv: ["true"] } }
`,
    {
      before: (folder) => {
        for (const [name, text] of [
          ["there", "same"],
          ["conf", "port=0\n"],
          ["from", "x"],
        ] as const)
          writeFileSync(join(folder, name), text);
      },
      between: (folder) => rmSync(join(folder, "a")),
      finally: "finally:\n  - { id: fin, uses: files.write, with: { path: FOLDER/fin, content: x } }\n",
    },
  );
  assert.equal(short(plan), [
    "move action as-left",
    "edit_again action as-left",
    "edit action later after edit_again",
    "write action already-undone",
  ]);
  assert.equal(plan.stay, { finally: ["fin"], found: ["there"], through: [] });
  assert.equal(plan.counts, { undo: 3, changed: 0, undone: 1, byHand: 0, asks: 0, notNeeded: 0, cannot: 0 });
  assert.match(plan.steps[0]?.words ?? "", /moves it back/);
});

test("an author's undo says what it runs, and asks where the world is not as it was left", async () => {
  const check = (folder: string, name: string) =>
    `  check: { uses: shell, with: { script: "test -e ${folder}/${name} && exit 0; test -e ${folder}/${name}.half && exit 5; exit 1" }, done: "\${{ result.exitCode == 0 }}", notDone: "\${{ result.exitCode == 1 }}" }\n`;
  const step = (folder: string, name: string, argv: string) =>
    `- id: ${name}\n  uses: shell\n  with: { script: "touch ${folder}/${name}" }\n${check(folder, name)}  undo: { uses: exec, with: { argv: [${argv}] } }\n`;
  const { plan, folder } = await planAfter(
    (folder) =>
      `${step(folder, "half", "rm, -f, x y")}${step(folder, "gone", "rm, -f, z")}${step(folder, "fine", `rm, "${folder}/fine"`)}- id: blind
  uses: exec
  with: { argv: ["true"] }
  undo: { uses: shell, with: { script: "one\\ntwo" } }
- { id: needless, uses: exec, with: { argv: ["true"] }, undo: { notNeeded: it fades } }
- { id: never, uses: exec, with: { argv: ["true"] }, undo: { none: the mail is out } }
- { id: plain, uses: exec, with: { argv: ["true"] } }
- id: person
  uses: manual
  with: { instructions: do it }
  undo: { uses: manual, with: { instructions: take it back } }
`,
    {
      between: (folder) => {
        for (const name of ["half", "gone"]) rmSync(join(folder, name));
        writeFileSync(join(folder, "half.half"), "");
      },
    },
  );
  assert.equal(short(plan), [
    "person by-hand unknown asks",
    "plain cannot stays",
    "never cannot stays",
    "needless not-needed stays",
    "blind runbook unknown",
    "fine runbook as-left",
    "gone runbook already-undone after person",
    "half runbook changed after person asks",
  ]);
  const words = Object.fromEntries(plan.steps.map((one) => [one.id, one.words]));
  assert.is(words["fine"], `runs rm ${folder}/fine`);
  assert.is(words["blind"], "runs a script of 2 lines");
  assert.is(words["person"], "by hand: take it back");
  assert.is(plan.steps.find(({ id }) => id === "never")?.reason, "the mail is out");
});

test("back to a step: only what comes from there", async () => {
  const { plan } = await planAfter(
    (folder) =>
      ["a", "b", "c"]
        .map((id) => `- { id: ${id}, uses: files.write, with: { path: ${folder}/${id}, content: x } }\n`)
        .join(""),
    { to: "b" },
  );
  assert.equal(short(plan), ["c action as-left", "b action as-left"]);
  assert.is(plan.to, "b");
});

test("no line of a rendered plan is wider than the terminal, and nothing of it is lost", async () => {
  const { plan } = await planAfter(
    (
      folder,
    ) => `- { id: write, title: "Write a file with a rather long title, so that it must be broken somewhere", uses: files.write, with: { path: ${folder}/a, content: new } }
- { id: never, title: Tell everybody, uses: exec, with: { argv: ["true"] }, undo: { none: the mail is out } }
`,
  );
  for (const width of [60, 80, 200]) {
    const text = renderUndoPlan(plan, { color: false, width });
    assert.ok(
      text.split("\n").every((line) => [...line].length <= width),
      text,
    );
    const flat = text.replaceAll(/\s+/g, " ");
    for (const words of [
      "can't be undone: the mail is out",
      "as the run left it",
      "1 change would be undone · 1 change would stay",
    ])
      assert.ok(flat.includes(words), `${words}\n${text}`);
  }
});

test.run();
