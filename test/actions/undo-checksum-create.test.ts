import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { checksumCreate } from "../../src/actions/checksum/create.ts";
import { actionContext } from "../support/action-context.ts";
import { failureOf } from "../support/failure-of.ts";
import { openUndoLab, otherDisk, type UndoLab } from "../support/undo-lab.ts";

let lab: UndoLab;
test.before(async () => {
  lab = await openUndoLab();
});
test.after(() => lab.close());

const files = (work: string) => {
  mkdirSync(join(work, "d"));
  writeFileSync(join(work, "d", "a"), "a");
  writeFileSync(join(work, "d", "b"), "b");
};
const withOld = (work: string) => {
  files(work);
  writeFileSync(join(work, "d.sha256"), "an old one");
  chmodSync(join(work, "d.sha256"), 0o440);
};
const input = (work: string) => ({ path: join(work, "d"), to: join(work, "d.sha256") });

test("a new manifest goes", () => {
  lab.sweep({ action: "checksum.create", prepare: files, input });
});

test("the manifest that was replaced comes back", () => {
  lab.sweep({ action: "checksum.create", prepare: withOld, input });
});

(otherDisk ? test : test.skip)("a new manifest goes to a trash on another file system", () => {
  lab.sweep({ action: "checksum.create", prepare: files, input, farTrash: true });
});

async function made(prepare: (work: string) => void) {
  const context = await actionContext();
  prepare(context.work);
  const given = input(context.work);
  const captured = (await checksumCreate.capture?.(given, context)) ?? null;
  const run = () => checksumCreate.run(given, context);
  const undo = () => Promise.resolve(checksumCreate.undo?.(captured, { ...context, input: given }));
  return { context, to: given.to, given, run, undo };
}

test("refused where it was edited since, or is gone while an old one is to come back", async () => {
  const edited = await made(files);
  await edited.run();
  writeFileSync(edited.to, "edited");
  assert.match((await failureOf(edited.undo())).message, "somebody changed it since");
  assert.is(readFileSync(edited.to, "utf8"), "edited");
  await edited.context.remove();
  const gone = await made(withOld);
  await gone.run();
  rmSync(gone.to);
  assert.match((await failureOf(gone.undo())).message, "it is gone");
  await gone.context.remove();
});

test("what was never written is not undone; what an earlier attempt wrote is", async () => {
  const never = await made(files);
  writeFileSync(never.to, "somebody's");
  await never.undo();
  assert.is(readFileSync(never.to, "utf8"), "somebody's");
  await never.context.remove();
  const twice = await made(withOld);
  await twice.run();
  const first = readFileSync(twice.to);
  writeFileSync(join(twice.given.path, "a"), "changed");
  await twice.run();
  writeFileSync(twice.to, first); // the second attempt was killed before it came to write
  await twice.undo();
  assert.is(readFileSync(twice.to, "utf8"), "an old one");
  await twice.context.remove();
});

test.run();
