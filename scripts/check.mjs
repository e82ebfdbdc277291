// Types, lint and formatting, unused code, and left-behind test switches: all of them, then a verdict.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const checks = [
  ["types", ["npx", "tsc", "--noEmit"]],
  ["lint and format", ["npx", "biome", "check", "--error-on-warnings", "."]],
  ["unused code", ["npx", "knip"]],
];

let failed = 0;
for (const [name, [program, ...args]] of checks) {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
  const ok = status === 0;
  console.log(`${ok ? "ok    " : "not ok"} ${name}`);
  if (!ok) {
    failed += 1;
    console.log(`${stdout}\n${stderr}`.trim().replace(/^/gm, "    "));
  }
}

const only = readdirSync("test", { recursive: true }).filter(
  (file) => file.endsWith(".ts") && /\btest\.only\(/.test(readFileSync(join("test", file), "utf8")),
);
console.log(
  `${only.length === 0 ? "ok    " : "not ok"} no test is singled out${only.map((file) => `\n    ${file}`).join("")}`,
);
process.exitCode = failed + only.length === 0 ? 0 : 1;
