import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { jobRun } from "../../../src/actions/job/run.ts";
import type { JsonObject } from "../../../src/schema/json.ts";
import { actionContext } from "../../support/action-context.ts";
import { type Engine, engineFor, runbookOf, stepsOf } from "../../support/engine.ts";
import { failureOf } from "../../support/failure-of.ts";
import { eventually, lives, pidIn, processFolder } from "../../support/process-folder.ts";

const jobs = (engine: Engine) => readdirSync(engine.folder.logs).filter((name) => name.startsWith("job-"));
const step = (script: string, more = "") =>
  stepsOf(`- id: load\n  uses: job.run\n  with: { argv: [bash, -c, ${JSON.stringify(script)}], every: 20ms${more} }`);

test("through the engine: the result, and what is kept", async () => {
  const engine = engineFor(await runbookOf(step("echo one; echo two; echo bad >&2; exit 3", ", exitCodes: [0, 3]")));
  const { end, state } = await engine.turn();
  assert.is(end.state, "done");
  const result = state.steps.get("load")?.result as JsonObject;
  const { startedAt, ...rest } = result;
  assert.equal(rest, {
    exitCode: 3,
    stdout: "one\ntwo\n",
    stderr: "bad\n",
    lines: ["one", "two"],
    truncated: false,
    attached: false,
  });
  assert.ok(Math.abs(Date.parse(String(startedAt)) - Date.now()) < 60_000, String(startedAt));
  const [job = ""] = jobs(engine);
  assert.is(readFileSync(join(engine.folder.logs, job, "status"), "utf8"), "3\n");
  engine.remove();
});

test("a failure on record is over: a retry, and a resume, start it anew", async () => {
  const engine = engineFor(
    await runbookOf(`${step("echo x >> tries; exit 1")}    retry: { attempts: 2, delay: 10ms }\n`),
  );
  const { state } = await engine.turn();
  assert.match(state.steps.get("load")?.message ?? "", "bash ended with exit code 1");
  assert.is(readFileSync(join(engine.home, "tries"), "utf8"), "x\nx\n");
  await engine.turn();
  assert.is(jobs(engine).length, 4);
  engine.remove();
});

test("a time limit ends the job with all that it started, and the step is in doubt", async () => {
  const engine = engineFor(await runbookOf(`${step("sleep 60 & echo $! > child; echo begun; wait")}    timeout: 1s\n`));
  const { end, state } = await engine.turn();
  assert.is(end.state, "paused");
  assert.is(state.steps.get("load")?.status, "in-doubt");
  assert.is(lives(pidIn(join(engine.home, "child")) ?? 0), false);
  const again = await engine.turn();
  assert.is(again.state.steps.get("load")?.status, "in-doubt");
  assert.is(jobs(engine).length, 1);
  engine.remove();
});

async function given() {
  const folder = await processFolder();
  const context = await actionContext({ processes: folder.files({ graceMs: 200 }) });
  const run = (input: JsonObject) => jobRun.run({ every: "20ms", ...input }, context);
  const remove = async () => {
    await context.remove();
    await folder.remove();
  };
  return { folder, context, run, remove };
}

test("what can't be started is said before anything is begun", async () => {
  const { run, folder, remove } = await given();
  assert.match((await failureOf(run({ argv: ["no-such-program"] }))).message, "there is no such program in the PATH");
  assert.match((await failureOf(run({ argv: ["./nothing"] }))).message, "there is no such file");
  assert.match((await failureOf(run({ argv: ["true"], cwd: "/no/folder" }))).message, "the folder does not exist");
  assert.match((await failureOf(run({ argv: [folder.folder] }))).message, "can't be started");
  assert.equal(
    readdirSync(folder.folder).filter((name) => name.startsWith("job-")),
    [],
  );
  const nowhere = await actionContext({ processes: folder.memory() });
  assert.match((await failureOf(jobRun.run({ argv: ["true"] }, nowhere))).message, "can't be kept on this host");
  await nowhere.remove();
  await remove();
});

test("the program's environment comes to it as it was given", async () => {
  const { run, remove } = await given();
  const env = { PATH: "/nowhere", "a.b": "1", IFS: "x", BASH_ENV: "/etc/passwd", NUMBER: 7 };
  const { stdout } = (await run({ argv: ["/usr/bin/env"], env })) as { stdout: string };
  for (const line of ["PATH=/nowhere", "a.b=1", "BASH_ENV=/etc/passwd", "NUMBER=7"])
    assert.ok(stdout.split("\n").includes(line), `${line} in\n${stdout}`);
  assert.not.match(stdout, "belay__");
  await remove();
});

test("signals end it by 128 + number, and a long output is kept by its end", async () => {
  const { run, remove, context } = await given();
  const failure = await failureOf(run({ argv: ["bash", "-c", "kill -SEGV $$"] }));
  assert.match(failure.message, "exit code 139");
  await context.remember("job", null);
  const long = (await run({ argv: ["bash", "-c", "yes é | head -c 3000000; echo end"] })) as JsonObject;
  const stdout = String(long["stdout"]);
  assert.is(long["truncated"], true);
  assert.ok(stdout.endsWith("end\n") && !stdout.includes("\uFFFD"));
  assert.ok(Buffer.byteLength(stdout) > 1024 * 1024 - 4 && Buffer.byteLength(stdout) <= 1024 * 1024);
  await remove();
});

