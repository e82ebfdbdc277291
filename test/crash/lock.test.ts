import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { LockHolder } from "../../src/journal/lock.ts";
import { readJournal } from "../../src/journal/read-journal.ts";
import { startBelay } from "../support/belay-process.ts";
import { type Lab, type Life, openLab, type Scenario } from "../support/crash-lab.ts";
import { eventually } from "../support/process-folder.ts";

// One process a run, whoever else wants it, and however the last one ended.
const scenario: Scenario = {
  name: "lock",
  runbook: `apiVersion: belay/v1
name: lock
title: Locks
inputs: { url: { type: string } }
steps:
  - id: gate
    uses: exec
    with: { argv: [test, -e, open] }
    repeatable: true
  - id: slow
    uses: shell
    with: { script: "echo slow >> effects; sleep 0.6" }
  - { id: last, uses: shell, with: { script: "echo last >> effects" } }
`,
  prepare: () => {},
  answers: [],
};

let lab: Lab;
test.before(async () => {
  lab = await openLab();
});
test.after(() => lab.close());

/** A run that stopped at its first step, with the way on open now. */
async function paused(): Promise<Life> {
  const life = lab.life(scenario);
  assert.is((await life.start({})).code, 1);
  writeFileSync(join(life.work, "open"), "");
  return life;
}

const lockOf = (life: Life) => join(life.home, "runs", life.run() as string, "lock");

/** Puts a lock there, as if its holder had written it. */
function hold(life: Life, holder: Partial<LockHolder>): void {
  const whole = { host: hostname(), user: "ana", pid: 1, at: "2026-11-21T03:02:00.000Z", ...holder };
  writeFileSync(lockOf(life), JSON.stringify(whole));
}

function tookOver(life: Life): string[] {
  return life
    .records()
    .flatMap(({ event }) => (event.type === "run-resumed" && event.tookOver ? [event.tookOver] : []));
}

/** The number of a process that has just ended. */
function deadPid(): number {
  return Number(execFileSync("bash", ["-c", "echo $$"], { encoding: "utf8" }));
}

const startTicks = (pid: number) => {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] as string;
};
const boot = () => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();

test("two processes resume one run: one works, the other says who holds it and does nothing", async () => {
  for (let round = 0; round < 3; round++) {
    const life = await paused();
    const both = await Promise.all([life.resume(), life.resume()]);
    const codes = both.map(({ code }) => code).sort();
    assert.equal(codes, [0, 5], both.map(({ stderr }) => stderr).join());
    const loser = both.find(({ code }) => code === 5);
    assert.match(loser?.stderr ?? "", /the run is held by process \d+ of .* on .* since .*\n {2}nothing was done/);
    assert.equal(
      [...life.effects()],
      [
        ["slow", 1],
        ["last", 1],
      ],
    );
    assert.not(existsSync(lockOf(life)), "the lock is gone after the run");
    life.remove();
  }
});

test("two runs of one runbook at the same time know nothing of each other", async () => {
  const [one, two] = [lab.life(scenario), lab.life(scenario)];
  for (const life of [one, two]) writeFileSync(join(life.work, "open"), "");
  const home = one.home;
  const started = [one, two].map((life) => {
    const runbook = resolve(life.work, "../runbook.yaml");
    return startBelay(["run", runbook, "-i", "url=x", "--yes", "--output", "ndjson"], { home, cwd: life.work });
  });
  const ended = await Promise.all(started.map((each) => each.ended));
  assert.equal(
    ended.map(({ code }) => code),
    [0, 0],
  );
  const runs = readdirSync(join(home, "runs"));
  assert.is(runs.length, 2);
  for (const run of runs)
    assert.is(readJournal(join(home, "runs", run, "journal.ndjson")).records.at(-1)?.event.type, "run-finished");
  for (const life of [one, two])
    assert.equal(
      [...life.effects()],
      [
        ["slow", 1],
        ["last", 1],
      ],
    );
  for (const life of [one, two]) life.remove();
});

test("a live holder keeps its run", async () => {
  const life = lab.life({ ...scenario, runbook: scenario.runbook.replace("sleep 0.6", "sleep 2") });
  writeFileSync(join(life.work, "open"), "");
  const first = life.start({});
  await eventually(() => life.effects().get("slow") === 1);
  const second = await life.resume();
  assert.is(second.code, 5);
  assert.is((await first).code, 0);
  assert.equal(
    [...life.effects()],
    [
      ["slow", 1],
      ["last", 1],
    ],
  );
  life.remove();
});

test("whoever gets the lock just when the run came to its end finds it over, and leaves it so", async () => {
  const life = lab.life(scenario);
  writeFileSync(join(life.work, "open"), "");
  const first = life.start({});
  await eventually(() => life.effects().get("slow") === 1);
  const others: ReturnType<Life["resume"]>[] = [];
  let over = false;
  void first.then(() => {
    over = true;
  });
  for (let tries = 0; tries < 40 && !over; tries++) {
    others.push(life.resume());
    await new Promise((done) => setTimeout(done, 25));
  }
  assert.is((await first).code, 0);
  const codes = (await Promise.all(others)).map(({ code }) => code);
  assert.equal([...new Set(codes)], [5], `${codes.length} others`);
  assert.is(life.records().at(-1)?.event.type, "run-finished");
  assert.equal(
    [...life.effects()],
    [
      ["slow", 1],
      ["last", 1],
    ],
  );
  life.remove();
});

