import { execFileSync, spawn } from "node:child_process";
import { appendFileSync, chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ActionFailure } from "../../src/action/failure.ts";
import type { Processes } from "../../src/action/processes.ts";
import { failureOf } from "../support/failure-of.ts";
import { eventually, lives, pidIn, processFolder } from "../support/process-folder.ts";
import { canMount, smallDisk } from "../support/small-disk.ts";

type Place = Awaited<ReturnType<typeof processFolder>>;

/** The same test for all ways to keep the output. */
function all(name: string, check: (make: Place["files"], place: Place) => Promise<void>): void {
  for (const kind of ["files", "masked", "memory"] as const) {
    test(`${name} (${kind})`, async () => {
      const place = await processFolder();
      try {
        await check(place[kind], place);
      } finally {
        await place.remove();
      }
    });
  }
}

// The environment is read once, before the first program.
process.env["BELAY_TEST_INHERITED"] = "yes";

const sh = (processes: Processes, script: string, more = {}) =>
  processes.run({ argv: ["bash", "-c", script], ...more });

all("keeps exit code, stdout and stderr apart", async (make) => {
  const result = await sh(make(), "echo out; echo err >&2; exit 3");
  assert.equal(result, { exitCode: 3, stdout: "out\n", stderr: "err\n", truncated: false });
});

all("gives run, step and variables to the child, in the folder it wants", async (make, place) => {
  mkdirSync(join(place.folder, "below"));
  const script = 'echo "$BELAY_RUN $BELAY_STEP $X $BELAY_TEST_INHERITED $PWD"';
  const result = await sh(make(), script, { env: { X: "a b", BELAY_RUN: "not mine" }, cwd: "below" });
  assert.is(result.stdout, `k7 load#2 a b yes ${place.folder}/below\n`);
});

all("stdin is the text, or empty", async (make) => {
  const long = "0123456789abcdef".repeat(20_000);
  assert.is((await make().run({ argv: ["cat"], stdin: long })).stdout, long);
  assert.is((await make().run({ argv: ["cat"] })).stdout, "");
  assert.is((await make().run({ argv: ["true"], stdin: long })).exitCode, 0);
});

all("a signal gives 128 and its number", async (make) => {
  const result = await sh(make(), "kill -9 $$");
  assert.is(result.exitCode, 137);
  assert.is(result.signal, "SIGKILL");
});

