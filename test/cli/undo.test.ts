import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { belay, type Ended } from "../support/belay-process.ts";
import { worldOf } from "../support/crash-world.ts";
import { openTerminal } from "../support/terminal.ts";

// `belay undo` as a user runs it: the built program.
const root = realpathSync(mkdtempSync(join(tmpdir(), "belay-cli-undo-")));
test.after(() => rmSync(root, { recursive: true, force: true }));

let places = 0;

interface Place {
  readonly work: string;
  belay(...args: string[]): Promise<Ended>;
  run(...args: string[]): Promise<Ended>;
  id(): Promise<string>;
  read(name: string): string;
  world(): string[];
}

function place(steps: string, more = ""): Place {
  places += 1;
  const work = join(root, String(places), "work");
  const home = join(root, String(places), "home");
  mkdirSync(work, { recursive: true });
  const runbook = join(root, String(places), "runbook.yaml");
  writeFileSync(
    runbook,
    `apiVersion: belay/v1\nname: test\ntitle: Test\nsteps:\n${steps.replace(/^(?=.)/gm, "  ")}${more}`,
  );
  writeFileSync(join(work, "conf"), "port=80\n");
  const call = (...args: string[]) => belay(args, { home, cwd: work, env: { COLUMNS: "100" } });
  return {
    work,
    belay: call,
    run: (...args) => call("run", runbook, "--yes", ...args),
    id: async () => readdirSync(join(home, "runs"))[0] ?? "none",
    read: (name) => readFileSync(join(work, name), "utf8"),
    world: () => [...worldOf(work, "no run")].map(([path, { what }]) => `${path} ${what}`),
  };
}

const edit = "- { id: edit, title: Change the port, uses: files.edit, with: { path: conf, set: { port: 90 } } }\n";
const write = "- { id: write, uses: files.write, with: { path: new, content: x } }\n";
const bad = (more = "") => `- { id: bad, uses: exec, repeatable: true, with: { argv: ["false"] }${more} }\n`;

test("shows the plan, and without a yes undoes nothing; then undoes a run that is done", async () => {
  const at = place(edit + write);
  const before = at.world();
  assert.is((await at.run()).code, 0);
  const id = await at.id();
  const shown = await at.belay("undo", id);
  assert.is(shown.code, 3);
  assert.match(shown.stdout, /changes {2}2: 2 to undo · the newest first/);
  assert.match(shown.stdout, /edit +Change the port +puts the old content back/);
  assert.match(shown.stderr, /nobody to ask, so nothing was undone/);
  assert.is(at.read("conf"), "port=90\n");
  const status = await at.belay("status", id, "--output", "json");
  assert.is((JSON.parse(status.stdout) as { status: string }).status, "done");
  const plan = await at.belay("undo", id, "--plan", "--output", "json");
  assert.is(plan.code, 0);
  assert.equal(
    (JSON.parse(plan.stdout) as { steps: { id: string; state: string }[] }).steps.map(
      (one) => `${one.id} ${one.state}`,
    ),
    ["write as-left", "edit as-left"],
  );
  const done = await at.belay("undo", id, "--yes", "--why", "wrong host");
  assert.is(done.code, 0, done.stderr);
  assert.match(done.stdout, /↶ edit {2}undone after/);
  assert.match(done.stdout, new RegExp(`↶ run ${id} is undone`));
  assert.match(done.stdout, /why: wrong host/);
  assert.equal(at.world(), before);
  const again = await at.belay("undo", id, "--yes");
  assert.is(again.code, 5);
  assert.match(again.stderr, /is undone; there is nothing to go on with/);
  assert.is((await at.belay("resume", id)).code, 5);
  assert.is((await at.belay("verify", id)).code, 0);
});

test("an abandoned run can be undone; NDJSON tells it", async () => {
  const at = place(edit + bad());
  assert.is((await at.run()).code, 1);
  const id = await at.id();
  assert.is((await at.belay("abandon", id, "--why", "later")).code, 0);
  assert.is((await at.belay("resume", id)).code, 5);
  const undone = await at.belay("undo", id, "--yes", "--output", "ndjson");
  assert.is(undone.code, 0, undone.stderr);
  const types = undone.stdout
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { type: string }).type);
  assert.equal(types, [
    "run-resumed",
    "undo-begun",
    "undo-finished",
    "undo-started",
    "undo-finished",
    "run-finished",
    "ended",
  ]);
  assert.is(at.read("conf"), "port=80\n");
});

test("back to a step, and on from there", async () => {
  const at = place(edit + write + bad());
  assert.is((await at.run()).code, 1);
  const id = await at.id();
  const wrong = await at.belay("undo", id, "--to", "nowhere", "--yes");
  assert.is(wrong.code, 5);
  assert.match(wrong.stderr, /there is no step nowhere; nothing was undone/);
  const back = await at.belay("undo", id, "--to", "write", "--yes");
  assert.is(back.code, 0, back.stderr);
  assert.match(back.stdout, new RegExp(`run ${id} is back at write`));
  assert.not(at.world().some((line) => line.startsWith("new ")));
  assert.is(at.read("conf"), "port=90\n");
  const on = await at.belay("resume", id);
  assert.is(on.code, 1);
  assert.match(on.stdout, /write {2}done/);
  assert.is(at.read("new"), "x");
});

test("onFailure: undo ends with 1: the run did not do what it was for", async () => {
  const at = place(edit + bad(", onFailure: undo"));
  const ended = await at.run();
  assert.is(ended.code, 1);
  assert.match(ended.stdout, /the runbook says so after a failure: the run is undone/);
  assert.match(ended.stdout, /is undone/);
  assert.is(at.read("conf"), "port=80\n");
});

