import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { endProcesses, findLiveProcesses, isAlive, waitForProcesses } from "../../src/host/orphans.ts";
import { eventually, lives, pidIn, processFolder } from "../support/process-folder.ts";

const linux = process.platform === "linux";
const onLinux = linux ? test : test.skip;
if (!linux) console.log("SKIP processes of a run are found through /proc, which is Linux only");

const runId = `orphans-${process.pid}`;

function child(script: string, environment: Record<string, string> = {}): ChildProcess {
  const env = { ...process.env, BELAY_RUN: runId, BELAY_STEP: "load#2", ...environment };
  return spawn("bash", ["-c", script], { stdio: "ignore", detached: true, env });
}

const statusOf = (pid: number) => readFileSync(`/proc/${pid}/status`, "utf8");

const started = (of: ChildProcess) => eventually(() => findLiveProcesses(runId).find(({ pid }) => pid === of.pid));

onLinux("finds the processes of exactly this run, and says what they are", async () => {
  const mine = child("exec sleep 30");
  const others = [
    child("exec sleep 30", { BELAY_RUN: `${runId}0` }),
    child("exec sleep 30", { BELAY_RUN: "other", X: `BELAY_RUN=${runId}` }),
  ];
  const found = await eventually(() => findLiveProcesses(runId).find(({ command }) => command === "sleep 30"));
  assert.equal(
    findLiveProcesses(runId).map(({ pid }) => pid),
    [mine.pid],
  );
  assert.is(found.stepKey, "load#2");
  assert.ok(Math.abs(Date.parse(found.startedAt) - Date.now()) < 10_000, found.startedAt);
  for (const one of [mine, ...others]) one.kill("SIGKILL");
});

onLinux("finds a grandchild that left its session and lost its parent", async () => {
  const place = await processFolder();
  const pidFile = join(place.folder, "pid");
  const inner = `echo $$ > ${pidFile}; exec sleep 30`;
  const result = await place
    .files({ runId, stepKey: "start" })
    .run({ argv: ["bash", "-c", `setsid bash -c '${inner}' < /dev/null & sleep 0.2`] });
  assert.is(result.exitCode, 0);
  const pid = await eventually(() => pidIn(pidFile));
  const found = findLiveProcesses(runId);
  assert.equal(
    found.map((live) => [live.pid, live.stepKey, live.command]),
    [[pid, "start", "sleep 30"]],
  );
  assert.equal(await endProcesses(found, { graceMs: 2000 }), []);
  assert.not.ok(lives(pid));
  assert.equal(findLiveProcesses(runId), []);
  await place.remove();
});

onLinux("a dead child that nobody has waited for is not alive", async () => {
  // The shell never waits, because it has become sleep: its child stays a zombie.
  const parent = child("bash -c 'exit 0' & exec sleep 30");
  await started(parent);
  await eventually(() => findLiveProcesses(runId).length === 1);
  parent.kill("SIGKILL");
});

onLinux("skips itself and those above it", async () => {
  const source = new URL("../../src/host/orphans.ts", import.meta.url).href;
  const program = `import(${JSON.stringify(source)}).then((m) => console.log(JSON.stringify(m.findLiveProcesses("${runId}"))))`;
  const node = `"$NODE" --import "$TSX" --input-type=module -e "$PROGRAM"; true`;
  const place = await processFolder();
  const env = { NODE: process.execPath, TSX: import.meta.resolve("tsx"), PROGRAM: program };
  const result = await place.memory({ runId }).run({ argv: ["bash", "-c", node], env });
  // tsx starts a process of its own, which is neither.
  const found = (JSON.parse(result.stdout) as { command: string }[]).filter(
    ({ command }) => !command.includes("esbuild"),
  );
  assert.equal(found, [], result.stderr);
  await place.remove();
});

onLinux("ends with SIGKILL what ignores SIGTERM, and never a process that got the pid later", async () => {
  const stubborn = child("trap '' TERM; while :; do sleep 0.05; done");
  const live = await started(stubborn);
  // Bit 14 is SIGTERM; who started the tests may have others ignored.
  const ignored = () => BigInt(`0x${/^SigIgn:\s+([0-9a-f]+)$/m.exec(statusOf(live.pid))?.[1] ?? "0"}`);
  await eventually(() => (ignored() & 0x4000n) !== 0n);
  const reused = { ...live, startTicks: live.startTicks - 1 };
  assert.not.ok(isAlive(reused));
  assert.equal(await endProcesses([reused], { graceMs: 50 }), []);
  assert.ok(isAlive(live), "a process with another start time was ended");
  assert.equal(await endProcesses([live], { graceMs: 100 }), []);
  await eventually(() => stubborn.signalCode === "SIGKILL");
});

onLinux("waits until they end, the time is over, or the waiting is ended", async () => {
  const short = child("exec sleep 0.4");
  const list = [await started(short)];
  assert.is((await waitForProcesses(list, { timeoutMs: 60 })).length, 1);
  assert.equal(await waitForProcesses(list, { timeoutMs: 5000 }), []);
  const long = child("exec sleep 30");
  const begun = performance.now();
  const left = await waitForProcesses([await started(long)], { timeoutMs: 20_000, signal: AbortSignal.timeout(100) });
  assert.is(left.length, 1);
  assert.ok(performance.now() - begun < 5000);
  long.kill("SIGKILL");
});

test("knows nothing of a run without processes", () => {
  assert.equal(findLiveProcesses(`${runId}-none`), []);
  assert.not.ok(isAlive({ pid: 2 ** 22 + 1, stepKey: "", command: "", startedAt: "", startTicks: 1 }));
});

test.run();
