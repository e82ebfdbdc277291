import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { archiveExtract } from "../../src/actions/archive/extract.ts";
import { actionContext } from "../support/action-context.ts";
import { failureOf } from "../support/failure-of.ts";
import { openUndoLab, otherDisk, type UndoLab } from "../support/undo-lab.ts";

let lab: UndoLab;
test.before(async () => {
  lab = await openUndoLab();
});
test.after(() => lab.close());

const prepare = (work: string) => {
  mkdirSync(join(work, "from", "sub"), { recursive: true });
  writeFileSync(join(work, "from", "sub", "f"), "12345");
  symlinkSync("sub/f", join(work, "from", "link"));
  execFileSync("tar", ["-C", work, "-cf", join(work, "a.tar"), "from"]);
};
const prepareEmpty = (work: string) => {
  prepare(work);
  mkdirSync(join(work, "to"));
  chmodSync(join(work, "to"), 0o705);
};
const input = (work: string) => ({ from: join(work, "a.tar"), to: join(work, "to") });
const deep = (work: string) => ({ from: join(work, "a.tar"), to: join(work, "x", "y", "to") });

test("the folder goes", () => {
  lab.sweep({ action: "archive.extract", prepare, input });
});

test("the empty folder that was there comes back", () => {
  lab.sweep({ action: "archive.extract", prepare: prepareEmpty, input });
});

test("the folders that were made above it go, too", () => {
  lab.sweep({ action: "archive.extract", prepare, input: deep });
});

(otherDisk ? test : test.skip)("the folder goes to a trash on another file system", () => {
  lab.sweep({ action: "archive.extract", prepare, input, farTrash: true });
});

async function unpacked(given = input, run = true) {
  const context = await actionContext();
  prepare(context.work);
  const written = given(context.work);
  const captured = (await archiveExtract.capture?.(written, context)) ?? null;
  if (run) await archiveExtract.run(written, context);
  const undo = () => Promise.resolve(archiveExtract.undo?.(captured, { ...context, input: written }));
  return { context, to: written.to, undo };
}

test("what was edited, added or removed in it since goes to the trash with it, and is said", async () => {
  const cases: [words: string, change: (to: string) => void][] = [
    ["something in it was changed at", (to) => writeFileSync(join(to, "from", "sub", "f"), "54321")],
    ["names or sizes are other", (to) => writeFileSync(join(to, "more"), "")],
    ["names or sizes are other", (to) => rmSync(join(to, "from", "sub", "f"))],
  ];
  for (const [words, change] of cases) {
    const { context, to, undo } = await unpacked();
    change(to);
    const inIt = readdirSync(to, { recursive: true });
    await undo();
    assert.is(await context.files.stat(to), undefined);
    assert.equal(readdirSync(context.files.trashPath(to), { recursive: true }), inIt);
    assert.ok(context.notes.some((note) => note.includes(words)));
    await context.remove();
  }
});

test("refused: another folder is there now, or a file", async () => {
  const cases: [words: string, change: (to: string) => void][] = [
    [
      "names or sizes are other",
      (to) => {
        renameSync(to, `${to}.away`); // only moved: its number must not be given to the next
        mkdirSync(to);
        writeFileSync(join(to, "more"), "");
      },
    ],
    [
      "it is a file",
      (to) => {
        rmSync(to, { recursive: true });
        writeFileSync(to, "");
      },
    ],
  ];
  for (const [words, change] of cases) {
    const { context, to, undo } = await unpacked();
    change(to);
    const failure = await failureOf(undo());
    assert.match(failure.message, words);
    assert.match(failure.details.join(), "by hand");
    assert.ok(await context.files.stat(to));
    await context.remove();
  }
});

test("a folder above that somebody uses stays; what the step never made stays", async () => {
  const { context, undo } = await unpacked(deep);
  writeFileSync(context.path("x", "mine"), "");
  await undo();
  assert.equal(readdirSync(context.path("x")), ["mine"]);
  await context.remove();
  const never = await unpacked(input, false);
  mkdirSync(never.to);
  writeFileSync(join(never.to, "mine"), "");
  await never.undo();
  assert.equal(readdirSync(never.to), ["mine"]);
  await never.context.remove();
});

test.run();
