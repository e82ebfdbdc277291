import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { filesRemove } from "../../../src/actions/files/remove.ts";
import type { JsonObject } from "../../../src/schema/json.ts";
import { actionContext } from "../../support/action-context.ts";
import { failureOf } from "../../support/failure-of.ts";
import { canMount, smallDisk } from "../../support/small-disk.ts";

const withDisk = (await canMount()) ? test : test.skip;

test("removed to the trash, repeated, and put back once", async () => {
  const context = await actionContext();
  const path = context.path("-rf\n☃");
  await mkdir(path);
  await writeFile(`${path}/f`, "1");
  const before = await filesRemove.inspect?.({ path }, context);
  assert.match((before?.state === "not-done" && before.changes[0]?.summary) || "", "1 file, 1 byte");
  const captured = (await filesRemove.capture?.({ path }, context)) ?? null;
  const { trash } = (await filesRemove.run({ path }, context)) as JsonObject;
  assert.is(await readFile(`${trash}/f`, "utf8"), "1");
  assert.is((await filesRemove.inspect?.({ path }, context))?.state, "done");
  assert.equal(await filesRemove.run({ path }, context), { path, trash: trash ?? null });
  const later = await actionContext({ folder: context.folder, stepId: "undo", remembered: context.remembered });
  await filesRemove.undo?.(captured, later);
  await filesRemove.undo?.(captured, later);
  assert.is(await readFile(`${path}/f`, "utf8"), "1");
  await context.remove();
});

test("a symlink goes, and not what it points at", async () => {
  const context = await actionContext();
  await writeFile(context.path("real"), "1");
  await symlink("real", context.path("link"));
  await filesRemove.run({ path: context.path("link") }, context);
  assert.is(await readFile(context.path("real"), "utf8"), "1");
  assert.is(await context.files.stat(context.path("link")), undefined);
  await context.remove();
});

test("undo refuses when something else is there, or when the trash was emptied", async () => {
  const context = await actionContext();
  const path = context.path("f");
  await writeFile(path, "1");
  const captured = (await filesRemove.capture?.({ path }, context)) ?? null;
  const { trash } = (await filesRemove.run({ path }, context)) as { trash: string };
  await writeFile(path, "2");
  assert.match((await failureOf(filesRemove.undo?.(captured, context))).message, "Something else is at");
  assert.equal([await readFile(path, "utf8"), await readFile(trash, "utf8")], ["2", "1"]);
  await context.files.removeOwn(trash);
  await context.files.removeOwn(path);
  assert.match((await failureOf(filesRemove.undo?.(captured, context))).message, "not in the trash");
  await context.remove();
});

test("nothing there, and the root folder", async () => {
  const context = await actionContext();
  assert.is((await failureOf(filesRemove.run({ path: context.path("none") }, context))).kind, "wrong-input");
  assert.match((await failureOf(filesRemove.run({ path: "/" }, context))).message, "root of the file system");
  await context.remove();
});

withDisk("from another file system and back, also when the undo was interrupted", async () => {
  const context = await actionContext();
  const disk = await smallDisk(context.path("disk"));
  const path = context.path("disk", "d");
  try {
    await mkdir(path);
    await writeFile(`${path}/f`, "1");
    const captured = (await filesRemove.capture?.({ path }, context)) ?? null;
    const { trash } = (await filesRemove.run({ path }, context)) as { trash: string };
    await cp(trash, path, { recursive: true }); // an undo that ended before it cleared the trash
    await filesRemove.undo?.(captured, context);
    assert.is(await readFile(`${path}/f`, "utf8"), "1");
    assert.is(await context.files.stat(trash), undefined);
    await filesRemove.run({ path }, context);
    await filesRemove.undo?.(captured, context);
    assert.is(await readFile(`${path}/f`, "utf8"), "1");
  } finally {
    disk.unmount();
    await context.remove();
  }
});

test.run();
