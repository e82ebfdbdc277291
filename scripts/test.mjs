// Runs every uvu test file in a process of its own, with a time limit, and closes with "N passed, N failed, N skipped".
// uvu alone exits 0 when a hook throws, a test rejects with no Error, or `.run()` is forgotten: so the numbers decide.
import { spawn } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const args = process.argv.slice(2);
const limit = Number(process.env.TEST_TIMEOUT_MS ?? 240_000);
const lanes = Number(process.env.TEST_LANES ?? 2);

const filesOf = (place) =>
  statSync(place).isFile()
    ? [place]
    : readdirSync(place, { recursive: true })
        .filter((f) => f.endsWith(".test.ts"))
        .map((f) => join(place, f));
const files = (args.length ? args : ["test"]).flatMap(filesOf).sort();

let passed = 0;
let failed = 0;
let skipped = 0;
const bad = [];
const reasons = [];

const number = (text, name) => Number(new RegExp(`^\\s*${name}:\\s+(\\d+)\\s*$`, "m").exec(text)?.[1] ?? Number.NaN);

function verdict(text, code, signal, late) {
  const total = number(text, "Total");
  const ok = number(text, "Passed");
  const skips = number(text, "Skipped") || 0;
  if (late) return { why: `still running after ${limit} ms`, ok, total, skips };
  if (Number.isNaN(total)) return { why: `ended without a summary (${signal ?? code})`, ok, total, skips };
  if (total + skips === 0) return { why: "ran no test (is .run() missing?)", ok, total, skips };
  if (ok < total) return { why: `${total - ok} of ${total} failed`, ok, total, skips };
  if (code !== 0) return { why: `exit code ${code}`, ok, total, skips };
  return { why: "", ok, total, skips };
}

function runFile(file) {
  return new Promise((resolve) => {
    const begun = performance.now();
    const child = spawn(process.execPath, ["--import", "tsx", "--enable-source-maps", file], {
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
      env: { ...process.env, NODE_ENV: "test", NO_COLOR: "1", FORCE_COLOR: "0" },
    });
    let out = "";
    let late = false;
    child.stdout.on("data", (data) => (out += data));
    child.stderr.on("data", (data) => (out += data));
    const timer = setTimeout(() => {
      late = true;
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {}
    }, limit);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const text = out.replace(/\x1b\[[0-9;]*m/g, "");
      const { why, ok, total, skips } = verdict(text, code, signal, late);
      passed += ok || 0;
      skipped += skips;
      if (why) {
        failed += Math.max(1, (total || 0) - (ok || 0));
        bad.push(file);
      }
      for (const line of text.split("\n")) if (line.startsWith("SKIP ")) reasons.push(`${file}: ${line.slice(5)}`);
      console.log(
        `${why ? "not ok" : "ok    "} ${file}  ${ok || 0}/${total || 0}  ${Math.round(performance.now() - begun)} ms${why ? `: ${why}` : ""}`,
      );
      if (why) console.log(text.replace(/^/gm, "    "));
      resolve();
    });
  });
}

const queue = [...files];
async function lane() {
  for (let file = queue.shift(); file; file = queue.shift()) await runFile(file);
}
await Promise.all(Array.from({ length: lanes }, lane));

if (files.length === 0) {
  console.log("there are no test files");
  failed = 1;
}
if (reasons.length) console.log(`skipped, and why:\n${reasons.map((r) => `  ${r}`).join("\n")}`);
if (bad.length) console.log(`failing files:\n${bad.map((b) => `  ${b}`).join("\n")}`);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed ? 1 : 0;
