import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Processes } from "../../src/action/processes.ts";
import { makeMasker } from "../../src/secret/masker.ts";
import { eventually, lives, pidIn, processFolder } from "../support/process-folder.ts";
import { canMount, smallDisk } from "../support/small-disk.ts";

// The environment is read once, before the first program.
process.env["BELAY_TEST_PASSWORD"] = "hunter22";
process.env["BELAY_TEST_OTHER"] = "other";

const sh = (processes: Processes, script: string, more = {}) =>
  processes.run({ argv: ["bash", "-c", script], ...more });

test("a secret that a program prints, in pieces too, is in no log, result or shown line", async () => {
  const place = await processFolder();
  const told: string[] = [];
  const script = "printf 'a hun'; sleep 0.3; echo ter22 b; echo aHVudGVyMjI= >&2; sleep 0.3; printf '\\xff hunter2'";
  const result = await sh(place.masked({ onOutput: (lines) => told.push(...lines) }), script);
  assert.is(result.stdout, "a *** b\n\ufffd hunter2");
  assert.is(result.stderr, "***\n");
  assert.equal(readFileSync(place.stdout), Buffer.from("a *** b\n\xff hunter2", "latin1"));
  assert.ok(told.includes("a *** b"), told.join("|"));
  assert.not.match(told.join("\n"), /hunter22|aHVudGVyMjI/);
  await place.remove();
});

test("memory is masked too, and each stream of each program has a mask of its own", async () => {
  const place = await processFolder();
  const mask = () => makeMasker({ password: "hunter22" }).stream();
  const processes = place.memory({ mask });
  const first = await sh(processes, "printf hun; printf 'ter22' >&2");
  assert.equal([first.stdout, first.stderr], ["hun", "ter22"]);
  assert.is((await sh(processes, "printf ter22")).stdout, "ter22");
  assert.is((await sh(processes, "printf hunter22")).stdout, "***");
  await place.remove();
});

for (const kind of ["files", "masked", "memory"] as const) {
  test(`hidden variables are not inherited, but a command can have them (${kind})`, async () => {
    const place = await processFolder();
    const processes = place[kind]({ hideEnv: ["BELAY_TEST_PASSWORD"] });
    const script = 'echo "${BELAY_TEST_PASSWORD-none} $BELAY_TEST_OTHER"';
    assert.is((await sh(processes, script)).stdout, "none other\n");
    assert.is((await sh(processes, script, { env: { BELAY_TEST_PASSWORD: "given" } })).stdout, "given other\n");
    await place.remove();
  });
}

test("270 MB pass whole through the mask, in little memory", async () => {
  const place = await processFolder();
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 10);
  const script = "yes 'a line with hunter22 in it' | head -c 270000000; echo end";
  const result = await sh(place.masked(), script);
  clearInterval(timer);
  assert.is(result.exitCode, 0);
  assert.ok(result.truncated);
  // 27 bytes a line become 22.
  assert.is(statSync(place.stdout).size, (270_000_000 / 27) * 22 + 4);
  assert.ok(most - before < 60_000_000, `grew by ${most - before} bytes`);
  await place.remove();
});

test("what the program itself wrote is whole, though a grandchild holds the pipe and goes on printing", async () => {
  const place = await processFolder();
  const pidFile = join(place.folder, "pid");
  const script = `(while echo chatter >&2; do sleep 0.05; done) & echo $! > ${pidFile}; yes 0123456 | head -c 4000000; echo end`;
  const begun = performance.now();
  await Promise.race([sh(place.masked(), script), new Promise((resolve) => setTimeout(resolve, 20_000).unref())]);
  const took = performance.now() - begun;
  const grandchild = pidIn(pidFile) ?? 0;
  assert.ok(took < 5_000, `it waited ${took} ms for the grandchild`);
  assert.ok(readFileSync(place.stdout, "utf8").endsWith("0123456\nend\n"));
  await eventually(() => !lives(grandchild), 5000);
  await place.remove();
});

const mounts = await canMount();
if (!mounts) console.log("SKIP a full disk needs a file system of its own, which this user may not mount");

(mounts ? test : test.skip)(
  "a disk that gets full does not end the program, and the result says it is not whole",
  async () => {
    const place = await processFolder();
    const full = join(place.folder, "full");
    const disk = await smallDisk(full);
    const log = { kind: "files", stdout: join(full, "out"), stderr: join(full, "err") } as const;
    const done = join(place.folder, "done");
    const result = await sh(place.masked({ output: log }), `yes | head -c 100000000; touch ${done}`);
    disk.unmount();
    assert.is(result.exitCode, 0);
    assert.ok(result.truncated);
    assert.ok(statSync(done).isFile());
    await place.remove();
  },
);

test.run();
