import { existsSync, mkdirSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ActionFailure } from "../../../src/action/failure.ts";
import { execAction } from "../../../src/actions/process/exec.ts";
import { shellAction } from "../../../src/actions/process/shell.ts";
import { localProcesses } from "../../../src/host/local-processes.ts";
import type { Json, JsonObject } from "../../../src/schema/json.ts";
import { actionContext, type TestContext } from "../../support/action-context.ts";
import { failureOf } from "../../support/failure-of.ts";
import { eventually } from "../../support/process-folder.ts";

async function inContext(check: (context: TestContext) => Promise<void>): Promise<void> {
  const context = await actionContext();
  const { signal, work } = context;
  const processes = localProcesses({
    runId: "k7",
    stepKey: "x",
    cwd: work,
    signal,
    graceMs: 200,
    output: { kind: "memory" },
  });
  try {
    await check({ ...context, processes });
  } finally {
    await context.remove();
  }
}

const run = async (script: string, context: TestContext, more: JsonObject = {}) =>
  (await shellAction.run({ script, ...more }, context)) as JsonObject;

test("exec gives what the program printed, and its lines", () =>
  inContext(async (context) => {
    mkdirSync(context.path("below"));
    const input: Json = {
      argv: ["bash", "-c", 'printf "$A %s\\n\\n$PWD\\n" "$0"', "b c"],
      env: { A: 7 },
      cwd: "below",
    };
    const result = (await execAction.run(input, context)) as JsonObject;
    assert.equal(result["lines"], ["7 b c", "", context.path("below")]);
    assert.is(result["exitCode"], 0);
    assert.is(result["truncated"], false);
    const cat = (await execAction.run({ argv: ["cat"], stdin: "1\r\n2" }, context)) as JsonObject;
    assert.equal(cat["lines"], ["1", "2"]);
    assert.equal(((await execAction.run({ argv: ["true"] }, context)) as JsonObject)["lines"], []);
  }));

test("exec starts no shell", () =>
  inContext(async (context) => {
    const result = (await execAction.run({ argv: ["echo", "$HOME", ";", "*", 5] }, context)) as JsonObject;
    assert.is(result["stdout"], "$HOME ; * 5\n");
  }));

test("exec fails on another exit code, with what was printed last", () =>
  inContext(async (context) => {
    const argv = ["/bin/bash", "-c", "seq 20 >&2; echo out; exit 3"];
    const failure = await failureOf(execAction.run({ argv }, context));
    assert.is(failure.kind, "failed");
    assert.is(failure.message, "bash ended with exit code 3");
    assert.equal(failure.details, ["11", "12", "13", "14", "15", "16", "17", "18", "19", "20"]);
    const quiet = await failureOf(execAction.run({ argv: ["bash", "-c", "echo only out; exit 1"] }, context));
    assert.equal(quiet.details, ["only out"]);
    const wanted = (await execAction.run({ argv, exitCodes: [0, 3] }, context)) as JsonObject;
    assert.is(wanted["exitCode"], 3);
    assert.is(
      (await failureOf(execAction.run({ argv: ["true"], exitCodes: [3] }, context))).message,
      "true ended with exit code 0",
    );
  }));

test("a probe answers whatever the exit code, and the judge applies it", () =>
  inContext(async (context) => {
    const input: Json = { argv: ["bash", "-c", "echo x; exit 2"], exitCodes: [0, 1] };
    const found = (await execAction.probe?.(input, context)) as JsonObject;
    assert.is(found["exitCode"], 2);
    assert.throws(
      () => execAction.judge?.(input, found),
      (error: unknown) => error instanceof ActionFailure && error.kind === "failed",
    );
    execAction.judge?.({ ...input, exitCodes: [2] }, found);
    const script = (await shellAction.probe?.({ script: "exit 4" }, context)) as JsonObject;
    assert.is(script["exitCode"], 4);
    assert.throws(() => shellAction.judge?.({ script: "exit 4" }, script), /^the script ended with exit code 4$/);
  }));

test("a program that is not there is wrong input", () =>
  inContext(async (context) => {
    const failure = await failureOf(execAction.run({ argv: ["belay-no-such-program"] }, context));
    assert.is(failure.kind, "wrong-input");
    assert.is((await failureOf(execAction.probe?.({ argv: ["true"], cwd: "missing" }, context))).kind, "wrong-input");
  }));

test("shell stops at the first failure, in a pipe, and at an unset variable", () =>
  inContext(async (context) => {
    for (const script of ["false; echo on", "false | cat; echo on", 'echo "$BELAY_NOT_SET"; echo on']) {
      const failure = await failureOf(run(script, context));
      assert.is(failure.kind, "failed");
      assert.not.ok(failure.details.includes("on"), script);
    }
  }));

test("shell gets values through variables, and nothing in them is code", () =>
  inContext(async (context) => {
    const value = "'; touch pwned; $(touch pwned) \"";
    const result = await run('printf %s "$VALUE"', context, { env: { VALUE: value } });
    assert.is(result["stdout"], value);
    assert.not.ok(existsSync(context.path("pwned")));
  }));

test("some exit codes are explained", () =>
  inContext(async (context) => {
    const missing = await failureOf(run("belay-no-such-program", context));
    assert.is(missing.message, "the script ended with exit code 127 (usually: a command was not found)");
    assert.match((await failureOf(run("kill -9 $$", context))).message, /137 \(usually: killed, SIGKILL; .*memory/);
  }));

test("a change that is ended half-way is in doubt, whatever its exit code", () =>
  inContext(async (context) => {
    const script = "trap 'echo cleaned; exit 0' TERM; touch ready; while :; do sleep 0.05; done";
    const failing = failureOf(run(script, context, { cwd: context.work }));
    await eventually(() => existsSync(context.path("ready")));
    context.abort();
    const failure = await failing;
    assert.is(failure.kind, "in-doubt");
    assert.is(failure.message, "the script was ended before it was through; what it did until then is not known");
    assert.ok(failure.details.length > 0, "what was printed last is shown");
  }));

test("a look that is ended half-way has failed", () =>
  inContext(async (context) => {
    const failing = failureOf(shellAction.probe?.({ script: "touch ready; sleep 30" }, context));
    await eventually(() => existsSync(context.path("ready")));
    context.abort();
    assert.is((await failing).kind, "failed");
  }));

test.run();