test("what fails is decided beforehand, by an option; a resume goes on with the undo and says so", async () => {
  const at = place(`${edit}- id: mark
  uses: shell
  with: { script: "touch mark" }
  check: { uses: exec, with: { argv: [test, -e, mark] }, done: "\${{ result.exitCode == 0 }}" }
  undo: { uses: exec, with: { argv: ["false"] } }
`);
  assert.is((await at.run()).code, 0);
  const id = await at.id();
  const failed = await at.belay("undo", id, "--yes");
  assert.is(failed.code, 1);
  assert.match(failed.stdout, /✖ mark .*undoing it failed/);
  const other = await at.belay("undo", id, "--to", "edit", "--yes");
  assert.is(other.code, 5);
  assert.match(other.stderr, /is being undone already/);
  const wrong = await at.belay("resume", id, "--decide", "mark=skip", "--why", "x");
  assert.match(wrong.stderr, /about its undoing, a decision is run-again, leave or done/);
  const on = await at.belay("resume", id, "--decide", "mark=leave", "--why", "it may stay");
  assert.is(on.code, 0, on.stderr + on.stdout);
  assert.match(on.stdout, /the run is being undone: this goes on with that/);
  assert.match(on.stdout, /left as they are: mark/);
  assert.is(at.read("conf"), "port=80\n");
});

test("at a terminal the default is no; y undoes", async () => {
  const at = place(edit);
  assert.is((await at.run()).code, 0);
  const id = await at.id();
  const [home, ci] = [process.env["BELAY_HOME"], process.env["CI"]];
  process.env["BELAY_HOME"] = join(at.work, "../home");
  delete process.env["CI"];
  const answer = async (keys: string, last: string) => {
    const terminal = openTerminal(["src/cli/belay.ts", "undo", id], { columns: 100, rows: 40 });
    try {
      await terminal.until("Undo this run now? (y/N)");
      terminal.type(keys);
      await terminal.until(last);
      return (await terminal.ended()).exitCode;
    } finally {
      terminal.close();
    }
  };
  try {
    assert.is(await answer("\r", "nothing was undone"), 3);
    assert.is(at.read("conf"), "port=90\n");
    assert.is(await answer("y\r", `run ${id} is undone`), 0);
    assert.is(at.read("conf"), "port=80\n");
  } finally {
    if (home === undefined) delete process.env["BELAY_HOME"];
    else process.env["BELAY_HOME"] = home;
    if (ci !== undefined) process.env["CI"] = ci;
  }
});

test("killed before it began to undo: a run that was given up stays so, and can still be undone", async () => {
  const at = place(edit + bad());
  await at.run();
  const id = await at.id();
  await at.belay("abandon", id, "--why", "later");
  const home = join(at.work, "../home");
  const killed = await belay(["undo", id, "--yes"], { home, cwd: at.work, crashAt: "record:1" });
  assert.is(killed.signal, "SIGKILL");
  const resumed = await at.belay("resume", id);
  assert.is(resumed.code, 5);
  assert.match(resumed.stderr, /is over \(abandoned\)/);
  assert.is((await at.belay("undo", id, "--yes")).code, 0);
  assert.is(at.read("conf"), "port=80\n");
});

test("an undo gets its secrets again, and none is in the record", async () => {
  const at = place(
    `- id: load
  uses: shell
  with: { script: 'printf %s "$P" > key', env: { P: "\${{ secrets.pass }}" } }
  undo: { uses: shell, with: { script: 'test "$P" = hunter2hunter2; rm key; echo "$P"', env: { P: "\${{ secrets.pass }}" } } }
- { id: write, uses: files.write, with: { path: conf, content: "port=\${{ secrets.pass }}" } }
`,
    "secrets:\n  pass: { env: DB_PASSWORD }\n",
  );
  const home = join(at.work, "../home");
  const env = { DB_PASSWORD: "hunter2hunter2", COLUMNS: "100" };
  const call = (...args: string[]) => belay(args, { home, cwd: at.work, env });
  assert.is((await call("run", join(at.work, "../runbook.yaml"), "--yes")).code, 0);
  const id = await at.id();
  const undone = await call("undo", id, "--yes");
  assert.is(undone.code, 0, undone.stderr + undone.stdout);
  assert.equal(at.world().length, 1);
  assert.is(at.read("conf"), "port=80\n");
  assert.not.match(undone.stdout, /hunter2/);
  assert.match(undone.stdout, /runs the script test "\$P" = \*\*\*/);
  for (const [path, { what }] of worldOf(join(home, "runs", id, "logs"), "no run")) {
    assert.ok(what.startsWith("file"));
    assert.not.match(readFileSync(join(home, "runs", id, "logs", path), "utf8"), /hunter2/);
  }
  assert.not.match(readFileSync(join(home, "runs", id, "journal.ndjson"), "utf8"), /hunter2/);
});

test("nothing to undo: nothing is recorded", async () => {
  const at = place(`- { id: look, uses: exec, reads: true, with: { argv: ["true"] } }\n`);
  assert.is((await at.run()).code, 0);
  const id = await at.id();
  const ended = await at.belay("undo", id, "--yes");
  assert.is(ended.code, 0);
  assert.match(ended.stdout, /no change of this run is left to undo/);
  const status = await at.belay("status", id, "--output", "json");
  assert.is((JSON.parse(status.stdout) as { status: string }).status, "done");
});

test.run();
