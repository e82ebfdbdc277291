import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { archiveCreate } from "../../src/actions/archive/create.ts";
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

const input = (work: string) => ({ from: join(work, "from"), to: join(work, "a.tar.gz") });

test("the archive goes", () => {
  lab.sweep({ action: "archive.create", prepare, input });
});

test("a zip goes", () => {
  lab.sweep({ action: "archive.create", prepare, input: (work) => ({ ...input(work), to: join(work, "a.zip") }) });
});

(otherDisk ? test : test.skip)("the archive goes to a trash on another file system", () => {
  lab.sweep({ action: "archive.create", prepare, input, farTrash: true });
});

async function packed(run = true) {
  const context = await actionContext();
  prepare(context.work);
  const given = { ...input(context.work), to: context.path("a.tar") };
  const captured = (await archiveCreate.capture?.(given, context)) ?? null;
  if (run) await archiveCreate.run(given, context);
  const undo = () => Promise.resolve(archiveCreate.undo?.(captured, { ...context, input: given }));
  return { context, to: given.to, undo };
}

test("refused: another archive, of another or of the same size, or a folder", async () => {
  const cases: [words: string, change: (to: string) => void][] = [
    ["it has 3 bytes, the archive had", (to) => writeFileSync(to, "new")],
    ["the content is other", (to) => writeFileSync(to, Buffer.alloc(readFileSync(to).length))],
    [
      "it is a directory",
      (to) => {
        rmSync(to);
        mkdirSync(to);
      },
    ],
  ];
  for (const [words, change] of cases) {
    const { context, to, undo } = await packed();
    change(to);
    utimesSync(to, 1e9, 1e9);
    const failure = await failureOf(undo());
    assert.match(failure.message, words);
    assert.match(failure.details.join(), "by hand");
    assert.ok(await context.files.stat(to));
    await context.remove();
  }
});

test("touched only, it goes; gone is fine; what the step never made stays", async () => {
  const touched = await packed();
  utimesSync(touched.to, 1e9, 1e9);
  await touched.undo();
  assert.is(await touched.context.files.stat(touched.to), undefined);
  await touched.undo();
  await touched.context.remove();
  const gone = await packed();
  rmSync(gone.to);
  await gone.undo();
  await gone.context.remove();
  const never = await packed(false);
  writeFileSync(never.to, "somebody's");
  await never.undo();
  assert.is(readFileSync(never.to, "utf8"), "somebody's");
  await never.context.remove();
});

test.run();
