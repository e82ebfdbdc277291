import { chmod, mkdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { filesWrite } from "../../../src/actions/files/write.ts";
import type { JsonObject } from "../../../src/schema/json.ts";
import { actionContext } from "../../support/action-context.ts";
import { failureOf } from "../../support/failure-of.ts";

test("a new file: foreseen as a diff, written, seen as done, and undone into the trash", async () => {
  const context = await actionContext();
  const path = context.path("conf");
  const input = { path, content: "a=1\nb=2\n", mode: "0640" };
  const before = await filesWrite.inspect?.(input, context);
  assert.is(before?.state, "not-done");
  const [change] = before?.state === "not-done" ? before.changes : [];
  assert.is(change?.kind, "create");
  assert.is(change?.summary, "2 lines added");
  assert.match(change?.diff ?? "", "+a=1\n+b=2\n");
  const captured = await filesWrite.capture?.(input, context);
  const result = (await filesWrite.run(input, context)) as JsonObject;
  assert.is(result["bytes"], 8);
  assert.is((await stat(path)).mode & 0o777, 0o640);
  assert.is((await filesWrite.inspect?.(input, context))?.state, "done");
  await filesWrite.undo?.(captured ?? null, { ...context, input });
  assert.is(await context.files.stat(path), undefined);
  await filesWrite.undo?.(captured ?? null, { ...context, input }); // twice is once
  assert.is(await readFile(context.files.trashPath(path), "utf8"), "a=1\nb=2\n");
  await context.remove();
});

test("an old file comes back, bytes and mode, also when it is not UTF-8", async () => {
  const context = await actionContext();
  const path = context.path("conf");
  const old = Buffer.from([0x63, 0xe9, 0x0d, 0x0a, 0x00, 0xff]);
  await writeFile(path, old);
  await chmod(path, 0o600);
  const input = { path, content: "new", mode: "0644" };
  const captured = await filesWrite.capture?.(input, context);
  await filesWrite.run(input, context);
  await filesWrite.undo?.(JSON.parse(JSON.stringify(captured)), { ...context, input });
  assert.ok((await readFile(path)).equals(old));
  assert.is((await stat(path)).mode & 0o777, 0o600);
  await context.remove();
});

test("undo leaves a file alone that was changed or removed since, or whose old content was damaged", async () => {
  const context = await actionContext();
  const path = context.path("conf");
  await writeFile(path, "old");
  const input = { path, content: "new" };
  const captured = (await filesWrite.capture?.(input, context)) as JsonObject;
  await filesWrite.run(input, context);
  const masked = { ...captured, old: { ...(captured["old"] as JsonObject), content: "***" } };
  assert.match((await failureOf(filesWrite.undo?.(masked, { ...context, input }))).message, "damaged");
  await writeFile(path, "newer");
  assert.match((await failureOf(filesWrite.undo?.(captured, { ...context, input }))).message, "changed it since");
  assert.is(await readFile(path, "utf8"), "newer");
  await rm(path);
  assert.is((await failureOf(filesWrite.undo?.(captured, { ...context, input }))).kind, "failed");
  await context.remove();
});

test("mode alone is a change; large and binary contents are told by size", async () => {
  const context = await actionContext();
  const path = context.path("conf");
  await writeFile(path, "same");
  await chmod(path, 0o644);
  const modeOnly = await filesWrite.inspect?.({ path, content: "same", mode: "600" }, context);
  assert.is(modeOnly?.state === "not-done" && modeOnly.changes[0]?.summary, "mode 0644 → 0600");
  await writeFile(path, Buffer.alloc(300_000, "x\n"));
  const large = await filesWrite.inspect?.({ path, content: "small" }, context);
  assert.is(large?.state === "not-done" && large.changes[0]?.summary, "300000 bytes → 5 bytes, sha256 differs");
  assert.is(large?.state === "not-done" && large.changes[0]?.diff, undefined);
  await context.remove();
});

test("two large texts with nothing in common don't hold up the preview", async () => {
  const context = await actionContext();
  const lines = (word: string) =>
    Array.from({ length: 20_000 }, (_, index) => `${word}${index}\n`)
      .join("")
      .slice(0, 200_000);
  await writeFile(context.path("f"), lines("a"));
  const started = Date.now();
  const seen = await filesWrite.inspect?.({ path: context.path("f"), content: lines("b") }, context);
  assert.is(seen?.state, "not-done");
  assert.ok(Date.now() - started < 4000, `took ${Date.now() - started} ms`);
  await context.remove();
});

test("refused: content that undo could not keep, a folder, a missing folder; a symlink is followed", async () => {
  const context = await actionContext();
  const { path } = context;
  await writeFile(path("huge"), Buffer.alloc(17 * 1024 * 1024));
  assert.is((await failureOf(filesWrite.capture?.({ path: path("huge"), content: "" }, context))).kind, "wrong-input");
  await mkdir(path("d"));
  assert.match((await failureOf(filesWrite.run({ path: path("d"), content: "" }, context))).message, "is a folder");
  assert.match(
    (await failureOf(filesWrite.run({ path: path("x", "y"), content: "" }, context))).message,
    "does not exist",
  );
  await writeFile(path("real"), "1");
  await symlink("real", path("link"));
  await filesWrite.run({ path: path("link"), content: "2" }, context);
  assert.is(await readFile(path("real"), "utf8"), "2");
  await context.remove();
});

test.run();