test("a holder that was killed is taken over, and the journal says so", async () => {
  const life = await paused();
  const { child, ended } = startBelay(["resume", life.run() as string, "--yes"], { home: life.home, cwd: life.work });
  await eventually(() => life.effects().get("slow") === 1);
  child.kill("SIGKILL");
  await ended;
  assert.ok(existsSync(lockOf(life)));
  const { code } = await life.resume("--decide", "slow=done", "--why", "saw it", "--evidence", "the effects");
  assert.is(code, 0);
  assert.is(tookOver(life).length, 1);
  assert.match(tookOver(life)[0] as string, new RegExp(`process ${child.pid} .*which is gone`));
  assert.equal(
    [...life.effects()],
    [
      ["slow", 1],
      ["last", 1],
    ],
  );
  life.remove();
});

test("a dead holder that many want at once is taken over by exactly one", async () => {
  const life = await paused();
  hold(life, { pid: deadPid(), boot: boot() });
  const all = await Promise.all([1, 2, 3, 4].map(() => life.resume()));
  assert.equal(all.map(({ code }) => code).sort(), [0, 5, 5, 5]);
  assert.equal(
    [...life.effects()],
    [
      ["slow", 1],
      ["last", 1],
    ],
  );
  life.remove();
});

test("a holder on another machine: nobody here can know, so only --take-over helps", async () => {
  const life = await paused();
  hold(life, { host: "elsewhere.example", pid: process.pid });
  const refused = await life.resume();
  assert.is(refused.code, 5);
  assert.match(
    refused.stderr,
    /process \d+ of ana on elsewhere\.example since 2026-11-21T03:02:00\.000Z.*nobody can tell/,
  );
  assert.match(refused.stderr, "--take-over");
  assert.is(life.effects().size, 0);
  assert.is((await life.resume("--take-over")).code, 0);
  assert.match(tookOver(life)[0] as string, /elsewhere\.example.*on the operator's word/);
  life.remove();
});

test("--take-over does not help against a holder that lives here", async () => {
  const life = await paused();
  hold(life, { pid: process.pid, started: startTicks(process.pid), boot: boot() });
  const { code, stderr } = await life.resume("--take-over");
  assert.is(code, 5);
  assert.match(stderr, `process ${process.pid} of ana`);
  life.remove();
});

test("a number that was given to another process since is not taken for the holder", async () => {
  const life = await paused();
  const other = spawn("sleep", ["30"], { stdio: "ignore" });
  hold(life, { pid: other.pid as number, started: "1", boot: boot() });
  assert.is((await life.resume()).code, 0);
  assert.is(tookOver(life).length, 1);
  other.kill("SIGKILL");
  life.remove();
});

test("a holder from before the machine was started again is dead, whatever has its number now", async () => {
  const life = await paused();
  hold(life, { pid: process.pid, boot: "00000000-0000-0000-0000-000000000000" });
  assert.is((await life.resume()).code, 0);
  assert.is(tookOver(life).length, 1);
  life.remove();
});

test("a lock that says nothing is not guessed about", async () => {
  const life = await paused();
  writeFileSync(lockOf(life), "");
  assert.is((await life.resume()).code, 5);
  assert.is((await life.resume("--take-over")).code, 0);
  life.remove();
});

test("a run that somebody took over while it works is let go of: its step is ended, and nothing more is written", async () => {
  const life = lab.life({
    ...scenario,
    runbook: scenario.runbook.replace(
      "sleep 0.6",
      "for i in 1 2 3 4 5 6 7 8; do sleep 0.5; done; echo late >> effects",
    ),
  });
  writeFileSync(join(life.work, "open"), "");
  const { child, ended } = life.begin();
  await eventually(() => life.effects().get("slow") === 1);
  // What --take-over on another machine does to the lock of a process that it can't see.
  const holder = JSON.parse(readFileSync(lockOf(life), "utf8")) as LockHolder;
  writeFileSync(lockOf(life), JSON.stringify({ ...holder, host: "ops-2", pid: 4711 }));
  const records = life.records().length;
  const { code, stdout, stderr } = await ended;
  assert.is(child.signalCode, null);
  assert.is(code, 1, stdout + stderr);
  assert.match(stdout, /another belay has taken the run over/);
  assert.is(life.records().length, records);
  assert.is(life.effects().get("late") ?? 0, 0);
  assert.is(JSON.parse(readFileSync(lockOf(life), "utf8")).host, "ops-2", "the lock is not ours to take away");
  life.remove();
});

test("many processes after a dead lock, over and over: never two at once", async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "belay-lock-")));
  const taker = join(import.meta.dirname, "../fixtures/lock-taker.ts");
  const rounds = 40;
  const takers = [1, 2, 3, 4].map(() => {
    const child = spawn(process.execPath, ["--import", "tsx", taker, folder, String(rounds)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let out = "";
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk;
    });
    return new Promise<string>((done) => child.once("exit", () => done(out)));
  });
  const said = (await Promise.all(takers)).join("");
  rmSync(folder, { recursive: true, force: true });
  const taken = said.split("\n").filter((line) => line.startsWith("took")).length;
  assert.is(said.split("\n").filter((line) => line.startsWith("two")).length, 0, said);
  console.log(`${taken} locks were taken in ${rounds} rounds of 4 processes`);
  assert.ok(taken >= rounds);
});

test.run();
