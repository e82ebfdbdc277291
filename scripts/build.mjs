// Builds the program: src/cli/belay.ts and what it uses, split so that heavy parts are loaded when they are needed.
import { execFile } from "node:child_process";
import { chmod, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";

const root = resolve(import.meta.dirname, "..");
const entry = resolve(process.argv[2] ?? join(root, "src/cli/belay.ts"));
const dist = resolve(process.argv[3] ?? join(root, "dist"));
const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));

await promisify(execFile)(process.execPath, ["--import", "tsx", join(root, "scripts/compile-schemas.mjs")], {
  cwd: root,
});
await rm(dist, { recursive: true, force: true });

// CommonJS packages inside the bundle call require(), which ESM does not have.
const banner =
  'import { createRequire as belayCreateRequire } from "node:module"; const require = belayCreateRequire(import.meta.url);';
await build({
  entryPoints: { belay: entry },
  outdir: dist,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  minifyWhitespace: true,
  minifySyntax: true,
  keepNames: true,
  legalComments: "none",
  chunkNames: "chunks/[name]-[hash]",
  banner: { js: banner },
  define: { BELAY_VERSION: JSON.stringify(version) },
  logLevel: "error",
}).catch(() => process.exit(1)); // esbuild has printed why

const program = join(dist, "belay.js");
const code = await readFile(program, "utf8");
if (!code.startsWith("#!")) await writeFile(program, `#!/usr/bin/env node\n${code}`);
await chmod(program, 0o755);
const files = (await readdir(dist, { recursive: true })).filter((name) => name.endsWith(".js"));
const sizes = await Promise.all(files.map(async (name) => (await stat(join(dist, name))).size));
const total = sizes.reduce((sum, size) => sum + size, 0);
console.log(`belay ${version}: ${files.length} files, ${Math.round(total / 1024)} KiB in ${dist}`);
