// Measures belay against the floor of this machine, in one run, and prints ratios: seconds of a shared machine mean nothing.
// `node bench/bench.mjs [--quick]`
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const belay = resolve(import.meta.dirname, "../dist/belay.js");
const quick = process.argv.includes("--quick");
const folder = mkdtempSync(join(tmpdir(), "belay-bench-"));
const env = { ...process.env, BELAY_HOME: join(folder, "home"), NO_COLOR: "1" };

/** Runs a program; resolves with its milliseconds, its greatest resident memory in MB, and its exit code. */
function timed(program, args) {
  return new Promise((done, fail) => {
    const begun = performance.now();
    const child = spawn(program, args, { stdio: "ignore", env, cwd: folder });
    let peak = 0;
    const watch = setInterval(() => {
      try {
        peak = Math.max(
          peak,
          Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1] ?? 0) / 1024,
        );
      } catch {}
    }, 20);
    child.on("error", fail);
    child.on("exit", (code) => {
      clearInterval(watch);
      done({ ms: performance.now() - begun, peak, code });
    });
  });
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const shown = [];
const line = (what, value, aim) => {
  shown.push({ what, value, aim });
  console.log(`${what.padEnd(62)} ${value.padStart(9)}   ${aim}`);
};

/** Alternates between two commands, so that both see the same noise. */
async function ratio(one, other, times) {
  const a = [];
  const b = [];
  for (let i = 0; i < times; i++) {
    a.push((await timed(...one)).ms);
    b.push((await timed(...other)).ms);
  }
  return median(a) / median(b);
}

function runbook(name, count, last = "") {
  const steps = Array.from(
    { length: count },
    (_, i) => `  - { id: s${i + 1}, uses: exec, with: { argv: [/bin/true] }, repeatable: true }\n`,
  );
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, `apiVersion: belay/v1\nname: ${name}\ntitle: Bench\nsteps:\n${steps.join("")}${last}`);
  return file;
}

/** The floor: a loop that starts the same program with the same number of flushes, and nothing else. */
const bareLoop = join(folder, "bare.mjs");
writeFileSync(
  bareLoop,
  `import { spawn } from "node:child_process"; import { fdatasyncSync, openSync, writeSync } from "node:fs";
const fd = openSync(process.argv[3], "a");
for (let i = 0; i < Number(process.argv[2]); i++) {
  writeSync(fd, JSON.stringify({ begun: i, pad: "x".repeat(250) }) + "\\n"); fdatasyncSync(fd);
  await new Promise((done) => { const child = spawn("/bin/true", [], { stdio: ["ignore", "pipe", "pipe"] }); child.stdout.on("data", () => {}); child.stderr.on("data", () => {}); child.on("close", done); });
  writeSync(fd, JSON.stringify({ done: i, pad: "x".repeat(250) }) + "\\n");
}
fdatasyncSync(fd);`,
);

const run = (file) => timed(process.execPath, [belay, "run", file, "--yes"]);
const bare = (count) => timed(process.execPath, [bareLoop, String(count), join(folder, `bare-${count}`)]);

console.log(`node ${process.version}, one run; the smaller the better\n`);
const times = quick ? 5 : 15;
const nothing = [process.execPath, ["-e", "0"]];
line(
  "start: belay --version to node -e 0",
  (await ratio([process.execPath, [belay, "--version"]], nothing, times)).toFixed(2),
  "aim ≤ 1.5",
);
const ten = runbook("ten", 10);
line(
  "validate a runbook of 10 steps to node -e 0",
  (await ratio([process.execPath, [belay, "validate", ten]], nothing, times)).toFixed(2),
  "aim ≤ 3",
);

// The slope between two lengths is what a step costs; starting and loading cancel out.
const [few, many] = quick ? [50, 250] : [100, 600];
const costs = { belay: [], bare: [] };
for (let i = 0; i < (quick ? 1 : 3); i++) {
  const short = await run(runbook(`few${i}`, few));
  const long = await run(runbook(`many${i}`, many));
  costs.belay.push((long.ms - short.ms) / (many - few));
  costs.bare.push(((await bare(many)).ms - (await bare(few)).ms) / (many - few));
}
line(
  "a step (exec /bin/true, journalled) to a bare loop of spawn",
  (median(costs.belay) / median(costs.bare)).toFixed(2),
  "aim ≤ 1.3",
);

const sizes = quick ? [100, 500] : [100, 1000, 10_000];
const perStep = [];
let peak = 0;
for (const size of sizes) {
  const { ms, peak: mb, code } = await run(runbook(`size${size}`, size));
  if (code !== 0) throw new Error(`the run of ${size} steps ended with ${code}`);
  const floor = (await bare(size)).ms;
  perStep.push(ms / floor);
  peak = Math.max(peak, mb);
  line(`${size} steps to the bare loop of as many`, (ms / floor).toFixed(2), "");
}
line(
  `growth: cost per step of ${sizes.at(-1)} to ${sizes.at(-2)}`,
  (perStep.at(-1) / perStep.at(-2)).toFixed(2),
  "aim ≤ 1.1",
);
line(`greatest memory of ${sizes.at(-1)} steps`, `${Math.round(peak)} MB`, "aim < 150 MB");

const stopAt = quick ? 490 : 9900;
const total = quick ? 500 : 10_000;
const steps = Array.from(
  { length: total - stopAt - 1 },
  (_, i) => `  - { id: t${i}, uses: exec, with: { argv: [/bin/true] }, repeatable: true }\n`,
).join("");
const file = runbook(
  "stops",
  stopAt,
  `  - { id: gate, uses: exec, with: { argv: [test, -e, ${join(folder, "ready")}] }, repeatable: true }\n${steps}`,
);
const stopped = await run(file);
if (stopped.code !== 1) throw new Error(`the run should have stopped at its gate, and ended with ${stopped.code}`);
writeFileSync(join(folder, "ready"), "");
const resumed = await timed(process.execPath, [belay, "resume", "--yes"]);
if (resumed.code !== 0) throw new Error(`the resume ended with ${resumed.code}`);
const rest = (await bare(total - stopAt)).ms;
line(`resume at step ${stopAt} of ${total}, to the bare loop of the rest`, (resumed.ms / rest).toFixed(2), "");

rmSync(folder, { recursive: true, force: true });
