import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { filesCopy } from "../../src/actions/files/copy.ts";
import { actionContext } from "../support/action-context.ts";
import { failureOf } from "../support/failure-of.ts";
import { openUndoLab, otherDisk, type UndoLab } from "../support/undo-lab.ts";

let lab: UndoLab;
test.before(async () => {
  lab = await openUndoLab();
});
test.after(() => lab.close());

const prepare = (work: string) => {
  mkdirSync(join(work, "from", "sub", "empty"), { recursive: true });
  writeFileSync(join(work, "from", "sub", "f"), "12345");
  chmodSync(join(work, "from", "sub"), 0o750);
  writeFileSync(join(work, "from", "g"), "");
  symlinkSync("sub/f", join(work, "from", "link"));
};

const input = (work: string) => ({ from: join(work, "from"), to: join(work, "to") });

test("the copy goes, and nothing else", () => {
  lab.sweep({ action: "files.copy", prepare, input });
});

(otherDisk ? test : test.skip)("the copy goes to a trash on another file system", () => {
  lab.sweep({ action: "files.copy", prepare, input, farTrash: true });
});

async function copied(existing = false) {
  const context = await actionContext();
  prepare(context.work);
  const given = input(context.work);
  if (existing) {
    mkdirSync(given.to);
    writeFileSync(join(given.to, "g"), "");
  }
  const captured = (await filesCopy.capture?.(given, context)) ?? null;
  const undo = () => Promise.resolve(filesCopy.undo?.(captured, { ...context, input: given }));
  return { context, given, undo };
}

test("refused: a copy that was edited (be it to the same size), or has more in it", async () => {
  const cases: [words: string, change: (to: string) => void][] = [
    ["something in it was changed at", (to) => writeFileSync(join(to, "sub", "f"), "54321")],
    ["names or sizes are other", (to) => writeFileSync(join(to, "more"), "")],
    [
      "names or sizes are other",
      (to) => {
        rmSync(to, { recursive: true });
        writeFileSync(to, "");
      },
    ],
  ];
  for (const [words, change] of cases) {
    const { context, given, undo } = await copied();
    await filesCopy.run(given, context);
    change(given.to);
    const failure = await failureOf(undo());
    assert.match(failure.message, words);
    assert.match(failure.details.join(), "by hand");
    assert.ok(await context.files.stat(given.to));
    await context.remove();
  }
});

test("a copy that is gone is fine; what was there before a copy that was refused stays", async () => {
  const gone = await copied();
  await filesCopy.run(gone.given, gone.context);
  rmSync(gone.given.to, { recursive: true });
  await gone.undo();
  await gone.context.remove();
  const { context, given, undo } = await copied(true);
  await failureOf(filesCopy.run(given, context));
  await undo();
  assert.is(readFileSync(join(given.to, "g"), "utf8"), "");
  rmSync(given.to, { recursive: true });
  await filesCopy.run(given, context); // a later attempt, when the operator has made room
  await undo();
  assert.is(await context.files.stat(given.to), undefined);
  await context.remove();
});

test.run();
