import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { program, startBelay } from "../support/belay-process.ts";
import { eventually } from "../support/process-folder.ts";
import { found, foundBelow, tracesOf } from "../support/secret-hunt.ts";
import { type Env, sh, smallPlace } from "../support/small-place.ts";
import { openTerminal } from "../support/terminal.ts";

const root = mkdtempSync(join(tmpdir(), "belay-odd-"));
test.after(() => rmSync(root, { recursive: true, force: true }));

const place = (name: string, body: object, env: Env = {}) => smallPlace(join(root, name), name, body, env);

test("a job's halves of a secret are not told, and its raw output is gone when a resume is through with it", async () => {
  const script = `printf 'half first-'; sleep 0.5; printf 'value-of-pass end'; echo; echo "$P" >&2; while [ ! -e go ]; do sleep 0.1; done; exit 0`;
  const { at, run, home, cwd, runs } = place(
    "job",
    {
      secrets: { pass: { env: "PASS" }, other: { env: "OTHER" } },
      steps: [
        {
          id: "job",
          uses: "job.run",
          with: { argv: ["sh", "-c", `env; ${script}`], env: { P: "${{ secrets.pass }}" }, every: "30ms" },
        },
        { id: "own", uses: "files.write", with: { path: "own", content: "${{ secrets.other }}" } },
      ],
    },
    { PASS: "first-value-of-pass", OTHER: "some-other-value" },
  );
  const env = { PASS: "first-value-of-pass", OTHER: "some-other-value" };
  const running = startBelay(["run", "r.yaml", "--yes", "--output", "ndjson"], { home, cwd, env });
  let printed = "";
  running.child.stdout?.on("data", (chunk: Buffer) => {
    printed += chunk;
  });
  try {
    await eventually(() => printed.includes("***"), 20_000);
  } finally {
    running.child.kill("SIGKILL");
    await running.ended;
  }
  assert.not.match(printed, "first-v");
  const logs = join(home, "runs", runs()[0] ?? "", "logs");
  const folder = join(logs, readdirSync(logs).find((name) => name.startsWith("job-")) ?? "none");
  assert.is(statSync(folder).mode & 0o777, 0o700);
  writeFileSync(at("go"), "");
  const resumed = await run(["resume", "--yes"]);
  assert.is(resumed.code, 0, resumed.stdout + resumed.stderr);
  const traces = tracesOf({ pass: "first-value-of-pass", other: "some-other-value" });
  assert.equal(
    foundBelow(home, traces, () => false),
    [],
  );
  const out = readFileSync(join(folder, "stdout"), "utf8");
  assert.match(out, "half *** end");
  assert.not.match(out, /^(PASS|OTHER)=/m);
});

test("a secret that is typed at the prompt is seen nowhere, and another run asks again", async () => {
  const { at, home } = place("typed", {
    secrets: { pass: { prompt: "Password of the database" } },
    steps: [
      { id: "write", uses: "files.write", with: { path: join(root, "typed/conf"), content: "${{ secrets.pass }}" } },
      { id: "tell", ...sh('echo "$P"', { P: "${{ secrets.pass }}" }) },
    ],
  });
  const before = process.env["BELAY_HOME"];
  process.env["BELAY_HOME"] = home;
  const terminal = openTerminal([program, "run", at("r.yaml")]);
  try {
    await terminal.until("Password of the database");
    await delay(300);
    for (const key of "typed-%secret+1\r") {
      terminal.type(key);
      await delay(20);
    }
    await terminal.until("Start");
    await delay(300);
    terminal.type("y");
    await delay(100);
    terminal.type("\r");
    await terminal.until("is done");
    assert.is((await terminal.ended()).exitCode, 0);
  } finally {
    terminal.close();
    if (before === undefined) delete process.env["BELAY_HOME"];
    else process.env["BELAY_HOME"] = before;
  }
  const traces = tracesOf({ pass: "typed-%secret+1" });
  assert.equal(found("the terminal", `${terminal.raw()}${terminal.text()}`, traces), []);
  assert.equal(
    foundBelow(home, traces, () => false),
    [],
  );
  assert.is(readFileSync(at("conf"), "utf8"), "typed-%secret+1");
});

test.run();
