import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Plan, PlannedStep } from "../../src/plan/plan.ts";
import { belay } from "../support/belay-process.ts";
import { worldOf } from "../support/crash-world.ts";

// What a preview says, and that a saved one is run only while it is still true.
let folder: string;
let home: string;

test.before.each(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "belay-plan-")));
  home = join(folder, "home");
});
test.after.each(() => rmSync(folder, { recursive: true, force: true }));

const put = (path: string, text: string) => writeFileSync(join(folder, path), text);
const get = (path: string) => readFileSync(join(folder, path), "utf8");
const run = (...args: string[]) => belay(args, { home, cwd: folder });

function runbook(steps: string, more = ""): void {
  put("r.yaml", `apiVersion: belay/v1\nname: preview\ntitle: Preview\n${more}steps:\n${steps}`);
}

async function plan(...options: string[]): Promise<Plan & { code: number | null }> {
  const { code, stdout, stderr } = await run("plan", "r.yaml", "--output", "json", ...options);
  assert.is(stderr, "");
  return { ...(JSON.parse(stdout) as Plan), code };
}

function step(of: Plan, id: string): PlannedStep {
  const found = of.steps.find((one) => one.id === id);
  if (!found) throw new Error(`the plan has no step ${id}`);
  return found;
}

test("done already, would change with its diff, can't be foreseen, skipped", async () => {
  put("same", "same\n");
  put("other", "listen=80\nkeep=1\n");
  runbook(`
  - { id: there, uses: files.write, with: { path: same, content: "same\\n" } }
  - { id: edit, uses: files.edit, with: { path: other, set: { listen: 443 } } }
  - { id: skip, uses: files.write, when: "\${{ 1 == 2 }}", with: { path: never, content: x } }
  - { id: script, uses: shell, with: { script: "touch a\\ntouch b" } }
  - { id: hand, uses: manual, with: { instructions: Look } }
`);
  const made = await plan();
  assert.is(made.code, 0);
  assert.is(step(made, "there").state, "done");
  assert.is(step(made, "edit").state, "change");
  assert.match(step(made, "edit").changes[0]?.diff ?? "", /-listen=80\n\+listen=443/);
  assert.is(step(made, "skip").state, "skipped");
  assert.is(step(made, "script").state, "unforeseeable");
  assert.match(step(made, "script").reason, "script of 2 lines");
  assert.is(step(made, "hand").state, "by-hand");
  assert.equal([get("other"), existsSync(join(folder, "a"))], ["listen=80\nkeep=1\n", false]);
  const text = await run("plan", "r.yaml");
  for (const words of ["done already", "can't be foreseen", "skipped", "POINT OF NO RETURN"])
    assert.match(text.stdout, words);
});

test("values that come later are named, and what depends on them is not guessed", async () => {
  runbook(`
  - { id: ask, uses: exec, with: { argv: [hostname] } }
  - { id: use, uses: files.write, with: { path: out, content: "on \${{ steps.ask.result.stdout }}" } }
  - { id: maybe, uses: files.write, when: "\${{ steps.ask.result.exitCode == 0 }}", with: { path: out2, content: x } }
`);
  const made = await plan();
  assert.is(step(made, "use").state, "unforeseeable");
  assert.equal(step(made, "use").after, ["ask"]);
  assert.match(JSON.stringify(step(made, "use").input), "(known after ask)");
  assert.ok(step(made, "maybe").conditional);
});

test("results of looks are used right away", async () => {
  put("name", "apim-2\n");
  runbook(`
  - { id: ask, uses: exec, reads: true, with: { argv: [cat, name] } }
  - { id: use, uses: files.write, with: { path: out, content: "on \${{ steps.ask.result.lines[0] }}" } }
`);
  const made = await plan();
  assert.is(step(made, "ask").state, "looked");
  assert.equal(step(made, "use").input, { path: join(folder, "out"), content: "on apim-2" });
});

test("a look after a change that may touch it is not done now, and what it would say is not claimed", async () => {
  put("a", "1\n");
  runbook(`
  - { id: move, uses: files.move, with: { from: a, to: b } }
  - { id: again, uses: files.write, with: { path: b, content: "1\\n" } }
  - { id: read, uses: exec, reads: true, with: { argv: [cat, b] } }
`);
  const made = await plan();
  assert.is(step(made, "read").state, "looks");
  assert.is(step(made, "again").state, "unforeseeable");
  assert.match(step(made, "again").reason, "move works on the same before");
});

test("a preflight that does not hold: the plan says so, and its exit code, too", async () => {
  runbook(
    `  - { id: w, uses: files.write, with: { path: w, content: x } }\n`,
    `preflight:\n  - { id: pre, uses: exec, reads: true, with: { argv: ["false"] } }\n`,
  );
  const made = await plan();
  assert.is(made.code, 1);
  assert.is(step(made, "pre").state, "would-fail");
});

test("a value that an action does not take is a mistake in the plan already, as it is in a run", async () => {
  runbook(`
  - { id: look, uses: exec, reads: true, with: { argv: ["true"] } }
  - { id: write, uses: files.write, with: { path: w, content: "\${{ steps.look.result.exitCode }}" } }
`);
  const made = await plan();
  assert.is(made.code, 1);
  assert.is(step(made, "write").state, "would-fail");
  assert.match(step(made, "write").reason, "its input is wrong: `content` is 0, and must be string");
});

