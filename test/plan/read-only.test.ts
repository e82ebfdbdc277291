import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { catalog } from "../../src/actions/catalog.ts";
import { belay } from "../support/belay-process.ts";
import { everythingRunbook, prepareWork } from "../support/crash-runbook.ts";
import { worldOf } from "../support/crash-world.ts";
import { type EffectServer, effectServer } from "../support/effect-server.ts";
import {
  type SystemCall,
  startedPrograms,
  straceArguments,
  systemCalls,
  writingCalls,
} from "../support/system-calls.ts";

// A preview changes nothing: proven by every system call that it and its children make.
const tracing = spawnSync("strace", ["-V"]).status === 0;
const traced = tracing ? test : test.skip;
if (!tracing) console.log("SKIP strace is not installed");

/** Steps of every kind, those that hold others too. */
const runbookText = everythingRunbook.replace(
  "\nsteps:\n",
  `
connections: { here: { host: {} } }
steps:
  - { id: long, uses: job.run, with: { argv: [touch, from-a-job] } }
  - id: together
    parallel: true
    steps:
      - { id: one, on: here, uses: files.write, with: { path: /nowhere/of/belay, content: x } }
      - { id: two, uses: exec, with: { argv: [touch, from-a-group] } }
  - { id: each, forEach: [a, b], concurrency: 2, uses: files.write, with: { path: "each-\${{ each.key }}", content: x } }
`,
);

let folder: string;
let work: string;
let server: EffectServer;

test.before(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "belay-read-only-")));
  work = join(folder, "work");
  writeFileSync(join(folder, "all.yaml"), runbookText);
  mkdirSync(work);
  prepareWork(work);
  server = await effectServer();
});
test.after(async () => {
  rmSync(folder, { recursive: true, force: true });
  await server.close();
});

async function plan(...options: string[]): Promise<{ calls: SystemCall[]; stdout: string }> {
  const log = join(folder, "strace.log");
  const home = join(folder, "home");
  const args = ["plan", join(folder, "all.yaml"), "-i", `url=${server.url}/k`, ...options];
  const { code, stdout, stderr } = await belay(args, { home, cwd: work, under: straceArguments(log) });
  assert.is(code, 0, stderr + stdout);
  assert.not(existsSync(home), "no folder for runs was made");
  const calls = systemCalls(log);
  assert.ok(calls.length > 100, "strace has seen nothing");
  return { calls, stdout };
}

test("the runbook of this test uses every action", () => {
  for (const name of catalog.names) assert.match(runbookText, `uses: ${name}`);
});

traced("what would be seen, is: each kind of change shows in a trace", async () => {
  const log = join(folder, "writes.log");
  const script =
    "import fs from 'node:fs'; const f = process.argv[1] + '/probe'; fs.writeFileSync(f, 'x'); fs.appendFileSync(f, 'y'); fs.chmodSync(f, 0o600); fs.renameSync(f, f + 2); fs.mkdirSync(f); fs.rmdirSync(f); fs.symlinkSync('x', f); fs.rmSync(f); fs.truncateSync(f + 2, 0); fs.utimesSync(f + 2, 1, 1); fs.rmSync(f + 2);";
  const node = [process.execPath, "--input-type=module", "-e", script, folder];
  const [program = "", ...rest] = [...straceArguments(log), ...node];
  assert.is(spawnSync(program, rest).status, 0);
  const seen = writingCalls(systemCalls(log)).join("\n");
  for (const name of [
    "openat",
    "write",
    "chmod",
    "rename",
    "mkdir",
    "rmdir",
    "symlink",
    "unlink",
    "ftruncate",
    "utimensat",
  ])
    assert.match(seen, new RegExp(`^\\d+ +p?${name}`, "m"));
});

traced("a preview of every action writes nothing, and starts only what looks", async () => {
  const before = [...worldOf(work, "none")];
  const { calls, stdout } = await plan();
  assert.equal(writingCalls(calls), []);
  assert.equal([...worldOf(work, "none")], before, "the same files, down to inode and time");
  assert.is(server.counts("k").size, 0, "no POST was sent");
  assert.match(stdout, "preflight");
  const looks = [/^test -d seed$/, /^bash -euo pipefail -c test ! -e effects$/, /^grep -c \^\w+\$ effects$/];
  const programs = startedPrograms(calls).map((argv) => argv.join(" "));
  const others = programs.slice(1).filter((line) => !looks.some((look) => look.test(line)));
  assert.equal(others, []);
  for (const look of looks)
    assert.ok(
      programs.some((line) => look.test(line)),
      `${look} did not run`,
    );
  assert.ok(
    calls.some(({ name, line }) => name === "connect" && line.includes("AF_INET")),
    "GET requests are looks, too",
  );
});

traced("an offline preview does not even look: no file of the target, no program, no connection", async () => {
  const { calls } = await plan("--offline");
  assert.equal(writingCalls(calls), []);
  assert.is(startedPrograms(calls).length, 1, "only belay itself");
  const touched = calls.filter(
    ({ name, line }) => line.includes(`"${work}/`) || (name === "connect" && line.includes("AF_INET")),
  );
  assert.equal(
    touched.map(({ line }) => line),
    [],
  );
});

test.run();