test("secrets are masked in what is kept when it has ended, and hidden variables don't come to it", async () => {
  const folder = await processFolder();
  const shown: string[] = [];
  // Hides every "x", and keeps its last byte back, as a mask may.
  const mask = () => {
    let back = "";
    return {
      push: (chunk: Buffer) => {
        const text = back + chunk.toString("latin1").replaceAll("x", "*");
        back = text.slice(-1);
        return Buffer.from(text.slice(0, -1), "latin1");
      },
      end: () => Buffer.from(back, "latin1"),
    };
  };
  process.env["TEST_HIDDEN"] = "seen";
  const processes = folder.files({ mask, hideEnv: ["TEST_HIDDEN"], onOutput: (lines) => void shown.push(...lines) });
  const context = await actionContext({ processes });
  const script = "echo axb$TEST_HIDDEN; echo xerr >&2; sleep 0.3";
  const result = (await jobRun.run({ argv: ["bash", "-c", script], every: "20ms" }, context)) as JsonObject;
  assert.equal([result["stdout"], result["stderr"]], ["a*b\n", "*err\n"]);
  assert.equal([...new Set(shown)].sort(), ["*err", "a*b"]);
  const [job = ""] = readdirSync(folder.folder).filter((name) => name.startsWith("job-"));
  assert.is(readFileSync(join(folder.folder, job, "stdout"), "utf8"), "a*b\n");
  delete process.env["TEST_HIDDEN"];
  await context.remove();
  await folder.remove();
});

test("two starts with one token: one job", async () => {
  const { folder, remove } = await given();
  const argv = ["bash", "-c", "echo x >> times; sleep 0.3"];
  const work = { argv, cwd: folder.folder };
  const [a, b] = await Promise.all([folder.files().job?.("t"), folder.files().job?.("t")]);
  const how = await Promise.all([a?.start(work), b?.start(work)]);
  assert.equal(how.sort(), ["attached", "started"]);
  assert.is((await a?.wait(20))?.exitCode, 0);
  assert.is(readFileSync(join(folder.folder, "times"), "utf8"), "x\n");
  await remove();
});

test("its watcher killed: the program is waited for, and its end is not known", async () => {
  const { folder, context, run, remove } = await given();
  const work = folder.folder;
  const running = failureOf(run({ argv: ["bash", "-c", "echo $$ > pid; sleep 1; echo > through"], cwd: work }));
  const pid = await eventually(() => pidIn(join(work, "pid")));
  const [job = ""] = readdirSync(work).filter((name) => name.startsWith("job-"));
  const watcher = pidIn(join(work, job, "watcher")) ?? 0;
  assert.ok(watcher !== pid && lives(watcher));
  process.kill(watcher, "SIGKILL");
  const failure = await running;
  assert.is(failure.kind, "in-doubt");
  assert.match(failure.message, "nobody recorded how it ended");
  assert.ok(existsSync(join(work, "through")));
  assert.is(context.recall("job"), null);
  await remove();
});

test("a job that was started and of which nothing is to be found is in doubt, and not started again", async () => {
  const engine = engineFor(await runbookOf(step("echo start >> tries")));
  await engine.turn();
  const lines = readFileSync(engine.folder.journal, "utf8").split("\n");
  const started = lines.findIndex((line) => line.includes('"started":true'));
  assert.not.equal(started, -1);
  writeFileSync(engine.folder.journal, `${lines.slice(0, started + 1).join("\n")}\n`);
  for (const name of jobs(engine)) rmSync(join(engine.folder.logs, name), { recursive: true });
  const { end, events, state } = await engine.turn();
  assert.is(end.state === "paused" && end.reason, "in-doubt");
  assert.match(state.steps.get("load")?.message ?? "", /nothing of it is to be found/);
  const decided = events.find((event) => event.type === "decided");
  assert.is(decided?.type === "decided" && decided.via, "handle");
  assert.is(readFileSync(join(engine.home, "tries"), "utf8"), "start\n");
  const again = await engine.turn();
  assert.is(again.end.state === "paused" && again.end.reason, "in-doubt");
  assert.is(readFileSync(join(engine.home, "tries"), "utf8"), "start\n");
  engine.remove();
});

test("named and never started: it starts; its folder gone while it works: it is waited for, not started", async () => {
  const { folder, context, run, remove } = await given();
  const argv = ["bash", "-c", `echo start >> ${join(folder.folder, "tries")}`];
  await context.remember("job", { token: "never-started", attempt: "load#1" });
  const result = (await run({ argv })) as JsonObject;
  assert.is(result["attached"], false);
  await context.remember("job", { token: "at-work", attempt: "load#1", started: true });
  const atWork = spawn("sleep", ["1"], { env: { ...process.env, BELAY_JOB: "at-work" } });
  const begun = performance.now();
  const failure = await failureOf(run({ argv }));
  assert.is(failure.kind, "in-doubt");
  assert.is(lives(atWork.pid ?? 0), false, `after ${performance.now() - begun} ms`);
  assert.is(readFileSync(join(folder.folder, "tries"), "utf8"), "start\n");
  await remove();
});

test.run();
