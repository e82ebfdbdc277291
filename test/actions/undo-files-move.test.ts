import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { filesMove } from "../../src/actions/files/move.ts";
import { actionContext } from "../support/action-context.ts";
import { failureOf } from "../support/failure-of.ts";
import { openUndoLab, type UndoLab } from "../support/undo-lab.ts";

let lab: UndoLab;
test.before(async () => {
  lab = await openUndoLab();
});
test.after(() => lab.close());

const input = (work: string) => ({ from: join(work, "from"), to: join(work, "to") });

test("a file goes back", () => {
  lab.sweep({ action: "files.move", prepare: (work) => writeFileSync(join(work, "from"), "1"), input });
});

test("a folder goes back", () => {
  const prepare = (work: string) => {
    mkdirSync(join(work, "from"));
    writeFileSync(join(work, "from", "f"), "1");
  };
  lab.sweep({ action: "files.move", prepare, input });
});

async function moved(kind: "file" | "folder" = "file") {
  const context = await actionContext();
  const given = input(context.work);
  if (kind === "folder") mkdirSync(given.from);
  writeFileSync(kind === "file" ? given.from : join(given.from, "f"), "first");
  const captured = (await filesMove.capture?.(given, context)) ?? null;
  const run = () => filesMove.run(given, context);
  const undo = () => Promise.resolve(filesMove.undo?.(captured, { ...context, input: given }));
  return { context, ...given, run, undo };
}

test("refused: another file in its place, one that came back, one that is gone", async () => {
  const cases: [words: string, change: (from: string, to: string) => void][] = [
    ["is not what the step moved there", (_, to) => writeFileSync(to, "edited")],
    [
      "is not what the step moved there",
      (_, to) => {
        rmSync(to);
        mkdirSync(to);
      },
    ],
    ["is there again", (from) => writeFileSync(from, "new")],
    ["is gone", (_, to) => rmSync(to)],
  ];
  for (const [words, change] of cases) {
    const { context, from, to, run, undo } = await moved();
    await run();
    change(from, to);
    const failure = await failureOf(undo());
    assert.match(failure.message, words);
    assert.match(failure.details.join(), "by hand");
    await context.remove();
  }
});

test("a folder goes back with what came into it since", async () => {
  const { context, from, to, run, undo } = await moved("folder");
  await run();
  writeFileSync(join(to, "new"), "new");
  await undo();
  assert.is(readFileSync(join(from, "new"), "utf8"), "new");
  await context.remove();
});

test("a move that was refused is not undone; one of a later attempt is", async () => {
  const { context, from, to, run, undo } = await moved();
  writeFileSync(to, "in the way");
  await failureOf(run());
  await undo();
  assert.equal([readFileSync(from, "utf8"), readFileSync(to, "utf8")], ["first", "in the way"]);
  rmSync(to);
  writeFileSync(from, "second, and longer");
  await run();
  await undo();
  assert.is(readFileSync(from, "utf8"), "second, and longer");
  await context.remove();
});

test.run();
