// Compiles every schema of the program into a validator of its own, so that a start pays only for those it uses.
// Run as `node --import tsx scripts/compile-schemas.mjs`. Another module with `allSchemas()` may be given as an argument.
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Ajv } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import { build } from "esbuild";
import { digestOf } from "../src/schema/digest.ts";

const root = resolve(import.meta.dirname, "..");
const [list = join(root, "src/cli/published-schemas.ts"), out = join(root, "src/schema")] = process.argv.slice(2);
const folder = join(out, "compiled");

const { allSchemas } = await import(pathToFileURL(resolve(list)).href);
const schemas = await allSchemas();

const entries = [];
for (const { id, schema } of schemas) {
  if (!/^[\w.-]+$/.test(id)) throw new Error(`${id} can't be the name of a file`);
  const options = { allErrors: true, strict: true, strictRequired: false, allowUnionTypes: true, messages: false };
  const ajv = new Ajv({ ...options, code: { source: true, esm: true, optimize: true } });
  let source;
  try {
    source = standalone.default(ajv, ajv.compile(schema));
  } catch (error) {
    throw new Error(`the schema ${id} can't be compiled: ${error.message}`);
  }
  // Standalone code still says require("ajv/dist/runtime/…"): bundling puts those few lines in.
  const bundled = await build({
    stdin: { contents: source, resolveDir: root, loader: "js" },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    minify: true,
    write: false,
  });
  entries.push({ id, digest: digestOf(schema), code: bundled.outputFiles[0].text });
}

await mkdir(folder, { recursive: true });
const names = new Set(entries.map(({ id }) => `${id}.generated.js`));
for (const name of await readdir(folder)) if (!names.has(name)) await rm(join(folder, name));
for (const { id, code } of entries) await writeFile(join(folder, `${id}.generated.js`), code);
const lines = entries.map(
  ({ id, digest }) =>
    `  ${JSON.stringify(id)}: { digest: "${digest}", load: () => import("./compiled/${id}.generated.js") },`,
);
await writeFile(join(out, "compiled.generated.js"), `export const validators = {\n${lines.join("\n")}\n};\n`);
