import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { belay } from "../support/belay-process.ts";
import { noSshd, type Sshd, startSshd } from "../support/sshd.ts";

const why = noSshd();
if (why !== undefined) console.log(`SKIP all of it: ${why}`);
const test = suite("connection");

let folder: string;
let sshd: Sshd;
const lines = (text: string) => text.split("\n").filter(Boolean);
const recordsOf = (home: string, run: string) =>
  lines(readFileSync(join(home, "runs", run, "journal.ndjson"), "utf8")).map((line) => JSON.parse(line));

test.before(async () => {
  folder = mkdtempSync(join(tmpdir(), "belay-connection-"));
  sshd = await startSshd(join(folder, "sshd"));
});
test.after(async () => {
  await sshd.stop();
  rmSync(folder, { recursive: true, force: true });
});

const runbook = (there: string, more = "") => `apiVersion: belay/v1
name: over-ssh
title: Over ssh
connections:
  db1: { host: { ssh: ${sshd.alias}, config: ${sshd.config} } }
preflight:
  - { id: pre, on: db1, uses: exec, reads: true, with: { argv: [test, -d, ${there}] } }
steps:
  - { id: write, on: db1, uses: files.write, with: { path: ${there}/new.txt, content: "new\\n" } }
  - id: line
    on: db1
    uses: shell
    with: { script: 'echo line >> effects; echo said', cwd: ${there} }
    check: { uses: exec, with: { argv: [grep, -cx, line, ${there}/effects] }, done: "\${{ result.exitCode == 0 }}" }
  - { id: pack, on: db1, uses: archive.create, with: { from: ${there}/tree, to: ${there}/tree.tar.gz } }
${more}`;

function place(name: string) {
  const home = join(folder, name, "home");
  const there = join(folder, name, "there");
  mkdirSync(join(there, "tree"), { recursive: true });
  writeFileSync(join(there, "tree/a"), "a\n");
  const file = join(folder, name, "runbook.yaml");
  writeFileSync(file, runbook(there));
  return { home, there, file, cwd: join(folder, name) };
}

test("a run works on another machine over ssh, and plan, journal and logs say which", async () => {
  const { home, there, file, cwd } = place("works");
  const plan = await belay(["plan", file, "--output", "json"], { home, cwd });
  assert.is(plan.code, 0, plan.stdout + plan.stderr);
  assert.is(existsSync(join(there, "effects")), false);
  const run = await belay(["run", file, "--yes"], { home, cwd });
  assert.is(run.code, 0, run.stdout + run.stderr);
  assert.is(readFileSync(join(there, "effects"), "utf8"), "line\n");
  assert.is(readFileSync(join(there, "new.txt"), "utf8"), "new\n");
  assert.ok(existsSync(join(there, "tree.tar.gz")));
  const id = /run (\w+) ·/.exec(run.stdout)?.[1] ?? "";
  const records = recordsOf(home, id);
  const connected = records.find((record) => record.event.type === "connected");
  assert.match(connected.event.summary, /belay-test-host/);
  assert.is(records.find((record) => record.event.step === "write").event.connection, "db1");
  const logs = await belay(["logs", id, "line"], { home, cwd });
  assert.match(logs.stdout, /said/);
});

test("a machine that is not reached: the step fails with a sentence, and a resume goes on", async () => {
  const { home, file, cwd } = place("gone");
  const other = join(cwd, "ssh_config");
  writeFileSync(other, readFileSync(sshd.config, "utf8").replace(/Port \d+/, "Port 1"));
  writeFileSync(file, readFileSync(file, "utf8").replace(sshd.config, "./ssh_config"));
  const run = await belay(["run", file, "--yes"], { home, cwd });
  assert.is(run.code, 1, run.stdout + run.stderr);
  assert.match(run.stdout + run.stderr, /belay-test-host/);
  assert.match((run.stdout + run.stderr).replace(/\s+/g, ""), `Try:ssh-F${other}belay-test-host`.replace(/\s+/g, ""));
  assert.not.match(run.stdout + run.stderr, /belay itself failed| at .*\.ts:\d+/);
  writeFileSync(other, readFileSync(sshd.config, "utf8"));
  const id = /run (\w+) ·/.exec(run.stdout)?.[1] ?? "";
  const resumed = await belay(["resume", id, "--yes"], { home, cwd });
  assert.is(resumed.code, 0, resumed.stdout + resumed.stderr);
});

test("a resume that would work on another machine than before is refused, and both are shown", async () => {
  const { home, there, file, cwd } = place("other");
  const first = await belay(["run", file, "--yes"], { home, cwd, env: { PATH: process.env["PATH"] ?? "" } });
  assert.is(first.code, 0, first.stdout + first.stderr);
  // A second run that stops in the middle, and whose name leads elsewhere afterwards: another user is another target.
  writeFileSync(
    file,
    `${runbook(there)}  - { id: stops, on: db1, uses: exec, repeatable: true, with: { argv: ["false"] } }\n`,
  );
  rmSync(join(there, "tree.tar.gz"));
  const second = await belay(["run", file, "--yes"], { home, cwd });
  assert.is(second.code, 1, second.stdout + second.stderr);
  const id = /run (\w+) ·/.exec(second.stdout)?.[1] ?? "";
  const journal = join(home, "runs", id, "journal.ndjson");
  const before = readFileSync(journal, "utf8");
  const { rewriteRecord } = await import("../support/rewrite-journal.ts");
  rewriteRecord(journal, (event) =>
    event.type === "connected"
      ? { ...event, summary: "db9 as postgres", facts: { ...event.facts, host: "db9" } }
      : event,
  );
  const planned = await belay(["plan", "--run", id], { home, cwd });
  assert.is(planned.code, 5, planned.stdout + planned.stderr);
  const words = planned.stdout.replace(/\s+/g, " ");
  assert.match(words, /a resume would be refused: connection db1 .*db9 as postgres.*belay-test-host/);
  assert.not.match(planned.stdout, /run it:/);
  const resumed = await belay(["resume", id, "--yes"], { home, cwd });
  assert.is(resumed.code, 5, resumed.stdout + resumed.stderr);
  assert.match(resumed.stdout, /db9 as postgres/);
  assert.match(resumed.stdout, /belay-test-host/);
  writeFileSync(journal, before);
});

if (why === undefined) test.run();
