import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { checksumCreate } from "../../../src/actions/checksum/create.ts";
import { checksumVerify } from "../../../src/actions/checksum/verify.ts";
import type { JsonObject } from "../../../src/schema/json.ts";
import { actionContext } from "../../support/action-context.ts";
import { failureOf } from "../../support/failure-of.ts";

const hostile = ["-rf", "a\nb", "c\\d", "e\\nf", "Ünï ☃", " lead", "trail ", "\u2028", "*star"];

async function given() {
  const context = await actionContext();
  const folder = context.path("data");
  await mkdir(`${folder}/sub`, { recursive: true });
  for (const name of hostile) await writeFile(`${folder}/${name}`, name);
  await writeFile(`${folder}/sub/x.log`, "log");
  await symlink("sub", `${folder}/link`);
  return { context, folder, input: { path: folder, to: context.path("sums") } };
}

const verify = async (input: JsonObject, context: Parameters<typeof checksumVerify.run>[1]) =>
  (await checksumVerify.run(input, context)) as JsonObject;

test("what it writes, sha256sum accepts; what sha256sum writes, it accepts", async () => {
  const { context, folder, input } = await given();
  const result = (await checksumCreate.run(input, context)) as JsonObject;
  assert.is(result["files"], hostile.length + 1);
  const manifest = await readFile(input.to);
  assert.is(result["digest"], createHash("sha256").update(manifest).digest("hex"));
  const checked = execFileSync("sha256sum", ["--strict", "-c", input.to], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  assert.is(checked.toString().match(/OK$/gm)?.length, hostile.length + 1);
  assert.is((await verify({ manifest: input.to, path: folder, complete: true }, context))["ok"], true);
  const theirs = execFileSync("sha256sum", ["--", ...hostile], { cwd: folder });
  await writeFile(input.to, theirs);
  assert.is((await verify({ manifest: input.to, path: folder }, context))["files"], hostile.length);
  assert.match(context.notes.join(), "1 symlinks or special files");
  await context.remove();
});

test("a manifest in the folder leaves itself out, and is found current until a file changes", async () => {
  const { context, folder, input } = await given();
  const within = { ...input, to: `${folder}/SHA256SUMS`, exclude: ["*.log"] };
  assert.is((await checksumCreate.inspect?.(within, context))?.state, "not-done");
  const result = await checksumCreate.run(within, context);
  const seen = await checksumCreate.inspect?.(within, context);
  assert.equal(seen?.state === "done" && seen.result, result);
  assert.not.match(await readFile(within.to, "utf8"), /x\.log|SHA256SUMS/);
  assert.equal(
    (await readdir(folder)).filter((name) => name.startsWith(".")),
    [],
  );
  await writeFile(`${folder}/zz`, "");
  assert.is((await checksumCreate.inspect?.(within, context))?.state, "not-done");
  await rm(`${folder}/zz`);
  await rm(`${folder}/trail `);
  assert.is((await checksumCreate.inspect?.(within, context))?.state, "not-done");
  await context.remove();
});

test("one file", async () => {
  const { context, folder } = await given();
  const input = { path: `${folder}/-rf`, to: `${folder}/-rf.sha256` };
  await checksumCreate.run(input, context);
  assert.is((await verify({ manifest: input.to }, context))["ok"], true);
  assert.is((await checksumCreate.inspect?.(input, context))?.state, "done");
  await context.remove();
});

test("undo removes a new manifest, restores an old one, and leaves a changed one", async () => {
  const { context, input } = await given();
  const fresh = (await checksumCreate.capture?.(input, context)) ?? null;
  await checksumCreate.run(input, context);
  await checksumCreate.undo?.(fresh, context);
  await checksumCreate.undo?.(fresh, context);
  assert.is(await context.files.stat(input.to), undefined);
  await writeFile(input.to, "old");
  const captured = (await checksumCreate.capture?.(input, context)) ?? null;
  await checksumCreate.run(input, context);
  await checksumCreate.undo?.(captured, context);
  assert.is(await readFile(input.to, "utf8"), "old");
  await checksumCreate.run(input, context);
  await writeFile(input.to, "mine");
  assert.match((await failureOf(checksumCreate.undo?.(captured, context))).message, "changed it since");
  await context.remove();
});

test("missing, changed and extra files: a failure that names them, or a report", async () => {
  const { context, folder, input } = await given();
  await checksumCreate.run(input, context);
  await rm(`${folder}/trail `);
  await writeFile(`${folder}/-rf`, "--- ");
  for (let index = 0; index < 120; index += 1) await writeFile(`${folder}/sub/new${index}`, "");
  const ask = { manifest: input.to, path: folder, complete: true };
  const failure = await failureOf(checksumVerify.run(ask, context));
  assert.is(failure.kind, "failed");
  assert.match(failure.message, "of 10, 1 missing, 1 changed, 120 extra");
  assert.match(failure.details.join("\n"), "and 115 more");
  const report = await verify({ ...ask, report: true }, context);
  assert.equal(
    [report["ok"], report["missing"], report["changed"], report["extraCount"]],
    [false, ["trail "], ["-rf"], 120],
  );
  assert.is((report["extra"] as string[]).length, 100);
  const partial = await verify({ ...ask, complete: false, report: true }, context);
  assert.is(partial["extraCount"], 0);
  await context.remove();
});

test("a manifest that proves nothing is refused", async () => {
  const { context, folder, input } = await given();
  await writeFile(input.to, "\n");
  assert.match(
    (await failureOf(checksumVerify.run({ manifest: input.to, path: folder }, context))).message,
    "is empty",
  );
  await writeFile(input.to, `${"0".repeat(64)}  a\nSHA1 (b) = 00\n`);
  assert.match(
    (await failureOf(checksumVerify.run({ manifest: input.to, path: folder }, context))).message,
    "Line 2 of",
  );
  await writeFile(input.to, Buffer.alloc(100_000, "a"));
  assert.match(
    (await failureOf(checksumVerify.run({ manifest: input.to, path: folder }, context))).message,
    "not a sha256sum manifest",
  );
  assert.is(
    (await failureOf(checksumCreate.run({ path: context.path("none"), to: input.to }, context))).kind,
    "wrong-input",
  );
  assert.is((await readFile(input.to)).length, 100_000);
  await context.remove();
});

test.run();
