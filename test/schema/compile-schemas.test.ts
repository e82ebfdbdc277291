import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Schema } from "../../src/schema/define.ts";
import { digestOf } from "../../src/schema/digest.ts";
import type { Validate } from "../../src/schema/raw-error.ts";
import { compileNow } from "../../src/schema/runtime-ajv.ts";
import { toProblem } from "../../src/schema/to-problem.ts";

const root = resolve(import.meta.dirname, "../..");
const run = promisify(execFile);

interface Index {
  readonly validators: { readonly [id: string]: { readonly digest: string; load(): Promise<{ default: Validate }> } };
}

const schema: Schema = {
  type: "object",
  additionalProperties: false,
  required: ["name"],
  properties: {
    name: { type: "string", minLength: 2, maxLength: 4, pattern: "^\\p{L}+$" },
    tags: { type: "array", items: { enum: ["a", { b: 1 }] }, uniqueItems: true },
  },
};
const values = [
  { name: "abc" },
  { name: "😀" },
  { name: "a" },
  { nmae: 1 },
  { name: "ab", tags: ["a", { b: 1 }, { b: 1 }] },
  7,
];

test("validators compiled ahead of time say the same as those made at run time", async () => {
  const folder = await mkdtemp(join(tmpdir(), "belay-compile-"));
  try {
    const list = join(folder, "list.mjs");
    await writeFile(
      list,
      `export const allSchemas = async () => [{ id: "action-x.y", schema: ${JSON.stringify(schema)} }];`,
    );
    const script = join(root, "scripts/compile-schemas.mjs");
    const { stdout, stderr } = await run(process.execPath, ["--import", "tsx", script, list, folder], {
      cwd: root,
      timeout: 30_000,
    });
    assert.is(stdout + stderr.replace(/^npm warn.*\n/gm, ""), "");
    await writeFile(join(folder, "package.json"), '{ "type": "module" }');
    const { validators } = (await import(pathToFileURL(join(folder, "compiled.generated.js")).href)) as Index;
    assert.equal(Object.keys(validators), ["action-x.y"]);
    assert.is(validators["action-x.y"]?.digest, digestOf(schema));
    assert.equal(await readdir(join(folder, "compiled")), ["action-x.y.generated.js"]);
    const ahead = (await validators["action-x.y"]!.load()).default;
    const now = compileNow(schema);
    for (const value of values) {
      assert.is(ahead(value), now(value), JSON.stringify(value));
      const found = [ahead, now].map((validate) =>
        (validate.errors ?? []).map((error) => toProblem(error, schema, value)),
      );
      assert.equal(found[0], found[1]);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test.run();
