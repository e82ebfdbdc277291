import { mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { environmentOf } from "../../src/cli/environment.ts";
import { processIo } from "../../src/cli/io.ts";
import { takeTurn } from "../../src/cli/turn.ts";
import { startableJob } from "../../src/host/start-job.ts";
import { makeRunFolder } from "../../src/journal/run-folder.ts";
import { allSteps } from "../../src/runbook/walk.ts";
import { runbookOf, stepsOf } from "../support/engine.ts";

const runbook = await runbookOf(stepsOf("- { id: a, uses: shell, with: { script: 'true' } }"));

test("a folder of the PATH that can't be entered has no programs, and the next one is looked at", async () => {
  const folder = mkdtempSync(join(tmpdir(), "belay-path-"));
  symlinkSync("loop", join(folder, "loop"));
  const path = `${join(folder, "loop")}:${process.env["PATH"]}`;
  const { programs } = environmentOf({ ...processIo(), env: { PATH: path } }, allSteps(runbook), folder);
  assert.match(programs["bash"]?.path ?? "", /bash$/);
  const job = startableJob("k", { logs: folder, cwd: folder, signal: new AbortController().signal });
  assert.is(await job.start({ argv: ["true"], env: { PATH: path } }), "started");
  assert.is((await job.wait(20)).exitCode, 0);
  rmSync(folder, { recursive: true });
});

test("what fails before the first record leaves no run", async () => {
  const home = mkdtempSync(join(tmpdir(), "belay-turn-"));
  const folder = makeRunFolder(home);
  let failure: unknown;
  try {
    await takeTurn({
      io: { ...processIo(), cwd: home },
      runbook,
      folder,
      options: { yes: true, output: "ndjson" },
      start: { file: "r.yaml", inputs: {} },
      adopt: async () => {
        throw new Error("not today");
      },
      work: async () => ({ state: "done" }),
    });
  } catch (error) {
    failure = error;
  }
  assert.match(String(failure), "not today");
  assert.equal(readdirSync(join(home, "runs")), []);
  rmSync(home, { recursive: true });
});

test.run();
