import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { filesRemove } from "../../src/actions/files/remove.ts";
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

const input = (work: string) => ({ path: join(work, "from") });

test("a folder comes back", () => {
  lab.sweep({ action: "files.remove", prepare, input });
});

test("a symlink comes back", () => {
  lab.sweep({ action: "files.remove", prepare: (work) => symlinkSync("nothing", join(work, "from")), input });
});

(otherDisk ? test : test.skip)("a folder comes back from a trash on another file system", () => {
  lab.sweep({ action: "files.remove", prepare, input, farTrash: true });
});

async function removed(there = true) {
  const context = await actionContext();
  const given = { path: context.path("f") };
  if (there) writeFileSync(given.path, "1");
  const captured = (await filesRemove.capture?.(given, context)) ?? null;
  const undo = () => Promise.resolve(filesRemove.undo?.(captured, { ...context, input: given }));
  return { context, given, undo };
}

test("refused: something else is there, or the trash was emptied", async () => {
  const { context, given, undo } = await removed();
  const { trash } = (await filesRemove.run(given, context)) as { trash: string };
  writeFileSync(given.path, "2");
  const other = await failureOf(undo());
  assert.match(other.message, "Something else is at");
  assert.match(other.details.join(), "by hand, and undo again");
  rmSync(trash);
  utimesSync(given.path, 1e9, 1e9);
  const lost = await failureOf(undo());
  assert.match(lost.message, "is not in the trash");
  assert.match(lost.details.join(), "which was left alone");
  assert.is(readFileSync(given.path, "utf8"), "2");
  await context.remove();
});

test("where nothing was removed, nothing is undone", async () => {
  const { context, given, undo } = await removed(false);
  await undo();
  writeFileSync(given.path, "later");
  await undo();
  assert.is(readFileSync(given.path, "utf8"), "later");
  await context.remove();
});

test.run();