all("what can't be started is wrong input, in words", async (make, place) => {
  const script = join(place.folder, "script");
  writeFileSync(script, "#!/nowhere/interpreter\n", { mode: 0o755 });
  const plain = join(place.folder, "plain");
  writeFileSync(plain, "x", { mode: 0o644 });
  const cases: [string[], string | undefined, RegExp][] = [
    [
      ["belay-no-such-program"],
      undefined,
      /^belay-no-such-program can't be started: there is no such program in the PATH$/,
    ],
    [["./nothing"], undefined, /^\.\/nothing can't be started: there is no such file$/],
    [[script], undefined, /its first line names does not exist$/],
    [[plain], undefined, /not an executable file/],
    [["true"], join(place.folder, "missing"), /^true can't be started in .*missing: the folder does not exist$/],
    [["true"], plain, /plain: that is not a folder$/],
    [["echo", "a\0b"], undefined, /NUL character$/],
    [["echo", "x".repeat(3_000_000)], undefined, /too long for the system$/],
    [[""], undefined, /is empty$/],
  ];
  for (const [argv, cwd, expected] of cases) {
    const failure = await failureOf(make().run({ argv, ...(cwd !== undefined && { cwd }) }));
    assert.is(failure.kind, "wrong-input");
    assert.match(failure.message, expected);
  }
});

all("an abort ends the whole group, with SIGKILL when SIGTERM is ignored", async (make, place) => {
  const pidFile = join(place.folder, "pid");
  const running = sh(
    make({ graceMs: 300 }),
    `(trap '' TERM; echo $BASHPID > ${pidFile}; while :; do sleep 0.05; done) & wait`,
  );
  const stubborn = await eventually(() => pidIn(pidFile));
  const begun = performance.now();
  place.abort();
  const result = await running;
  assert.is(result.signal, "SIGTERM");
  assert.is(result.exitCode, 143);
  const took = performance.now() - begun;
  assert.ok(took >= 290 && took < 1000, `the grace of 300 ms took ${took} ms`);
  assert.not.ok(lives(stubborn), "the grandchild that ignores SIGTERM is gone");
});

all("a leader that ignores SIGTERM is killed after the grace", async (make, place) => {
  const pidFile = join(place.folder, "pid");
  const running = sh(make({ graceMs: 200 }), `trap '' TERM; echo $$ > ${pidFile}; while :; do sleep 0.05; done`);
  await eventually(() => pidIn(pidFile));
  place.abort();
  assert.is((await running).signal, "SIGKILL");
});

all("nothing is started after an abort", async (make, place) => {
  place.abort(new ActionFailure("failed", "the step took longer than 5 s"));
  const failure = await failureOf(sh(make(), `touch ${place.folder}/started`));
  assert.is(failure.message, "the step took longer than 5 s");
  assert.throws(() => statSync(join(place.folder, "started")));
});

all("does not wait for a grandchild that holds the output", async (make, place) => {
  const pidFile = join(place.folder, "pid");
  const begun = performance.now();
  const result = await sh(make(), `sleep 30 & echo $! > ${pidFile}; echo said`, { stdin: "x".repeat(400_000) });
  assert.ok(performance.now() - begun < 2000, "it took as long as the grandchild");
  assert.is(result.stdout, "said\n");
  const grandchild = pidIn(pidFile) ?? 0;
  assert.ok(lives(grandchild));
  process.kill(grandchild, "SIGKILL");
});

all("50 MB of output take no room, and a result keeps the first MiB", async (make) => {
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 10);
  const result = await sh(
    make({ onOutput: () => {} }),
    "echo first; yes é0123456789 | head -c 50000000; echo last >&2",
  );
  clearInterval(timer);
  assert.is(result.exitCode, 0);
  assert.ok(result.truncated);
  assert.ok(result.stdout.startsWith("first\né0123456789\n"));
  assert.ok(Buffer.byteLength(result.stdout) > 1024 * 1024 - 4 && Buffer.byteLength(result.stdout) <= 1024 * 1024);
  assert.not.ok(result.stdout.includes("�"), "the cut went through a character");
  assert.is(result.stderr, "last\n");
  assert.ok(most - before < 40_000_000, `grew by ${most - before} bytes`);
});

all("tells the last lines while it runs", async (make) => {
  const told: string[][] = [];
  const script =
    "echo one; sleep 0.25; printf '\\033[31mtwo\\033[0m\\n10%%\\r20%%\\r'; sleep 0.25; echo; yes x | head -c 1000 | tr -d '\\n'; sleep 0.25";
  await sh(make({ onOutput: (lines) => told.push(lines) }), script);
  assert.equal(told[0], ["one"]);
  assert.equal(told[1], ["two", "10%", "20%"].slice(-3));
  assert.is(told.at(-1)?.at(-1), `${"x".repeat(199)}…`);
});

for (const kind of ["files", "masked"] as const) {
  test(`the logs are private, appended to, and only this command's part is the result (${kind})`, async () => {
    const place = await processFolder();
    const first = await sh(place[kind](), "echo one; echo e1 >&2");
    const second = await sh(place[kind](), "echo two");
    assert.is(first.stdout, "one\n");
    assert.is(second.stdout, "two\n");
    assert.is(second.stderr, "");
    assert.is(readFileSync(place.stdout, "utf8"), "one\ntwo\n");
    assert.is(statSync(place.stdout).mode & 0o777, 0o600);
    await place.remove();
  });
}

test("memory writes no file", async () => {
  const place = await processFolder();
  await sh(place.memory(), "echo one");
  assert.throws(() => statSync(place.stdout));
  await place.remove();
});

test("a log that can't be opened starts nothing", async () => {
  const place = await processFolder();
  const started = join(place.folder, "started");
  const to = (stdout: string) => place.files({ output: { kind: "files", stdout, stderr: place.stderr } });
  const missing = await failureOf(to(join(place.folder, "no/out.log")).run({ argv: ["touch", started] }));
  assert.is(missing.kind, "failed");
  assert.match(missing.message, /its folder is missing\), so nothing was started$/);
  if (process.getuid?.() !== 0) {
    const locked = join(place.folder, "locked");
    mkdirSync(locked);
    chmodSync(locked, 0o500);
    assert.match((await failureOf(to(join(locked, "o")).run({ argv: ["touch", started] }))).message, /no permission/);
  }
  assert.throws(() => statSync(started));
  await place.remove();
});