test("a step that is skipped may have input that can't be had", async () => {
  runbook(`
  - { id: look, uses: exec, reads: true, when: "\${{ false }}", with: { argv: [hostname] } }
  - { id: write, uses: files.write, when: "\${{ steps.look.status == 'done' }}", with: { path: w, content: "\${{ steps.look.result.lines[0] }}" } }
`);
  const made = await plan();
  assert.equal([made.code, step(made, "write").state], [0, "skipped"]);
  assert.is((await run("run", "r.yaml", "--yes")).code, 0);
});

test("offline: nothing is looked at, and nothing is claimed", async () => {
  put("same", "same\n");
  runbook(`
  - { id: look, uses: shell, reads: true, with: { script: "touch looked" } }
  - { id: there, uses: files.write, with: { path: same, content: "same\\n" } }
`);
  const made = await plan("--offline");
  assert.equal(
    made.steps.map(({ state }) => state),
    ["looks", "unforeseeable"],
  );
  assert.not(existsSync(join(folder, "looked")));
});

const saving = `
  - { id: edit, uses: files.edit, with: { path: conf, set: { port: "\${{ inputs.port }}" } } }
  - { id: note, uses: files.write, title: "Say why: \${{ inputs.why }}", with: { path: note, content: x }, confirm: { type: "\${{ inputs.why }}" } }
`;
const savingInputs = `inputs:\n  port: { type: integer, default: 443 }\n  why: { type: string, default: because }\n`;

async function savePlan(): Promise<void> {
  put("conf", "port=80\n");
  runbook(saving, savingInputs);
  assert.is((await run("plan", "r.yaml", "--out", "plan.json")).code, 0);
}

const runSaved = () => run("run", "plan.json", "--yes", "--confirm", "note=because");

async function refused(reason: RegExp): Promise<void> {
  const { code, stderr } = await runSaved();
  assert.is(code, 5, stderr);
  assert.match(stderr, "nothing ran");
  assert.match(stderr, reason);
  assert.not(existsSync(home), "no run was begun");
  assert.not(existsSync(join(folder, "note")));
}

test("a saved plan that still fits is run, and the journal names it", async () => {
  await savePlan();
  const { code, stderr } = await runSaved();
  assert.is(code, 0, stderr);
  assert.is(get("conf"), "port=443\n");
  const digest = (JSON.parse(get("plan.json")) as Plan).digest;
  const status = JSON.parse((await run("status", "--output", "json")).stdout) as { journal: string };
  assert.match(readFileSync(status.journal, "utf8").split("\n")[0] ?? "", `"plan":"${digest}"`);
});

test("refused when the runbook was edited since, even in a comment", async () => {
  await savePlan();
  put("r.yaml", `${get("r.yaml")}# later\n`);
  await refused(/the runbook .*r\.yaml was changed since/);
});

test("refused when what it looked at is another by now", async () => {
  await savePlan();
  put("conf", "port=443\n");
  await refused(/step `edit` was "change" and is "done" now/);
});

test("refused when it would change something else than it showed", async () => {
  await savePlan();
  put("conf", "port=8080\n");
  await refused(/step `edit` would change something else than planned/);
});

for (const [what, from, to] of [
  ["an input that changes what is done", '"port": 443', '"port": 444'],
  ["an input that shows only in words", '"why": "because"', '"why": "becauze"'],
  ["a step's diff", "+port=443", "+port=444"],
] as const) {
  test(`refused when ${what} was edited in the plan's file`, async () => {
    await savePlan();
    assert.match(get("plan.json"), from);
    put("plan.json", get("plan.json").replace(from, to));
    await refused(/the plan's file was changed|would change something else than planned/);
  });
}

test("refused: a plan that was made offline, a plan of another format, and what is no plan", async () => {
  await savePlan();
  const whole = get("plan.json");
  assert.is((await run("plan", "r.yaml", "--offline", "--out", "plan.json")).code, 0);
  assert.is((await runSaved()).code, 5);
  put("plan.json", whole.replace('"format": 1', '"format": 2'));
  assert.is((await runSaved()).code, 2);
  put("plan.json", "{}");
  assert.is((await runSaved()).code, 2);
  assert.not(existsSync(home));
});

test("plan --run shows what a resume would do, and changes nothing", async () => {
  put("half", "");
  runbook(`
  - { id: first, uses: files.write, with: { path: first, content: x } }
  - { id: blind, uses: shell, with: { script: "echo x >> blind; sleep 0.3" } }
  - { id: checked, uses: shell, with: { script: "touch checked" }, check: { uses: exec, with: { argv: [test, -e, checked] }, done: "\${{ result.exitCode == 0 }}" } }
  - { id: last, uses: files.write, with: { path: last, content: "\${{ string(steps.first.result.bytes) }}" } }
`);
  const dead = await belay(["run", "r.yaml", "--yes"], { home, cwd: folder, crashAt: "child:1:100" });
  assert.is(dead.signal, "SIGKILL");
  await new Promise((done) => setTimeout(done, 400)); // its child outlives it
  const before = [...worldOf(folder, "none")];
  const { code, stdout, stderr } = await run(
    "plan",
    "--run",
    (await run("runs", "--output", "json").then(
      ({ stdout: text }) => (JSON.parse(text) as { run: string }[])[0]?.run,
    )) ?? "",
    "--output",
    "json",
  );
  assert.is(code, 0, stderr);
  const made = JSON.parse(stdout) as Plan;
  assert.equal(
    made.steps.map(({ id, state }) => `${id} ${state}`),
    ["first finished", "blind in-doubt", "checked unforeseeable", "last change"],
  );
  assert.match(step(made, "blind").reason, "nobody can tell: a person decides");
  assert.equal(step(made, "last").input, { path: join(folder, "last"), content: "1" });
  assert.equal([...worldOf(folder, "none")], before, "nothing was changed, down to inode and time");
});

test.run();
