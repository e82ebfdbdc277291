import { mkdir, readdir, readFile, symlink, truncate, writeFile } from "node:fs/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { filesCopy } from "../../../src/actions/files/copy.ts";
import { actionContext } from "../../support/action-context.ts";
import { failureOf } from "../../support/failure-of.ts";

async function given() {
  const context = await actionContext();
  const input = { from: context.path("from"), to: context.path("to") };
  await mkdir(context.path("from", "sub"), { recursive: true });
  await writeFile(context.path("from", "sub", "f\n1"), "12345");
  await symlink("sub", context.path("from", "link"));
  return { context, input, look: async () => filesCopy.inspect?.(input, context) };
}

test("a folder: foreseen, copied, seen as done; again is nothing; undone into the trash", async () => {
  const { context, input, look } = await given();
  const before = await look();
  assert.match((before?.state === "not-done" && before.changes[0]?.summary) || "", /1 file, 5 bytes$/);
  const captured = (await filesCopy.capture?.(input, context)) ?? null;
  assert.equal(await filesCopy.run(input, context), { ...input, files: 1, bytes: 5 });
  assert.equal(context.progressed.at(-1), { done: 5, total: 5, unit: "bytes" });
  assert.is((await look())?.state, "done");
  await filesCopy.run(input, context);
  await filesCopy.undo?.(captured, context);
  await filesCopy.undo?.(captured, context);
  assert.equal(await readdir(context.work), ["from"]);
  await context.remove();
});

test("a target that differs in any way is partial, and is not touched", async () => {
  const changes: [string, (to: string) => Promise<void>][] = [
    ["hold different bytes", (to) => writeFile(`${to}/sub/f\n1`, "54321")],
    ["has 5 bytes", (to) => writeFile(`${to}/sub/f\n1`, "")],
    ["from has no more", (to) => writeFile(`${to}/more`, "")],
    ["from has no sub/a", (to) => writeFile(`${to}/sub/a`, "")],
    ["from has no z", (to) => writeFile(`${to}/z`, "")],
  ];
  for (const [words, change] of changes) {
    const { context, input, look } = await given();
    await filesCopy.run(input, context);
    await change(input.to);
    const seen = await look();
    assert.is(seen?.state, "partial");
    assert.match(seen?.seen ?? "", words);
    const failure = await failureOf(filesCopy.run(input, context));
    assert.is(failure.kind, "wrong-input");
    await context.remove();
  }
});

test("a source that gained a file is told from the other side", async () => {
  const { context, input, look } = await given();
  await filesCopy.run(input, context);
  await writeFile(context.path("from", "new"), "");
  assert.match((await look())?.seen ?? "", "to has no new");
  await context.remove();
});

test("undo leaves a copy alone that was changed since", async () => {
  const { context, input } = await given();
  const captured = (await filesCopy.capture?.(input, context)) ?? null;
  await filesCopy.run(input, context);
  await writeFile(context.path("to", "work of an afternoon"), "");
  assert.match((await failureOf(filesCopy.undo?.(captured, context))).message, "left alone");
  assert.ok(await context.files.stat(input.to));
  await context.remove();
});

test("a symlink as the source, a missing source and a disk without room are refused", async () => {
  const { context, input } = await given();
  const link = { ...input, from: context.path("from", "link") };
  assert.match((await failureOf(filesCopy.run(link, context))).message, "is a symlink to sub");
  assert.match(
    (await failureOf(filesCopy.inspect?.({ ...input, from: context.path("no") }, context))).message,
    "There is no",
  );
  await writeFile(context.path("sparse"), "");
  await truncate(context.path("sparse"), 8e12);
  const failure = await failureOf(filesCopy.run({ ...input, from: context.path("sparse") }, context));
  assert.match(failure.message, "needs 8.0 TB");
  await context.remove();
});

test("when the step must end, the half copy goes and the source stays", async () => {
  const { context, input } = await given();
  context.abort();
  let ended = false;
  await filesCopy.run(input, context).catch(() => {
    ended = true;
  });
  assert.ok(ended);
  assert.equal(await readdir(context.work), ["from"]);
  assert.is(await readFile(context.path("from", "sub", "f\n1"), "utf8"), "12345");
  await context.remove();
});

test.run();