const mounts = await canMount();
if (!mounts) console.log("SKIP a full disk needs a file system of its own, which this user may not mount");

(mounts ? test : test.skip)("a full disk starts nothing", async () => {
  const place = await processFolder();
  const full = join(place.folder, "full");
  const disk = await smallDisk(full);
  execFileSync("mount", ["-o", "remount,nr_inodes=2", full], { stdio: "ignore" });
  writeFileSync(join(full, "last"), "");
  const log = { kind: "files", stdout: join(full, "out"), stderr: join(full, "err") } as const;
  const failure = await failureOf(place.files({ output: log }).run({ argv: ["touch", join(place.folder, "started")] }));
  disk.unmount();
  assert.is(failure.kind, "failed");
  assert.match(failure.message, /full\/out can't be opened \(the disk is full\), so nothing was started$/);
  assert.throws(() => statSync(join(place.folder, "started")));
  await place.remove();
});

test("a child goes on writing its log after belay was killed with -9", async () => {
  const place = await processFolder();
  const pidFile = join(place.folder, "pid");
  const program = join(place.folder, "program.mjs");
  const source = new URL("../../src/host/local-processes.ts", import.meta.url).href;
  const script = `echo $$ > ${pidFile}; for i in 1 2 3 4 5 6 7 8 9 10; do echo line $i; sleep 0.1; done; echo through`;
  const options = {
    runId: "k7",
    stepKey: "load",
    cwd: place.folder,
    output: { kind: "files", stdout: place.stdout, stderr: place.stderr },
  };
  writeFileSync(
    program,
    `import { localProcesses } from ${JSON.stringify(source)};
     const options = { ...${JSON.stringify(options)}, signal: new AbortController().signal };
     await localProcesses(options).run({ argv: ["bash", "-c", ${JSON.stringify(script)}] });`,
  );
  const tsx = import.meta.resolve("tsx");
  const belay = spawn(process.execPath, ["--import", tsx, program], { stdio: "ignore" });
  const child = await eventually(() => pidIn(pidFile), 20_000);
  belay.kill("SIGKILL");
  await eventually(() => belay.signalCode === "SIGKILL");
  const atDeath = readFileSync(place.stdout, "utf8");
  assert.not.ok(atDeath.includes("through"), "the child was through too early for this test");
  await eventually(() => !lives(child));
  assert.match(readFileSync(place.stdout, "utf8"), /line 10\nthrough\n$/);
  await place.remove();
});

test("another's lines before it do not count, even when the log grows meanwhile", async () => {
  const place = await processFolder();
  appendFileSync(place.stdout, "x".repeat(3_000_000));
  const told: string[][] = [];
  const running = sh(place.files({ onOutput: (lines) => told.push(lines) }), "echo mine; sleep 0.3");
  await sleep(10);
  const result = await running;
  assert.is(result.stdout, "mine\n");
  assert.equal(told, [["mine"]]);
  await place.remove();
});

test.run();
