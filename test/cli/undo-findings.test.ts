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
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { belay, startBelay } from "../support/belay-process.ts";

const root = realpathSync(mkdtempSync(join(tmpdir(), "belay-cli-undo-findings-")));
test.after(() => rmSync(root, { recursive: true, force: true }));

let places = 0;

function place(steps: string, more = "") {
  places += 1;
  const work = join(root, String(places), "work");
  const home = join(root, String(places), "home");
  mkdirSync(work, { recursive: true });
  const runbook = join(root, String(places), "runbook.yaml");
  const put = (text: string) =>
    writeFileSync(
      runbook,
      `apiVersion: belay/v1\nname: test\ntitle: Test\nsteps:\n${text.replace(/^(?=.)/gm, "  ")}${more}`,
    );
  put(steps);
  const options = { home, cwd: work, env: { COLUMNS: "200" } };
  return {
    work,
    runbook,
    put,
    belay: (...args: string[]) => belay(args, options),
    start: (...args: string[]) => startBelay(args, options),
    id: () => readdirSync(join(home, "runs"))[0] ?? "none",
    read: (name: string) => (existsSync(join(work, name)) ? readFileSync(join(work, name), "utf8") : undefined),
  };
}

async function until(holds: () => boolean): Promise<void> {
  for (let look = 0; look < 400; look++) {
    if (holds()) return;
    await delay(25);
  }
  throw new Error("it never came so far");
}

test("what a failed attempt changed before an adoption is undone, too", async () => {
  const step = (path: string, expect: string) =>
    `- { id: s, uses: files.write, with: { path: ${path}, content: new }, expect: "\${{ ${expect} }}" }\n`;
  const at = place(step("a", "false"));
  writeFileSync(join(at.work, "a"), "old a");
  writeFileSync(join(at.work, "b"), "old b");
  const failed = await at.belay("run", at.runbook, "--yes");
  assert.is(failed.code, 1, failed.stdout + failed.stderr);
  assert.is(at.read("a"), "new");
  at.put(step("b", "true"));
  const adopted = await at.belay("resume", at.id(), "--adopt", "--yes");
  assert.is(adopted.code, 0, adopted.stdout + adopted.stderr);
  assert.is(at.read("b"), "new");
  const plan = await at.belay("undo", at.id(), "--plan");
  assert.match(plan.stdout, "and what 1 earlier attempt did with another input");
  const undone = await at.belay("undo", at.id(), "--yes");
  assert.is(undone.code, 0, undone.stdout + undone.stderr);
  assert.equal([at.read("a"), at.read("b")], ["old a", "old b"]);
});

test("a job that still works is ended, or waited for, before anything is undone", async () => {
  for (const way of ["end", "wait"]) {
    const at = place(
      `- { id: w, uses: files.write, with: { path: a, content: x } }
- { id: j, uses: job.run, with: { argv: [bash, -c, "echo begun > began; sleep ${way === "end" ? 60 : 4}; echo late > late"], every: 1s } }
`,
    );
    const running = at.start("run", at.runbook, "--yes");
    await until(() => at.read("began") !== undefined);
    running.child.kill("SIGKILL");
    await running.ended;
    const begun = Date.now();
    const undone = await at.belay("undo", at.id(), "--yes", "--orphans", way);
    assert.is(undone.code, 0, undone.stdout + undone.stderr);
    assert.is(at.read("a"), undefined);
    if (way === "wait") assert.is(at.read("late"), "late\n", undone.stdout);
    else {
      assert.ok(Date.now() - begun < 30_000);
      assert.is(at.read("late"), undefined);
    }
    assert.match(undone.stdout, "left as they are: j");
  }
});

test("an undo in doubt is said by its plan, with what can be decided", async () => {
  const at = place(`- id: s
  uses: shell
  with: { script: "true" }
  undo: { uses: shell, with: { script: "echo > undoing; sleep 3" } }
`);
  assert.is((await at.belay("run", at.runbook, "--yes")).code, 0);
  const running = at.start("undo", at.id(), "--yes");
  await until(() => at.read("undoing") !== undefined);
  running.child.kill("SIGKILL");
  await running.ended;
  const plan = await at.belay("undo", at.id(), "--plan");
  assert.match(plan.stdout, "its undoing was begun when belay stopped, and is in doubt");
  const asked = await at.belay("undo", at.id(), "--yes");
  assert.is(asked.code, 4, asked.stdout + asked.stderr);
  assert.match(asked.stdout, `belay undo ${at.id()} --decide s=run-again|done|leave`);
  const left = await at.belay("undo", at.id(), "--yes", "--decide", "s=leave", "--why", "it may stay");
  assert.is(left.code, 0, left.stdout + left.stderr);
});

test("the log of an undo is covered by the journal, and verify sees a change of it", async () => {
  const at = place(
    `- { id: s, uses: shell, with: { script: "true" }, undo: { uses: shell, with: { script: "echo said" } } }\n`,
  );
  assert.is((await at.belay("run", at.runbook, "--yes")).code, 0);
  assert.is((await at.belay("undo", at.id(), "--yes")).code, 0);
  const whole = await at.belay("verify", at.id());
  assert.is(whole.code, 0, whole.stdout + whole.stderr);
  writeFileSync(join(at.work, "../home/runs", at.id(), "logs/s.undo.1.out"), "unsaid\n");
  const cut = await at.belay("verify", at.id());
  assert.is.not(cut.code, 0);
  assert.match(cut.stdout + cut.stderr, "s.undo.1.out");
});

test("undo of a run that is being taken back says that it goes on with that", async () => {
  const at = place(`- { id: a, uses: files.write, with: { path: a, content: x } }
- { id: b, uses: files.write, with: { path: b, content: x } }
`);
  assert.is((await at.belay("run", at.runbook, "--yes")).code, 0);
  writeFileSync(join(at.work, "b"), "foreign");
  const failed = await at.belay("undo", at.id(), "--to", "b", "--yes");
  assert.is(failed.code, 1, failed.stdout + failed.stderr);
  writeFileSync(join(at.work, "b"), "x");
  const on = await at.belay("undo", at.id(), "--yes");
  assert.match(on.stdout, "the run is being taken back to b: this goes on with that");
  assert.match(on.stdout, `run ${at.id()} is back at b`);
  assert.is(at.read("a"), "x");
});

test.run();
