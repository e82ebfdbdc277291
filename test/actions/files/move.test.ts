import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { filesMove } from "../../../src/actions/files/move.ts";
import { actionContext } from "../../support/action-context.ts";
import { failureOf } from "../../support/failure-of.ts";
import { canMount, smallDisk } from "../../support/small-disk.ts";

const withDisk = (await canMount()) ? test : test.skip;

test("the four states of the two ends, when the move was begun before", async () => {
  const context = await actionContext();
  const [from, to] = [context.path("a\nb"), context.path("-to")];
  const look = async () => filesMove.inspect?.({ from, to }, { ...context, captured: { from, to, kind: "file" } });
  assert.is((await look())?.state, "partial");
  assert.match((await look())?.seen ?? "", "neither");
  await writeFile(from, "1");
  assert.equal((await look())?.state, "not-done");
  await writeFile(to, "2");
  assert.is((await look())?.state, "partial");
  assert.match((await look())?.seen ?? "", "both");
  await rm(from);
  assert.is((await look())?.state, "done");
  await context.remove();
});

test("a first look takes nothing for done: what is missing may be misspelt", async () => {
  const context = await actionContext();
  const [from, to] = [context.path("from"), context.path("to")];
  const look = async () => filesMove.inspect?.({ from, to }, context);
  assert.match((await failureOf(look())).message, /There is no .*from$/);
  await writeFile(to, "2");
  assert.match((await failureOf(look())).message, /There is no .*from, and .*to is there/);
  await writeFile(from, "1");
  assert.match((await failureOf(look())).message, /Both .* are there, and nothing is overwritten/);
  await rm(to);
  assert.equal((await look())?.state, "not-done");
  await context.remove();
});

test("moves, and moves back once", async () => {
  const context = await actionContext();
  const [from, to] = [context.path("from"), context.path("to")];
  await writeFile(from, "1");
  const captured = (await filesMove.capture?.({ from, to }, context)) ?? null;
  assert.equal(await filesMove.run({ from, to }, context), { from, to });
  await filesMove.undo?.(captured, context);
  await filesMove.undo?.(captured, context);
  assert.is(await readFile(from, "utf8"), "1");
  assert.is(await context.files.stat(to), undefined);
  await context.remove();
});

test("refuses to overwrite, and to undo in a world that has changed", async () => {
  const context = await actionContext();
  const [from, to] = [context.path("from"), context.path("to")];
  await writeFile(from, "1");
  const captured = (await filesMove.capture?.({ from, to }, context)) ?? null;
  await writeFile(to, "2");
  assert.is((await failureOf(filesMove.run({ from, to }, context))).kind, "wrong-input");
  assert.is(await readFile(to, "utf8"), "2");
  await filesMove.undo?.(captured, context); // nothing was moved
  assert.equal([await readFile(from, "utf8"), await readFile(to, "utf8")], ["1", "2"]);
  await rm(from);
  await rm(to);
  assert.match((await failureOf(filesMove.undo?.(captured, context))).message, "is gone");
  await mkdir(to);
  assert.match((await failureOf(filesMove.undo?.(captured, context))).message, "is not what the step moved there");
  await context.remove();
});

withDisk("between file systems it says what to use", async () => {
  const context = await actionContext();
  const disk = await smallDisk(context.path("disk"));
  try {
    await writeFile(context.path("a"), "1");
    const input = { from: context.path("a"), to: context.path("disk", "a") };
    for (const work of [() => filesMove.inspect?.(input, context), () => filesMove.run(input, context)]) {
      const failure = await failureOf(work());
      assert.is(failure.kind, "wrong-input");
      assert.match(failure.details[0] ?? "", "files.copy, then remove the original with files.remove");
    }
  } finally {
    disk.unmount();
    await context.remove();
  }
});

test.run();
