import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Plan } from "../../src/plan/plan.ts";
import { belay, type Ended } from "../support/belay-process.ts";
import { httpServer } from "../support/http-servers.ts";

// Every example is validated, planned and run as a user would, by the built program.

const examples = resolve(import.meta.dirname, "../../examples");
const names = readdirSync(examples).filter((file) => file.endsWith(".yaml"));

interface StepStatus {
  readonly id: string;
  readonly status: string;
}

interface Place {
  readonly folder: string;
  path(name: string): string;
  belay(...args: string[]): Promise<Ended>;
  /** States of the steps, by id, as `plan` sees them now. */
  plan(example: string, inputs: readonly string[]): Promise<{ [id: string]: string }>;
}

async function inFolder(work: (place: Place) => Promise<void>): Promise<void> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "belay-examples-")));
  const run = (args: readonly string[]) => belay(args, { home: join(folder, "home"), cwd: folder });
  try {
    await work({
      folder,
      path: (name) => join(folder, name),
      belay: (...args) => run(args),
      async plan(example, inputs) {
        const planned = await run(["plan", example, ...inputs, "--output", "json"]);
        const plan = JSON.parse(planned.stdout) as Plan;
        return Object.fromEntries(plan.steps.map((step) => [step.id, step.state]));
      },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const inputsOf = (values: { readonly [name: string]: string }) =>
  Object.entries(values).flatMap(([name, value]) => ["-i", `${name}=${value}`]);

const example = (name: string) => join(examples, name);

test("every example is valid, without a warning, and reads as a document", async () => {
  await inFolder(async ({ belay }) => {
    assert.ok(names.length >= 4);
    for (const name of names) {
      const validated = await belay("validate", example(name));
      assert.is(validated.code, 0, validated.stderr);
      assert.is(validated.stderr, "");
      const shown = await belay("show", example(name));
      assert.is(shown.code, 0, shown.stderr);
    }
  });
});

test("rotate-config replaces the file, keeps the old one, and finds nothing to do the second time", async () => {
  await inFolder(async ({ path, belay, plan }) => {
    writeFileSync(path("new.conf"), "level = 2\n");
    writeFileSync(path("app.conf"), "level = 1\n", { mode: 0o640 });
    const inputs = inputsOf({ new: "new.conf", live: "app.conf", reload: `touch,${path("reloaded")}` });
    const planned = await plan(example("rotate-config.yaml"), inputs);
    assert.is(planned["keep"], "change");
    assert.is(planned["replace"], "unforeseeable");
    assert.is(readFileSync(path("app.conf"), "utf8"), "level = 1\n");
    const run = await belay("run", example("rotate-config.yaml"), ...inputs, "--yes");
    assert.is(run.code, 0, run.stdout + run.stderr);
    assert.is(readFileSync(path("app.conf"), "utf8"), "level = 2\n");
    assert.ok(existsSync(path("reloaded")));
    const kept = readdirSync(path(".")).filter((name) => /^app\.conf\.[a-z0-9]{5}$/.test(name));
    assert.is(kept.length, 1);
    assert.is(readFileSync(path(kept[0] as string), "utf8"), "level = 1\n");
    assert.is((await belay("run", example("rotate-config.yaml"), ...inputs, "--yes")).code, 0);
    const status = JSON.parse((await belay("status", "--output", "json")).stdout) as { steps: StepStatus[] };
    assert.is(status.steps.find((step) => step.id === "replace")?.status, "already-done");
  });
});

test("rotate-config without an agreement changes nothing", async () => {
  await inFolder(async ({ path, belay }) => {
    writeFileSync(path("new.conf"), "level = 2\n");
    writeFileSync(path("app.conf"), "level = 1\n");
    const run = await belay("run", example("rotate-config.yaml"), ...inputsOf({ new: "new.conf", live: "app.conf" }));
    assert.is(run.code, 3, run.stdout + run.stderr);
    assert.is(readFileSync(path("app.conf"), "utf8"), "level = 1\n");
  });
});

test("restore-directory verifies, unpacks and swaps, and keeps the old directory", async () => {
  await inFolder(async ({ folder, path, belay, plan }) => {
    mkdirSync(path("source/conf"), { recursive: true });
    writeFileSync(path("source/conf/app.conf"), "good\n");
    execFileSync("tar", ["-czf", "app.tar.gz", "-C", "source", "."], { cwd: folder });
    writeFileSync(path("app.sha256"), execFileSync("sha256sum", ["app.tar.gz"], { cwd: folder }));
    mkdirSync(path("app"));
    writeFileSync(path("app/broken"), "bad\n");
    const inputs = inputsOf({ archive: "app.tar.gz", checksum: "app.sha256", directory: "app" });
    const planned = await plan(example("restore-directory.yaml"), inputs);
    assert.is(planned["archive_is_whole"], "looked");
    assert.is(planned["unpack"], "change");
    const run = await belay("run", example("restore-directory.yaml"), ...inputs, "--yes");
    assert.is(run.code, 0, run.stdout + run.stderr);
    assert.is(readFileSync(path("app/conf/app.conf"), "utf8"), "good\n");
    const left = readdirSync(folder).filter((name) => name.startsWith("app."));
    assert.is(left.filter((name) => name.startsWith("app.old.")).length, 1);
    assert.is(left.filter((name) => name.includes("staged")).length, 0);
  });
});

test("restore-directory stops at an archive that is not the one that was written down", async () => {
  await inFolder(async ({ folder, path, belay }) => {
    mkdirSync(path("source"));
    writeFileSync(path("source/a"), "a\n");
    execFileSync("tar", ["-czf", "app.tar.gz", "-C", "source", "."], { cwd: folder });
    writeFileSync(path("app.sha256"), `${"0".repeat(64)}  app.tar.gz\n`);
    mkdirSync(path("app"));
    const inputs = inputsOf({ archive: "app.tar.gz", checksum: "app.sha256", directory: "app" });
    const run = await belay("run", example("restore-directory.yaml"), ...inputs, "--yes");
    assert.is(run.code, 1, run.stdout + run.stderr);
    assert.equal(readdirSync(folder).sort(), ["app", "app.sha256", "app.tar.gz", "home", "source"]);
  });
});

test("wait-for-health waits for a server that comes up slowly", async () => {
  let asked = 0;
  const server = await httpServer((_request, response) => {
    asked += 1;
    const state = asked < 3 ? { status: "STARTING" } : { status: "UP", version: "4.2" };
    response.writeHead(asked < 3 ? 503 : 200, { "content-type": "application/json" }).end(JSON.stringify(state));
  });
  try {
    await inFolder(async ({ belay, plan }) => {
      const url = `${server.url}/health`;
      const inputs = inputsOf({ url, patience: "20s", version: "4.2" });
      assert.is((await plan(example("wait-for-health.yaml"), inputs))["healthy"], "waits");
      const run = await belay("run", example("wait-for-health.yaml"), ...inputs, "--yes");
      assert.is(run.code, 0, run.stdout + run.stderr);
      const other = inputsOf({ url, version: "4.3" });
      const wrong = await belay("run", example("wait-for-health.yaml"), ...other, "--yes");
      assert.is(wrong.code, 1);
      assert.match(wrong.stdout + wrong.stderr, "Version 4.2 answers, not 4.3");
    });
  } finally {
    await server.close();
  }
});

test("sign-off waits for a person, and goes on with what the person states", async () => {
  await inFolder(async ({ path, belay, plan }) => {
    const inputs = inputsOf({ environment: "uat", record: "record.txt" });
    assert.is((await plan(example("sign-off.yaml"), inputs))["look"], "by-hand");
    const alone = await belay("run", example("sign-off.yaml"), ...inputs, "--yes");
    assert.is(alone.code, 3, alone.stdout + alone.stderr);
    const answers = ["--answer", "look.nodes=3", "--answer", "look.payment=accepted"];
    const untyped = await belay("resume", ...answers, "--yes");
    assert.is(untyped.code, 3, untyped.stdout + untyped.stderr);
    assert.not(existsSync(path("record.txt")));
    const done = await belay("resume", "--confirm", "sign=uat");
    assert.is(done.code, 0, done.stdout + done.stderr);
    assert.match(readFileSync(path("record.txt"), "utf8"), "nodes: 3");
  });
});

test.run();
