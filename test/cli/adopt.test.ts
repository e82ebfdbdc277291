import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { JournalEvent, TimedEvent } from "../../src/event/event.ts";
import { foldEvent } from "../../src/event/fold-event.ts";
import { emptyRunState } from "../../src/event/run-state.ts";
import { program } from "../support/belay-process.ts";
import { type ProgramPlace, programPlace, runbookText } from "../support/program-place.ts";

const ok = (id: string) =>
  `- { id: ${id}, title: The ${id}, uses: exec, with: { argv: [bash, -c, "echo ${id} >> log"] } }`;
const failing = `- { id: broken, uses: exec, with: { argv: [cat, typo.txt] } }`;
const mended = failing.replace("typo.txt", "log");

/** A run of some steps that stopped with an exit code. */
function stopped(steps: string, code = 1, head = ""): ProgramPlace {
  const here = programPlace({ "r.yaml": runbookText(steps, head) });
  const { code: ended, all } = here.belay("run", "r.yaml", "--yes");
  assert.is(ended, code, all);
  return here;
}

const adopt = (here: ProgramPlace, steps: string, head = "", ...args: string[]) => {
  here.write("r.yaml", runbookText(steps, head));
  return here.belay("resume", here.run(), "--adopt", ...args);
};

function refused(here: ProgramPlace, steps: string, why: RegExp | string, head = ""): void {
  const before = readFileSync(here.inRun("journal.ndjson"), "utf8");
  const { code, err, all } = adopt(here, steps, head);
  assert.is(code, 5, all);
  assert.match(err, "nothing was done");
  assert.match(err, why);
  assert.is(readFileSync(here.inRun("journal.ndjson"), "utf8"), before, "nothing is recorded");
  assert.not(existsSync(here.inRun("adopted")));
}

test("a typo in a failed step is mended by one command, and the step runs with a fresh key", () => {
  const here = stopped(`${ok("one")}\n${failing}\n${ok("two")}`);
  here.write("r.yaml", runbookText(`${ok("one")}\n${mended}\n${ok("two")}`));
  const preview = here.belay("plan", "--run", here.run(), "--adopt");
  assert.is(preview.code, 0, preview.all);
  assert.match(preview.out, "[cat, typo.txt] → [cat, log]");
  assert.match(preview.out, `belay resume ${here.run()} --adopt`);
  assert.not(existsSync(here.inRun("adopted")), "a preview writes nothing");
  const { code, out, all } = here.belay("resume", here.run(), "--adopt");
  assert.is(code, 0, all);
  assert.match(out, "[cat, typo.txt] → [cat, log]");
  assert.is(here.read("log"), "one\ntwo\n");
  const events = here.events();
  const adopted = events.findIndex(({ type }) => type === "adopted");
  const again = events.findIndex(({ type, key }) => type === "step-started" && key === "broken#2");
  assert.ok(adopted > 0 && again > adopted);
  assert.equal((events[again] as unknown as { input: { argv: string[] } }).input.argv, ["cat", "log"]);
  assert.equal((events[adopted] as unknown as { changes: string[] }).changes, [
    "broken: with.argv [cat, typo.txt] → [cat, log]",
  ]);
  assert.is(here.belay("verify", here.run()).code, 0);
  assert.is(here.belay("status", here.run()).code, 0);
  here.end();
});

test("without --adopt the run goes on with its own text, and says what changed", () => {
  const here = stopped(`${ok("one")}\n${failing}`);
  here.write("r.yaml", runbookText(`${ok("one").replace("The one", "Another")}\n${mended}\n${ok("new")}`));
  const { code, out } = here.belay("resume", here.run());
  assert.is(code, 1);
  assert.match(out, /changed one.*\(it is over\)\n +title +The one → Another/);
  assert.match(out, /added new/);
  assert.match(out, /changed broken +\(it runs again\)/);
  here.end();
});

test("a step that failed before it began goes to its next attempt, too", () => {
  const bad = `- { id: broken, uses: exec, with: { argv: [echo, "\${{ inputs.many[3] }}"] } }`;
  const head = "inputs: { many: { type: list, default: [a] } }";
  const here = stopped(`${ok("one")}\n${bad}`, 1, head);
  assert.is(adopt(here, `${ok("one")}\n${bad.replace("[3]", "[0]")}`, head).code, 0);
  assert.ok(here.events().some(({ type, key }) => type === "step-started" && key === "broken#2"));
  assert.not(here.events().some(({ type, key }) => type === "step-started" && key === "broken#1"));
  here.end();
});

test("what is over stays as it was: refused with the reason, words aside", () => {
  const here = stopped(`${ok("one")}\n${failing}`);
  const changed = ok("one").replace("echo one", "echo other");
  refused(here, `${changed}\n${mended}`, "one: `with` changed, and it is over");
  refused(here, mended, "one: it is removed, and is over");
  refused(here, `${ok("zero")}\n${ok("one")}\n${mended}`, "zero: it would stand before one, which is over");
  refused(
    here,
    `- { id: g, steps: [ ${ok("one").slice(2)} ] }\n${mended}`,
    "one: where it stands changed, and it is over",
  );
  refused(here, ok("one"), "broken: it is removed, and was begun");
  here.write("r.yaml", runbookText(`${ok("one")}\n${mended}`).replace("name: r", "name: q"));
  assert.match(here.belay("resume", here.run(), "--adopt").err, "it is another runbook: q, not r");
  const words = ok("one")
    .replace("The one", "Number one")
    .replace("uses:", "notes: Mind it., expectedDuration: 5m, uses:");
  assert.is(adopt(here, `${words}\n${ok("before")}\n${mended}\n${ok("after")}`).code, 0);
  assert.is(here.read("log"), "one\nbefore\nafter\n");
  here.end();
});

test("a text with mistakes is shown with them, and nothing is done", () => {
  const here = stopped(`${ok("one")}\n${failing}`);
  const { code, err } = adopt(here, `${ok("one")}\n${mended.replace("argv", "argw")}`);
  assert.is(code, 2);
  assert.match(err, /r\.yaml:\d+:\d+ error/);
  assert.not(here.events().some(({ type }) => type === "adopted"));
  here.end();
});

test("a step in doubt may not be changed", async () => {
  const slow = `- { id: slow, uses: exec, with: { argv: [bash, -c, "touch began; sleep 1"] } }`;
  const here = programPlace({ "r.yaml": runbookText(slow) });
  await killedWhen(here, "began", "SIGKILL");
  refused(here, slow.replace("sleep 1", "sleep 0"), "slow: `with` changed, and it is in doubt");
  refused(here, `${ok("first")}\n${slow}`, "first: it would stand before slow, which is in doubt");
  const { code, all } = adopt(here, `${slow}\n${ok("later")}`, "", "--decide", "slow=run-again");
  assert.is(code, 0, all);
  assert.is(here.read("log"), "later\n");
  here.end();
});

test("a look that was stopped begins anew with the new text", async () => {
  const wait = `- { id: wait, uses: wait, timeout: 1m, with: { every: 1s, uses: exec, with: { argv: [touch, looked] }, until: "\${{ result.exitCode == 7 }}" } }`;
  const here = programPlace({ "r.yaml": runbookText(`${wait}\n${ok("after")}`) });
  await killedWhen(here, "looked", "SIGKILL");
  const { code, all } = adopt(here, `${wait.replace("== 7", "== 0").replace("looked", "again")}\n${ok("after")}`);
  assert.is(code, 0, all);
  assert.ok(here.has("again"));
  const ends = here.events().filter(({ type, step }) => type === "step-finished" && step === "wait");
  assert.equal(
    ends.map(({ key, state }) => `${key} ${state}`),
    ["wait#1 failed", "wait#2 done"],
  );
  here.end();
});

test("an approval counts for the text that it was asked for", () => {
  const step = ok("one").replace("uses:", "confirm: { message: Sure?, approvers: 1 }, uses:");
  const here = stopped(step, 3);
  const { code, all } = adopt(here, step.replace("echo one", "echo other"), "", "--yes");
  assert.is(code, 3, all);
  const asked = here.events().filter(({ type }) => type === "approval-asked");
  assert.equal(
    asked.map(({ key }) => key),
    ["one#1", "one#2"],
  );
  assert.is.not(asked[0]?.["digest"], asked[1]?.["digest"]);
  here.end();
});

test("a failed step is tried again, whatever the new text says of failures", () => {
  for (const more of ["onFailure: continue", "onFailure: undo", "retry: { attempts: 2, delay: 1s }"]) {
    const here = stopped(`${ok("one")}\n${failing}\n${ok("two")}`);
    const { code, all } = adopt(here, `${ok("one")}\n${mended.replace("uses:", `${more}, uses:`)}\n${ok("two")}`);
    assert.is(code, 0, all);
    assert.ok(
      here.events().some(({ type, key, state }) => type === "step-finished" && key === "broken#2" && state === "done"),
    );
    here.end();
  }
});

test("a failure that the run went past is over", () => {
  const past = failing.replace("uses:", "onFailure: continue, uses:");
  const here = stopped(`${past}\n${failing.replace("broken", "second")}`);
  const second = mended.replace("broken", "second").replace("log", "r.yaml");
  refused(here, `${past.replace("typo", "other")}\n${second}`, "broken: `with` changed, and it is over");
  assert.is(adopt(here, `${past}\n${second}`).code, 0);
  here.end();
});

test("the list of a forEach that was begun stays, its steps to come may change", () => {
  const sites = (list: string, file: string, more = "") => `
- id: sites
  forEach: ${list}
  key: "\${{ each.value }}"
  steps:
    - { id: stop, uses: exec, with: { argv: [bash, -c, "echo stop-$0 >> log", "\${{ each.value }}"] } }
    - { id: check_it, uses: exec, with: { argv: [cat, ${file}] } }${more}`;
  const here = stopped(sites("[eu, us]", "typo"));
  refused(here, sites("[eu, us, ap]", "log"), "sites[…]: `forEach` changed, and it was begun");
  refused(
    here,
    sites("[eu, us]", "log").replace("echo stop", "echo halt"),
    "sites[…]/stop: `with` changed, and it is over",
  );
  const { code, all } = adopt(
    here,
    sites(
      "[eu, us]",
      "log",
      `\n    - { id: more, uses: exec, with: { argv: [bash, -c, "echo more-$0 >> log", "\${{ each.value }}"] } }`,
    ),
  );
  assert.is(code, 0, all);
  assert.is(here.read("log"), "stop-eu\nmore-eu\nstop-us\nmore-us\n");
  here.end();
});

test("no change inside of an instance that is through", () => {
  const sites = (file: string, more = "") => `
- id: sites
  forEach: [eu, us]
  key: "\${{ each.value }}"
  steps:
    - { id: look, uses: exec, reads: true, with: { argv: [cat, "${file}-\${{ each.value }}"] } }${more}`;
  const here = programPlace({ "r.yaml": runbookText(sites("a")), "a-eu": "" });
  assert.is(here.belay("run", "r.yaml", "--yes").code, 1);
  refused(
    here,
    sites("a", `\n    - { id: more, uses: exec, with: { argv: ["true"] } }`),
    /more: it would be added to sites\[…\], which is over/,
  );
  here.end();
});

test("new inputs need a value, and those that the run has keep theirs", () => {
  const head = (more: string) => `inputs: { size: { type: integer, default: 3 }${more} }`;
  const steps = `${ok("one")}\n${failing}`;
  const here = stopped(steps, 1, head(""));
  const use = `${ok("one")}\n${mended}\n- { id: two, uses: exec, with: { argv: [bash, -c, "echo $0 >> log", "\${{ inputs.more }}"] } }`;
  refused(
    here,
    `${ok("one")}\n${mended}`,
    "input size: its type changed",
    "inputs: { size: { type: string, default: x } }",
  );
  refused(
    here,
    `${ok("one")}\n${mended}`,
    "input size: the run's value",
    "inputs: { size: { type: integer, default: 9, minimum: 5 } }",
  );
  const without = adopt(here, use, head(", more: { type: string }"));
  assert.is(without.code, 2, without.all);
  assert.match(without.err, "-i more=");
  assert.is(here.belay("resume", here.run(), "--adopt", "-i", "size=4").code, 2);
  assert.is(here.belay("resume", here.run(), "-i", "more=x").code, 2);
  const { code, all } = here.belay("resume", here.run(), "--adopt", "-i", "more=given");
  assert.is(code, 0, all);
  assert.is(here.read("log"), "one\ngiven\n");
  here.end();
});

test("a connection that a step used stays", () => {
  const head = (shell: string) => `connections: { here: { host: { ${shell} } }, there: { host: {} } }`;
  const on = (step: string) => step.replace("uses:", "on: here, uses:");
  const here = stopped(`${on(ok("one"))}\n${failing}`, 1, head(""));
  const changed = head("ssh: nobody@127.0.0.9");
  refused(here, `${on(ok("one"))}\n${mended}`, "connection here: it changed, and step one used it", changed);
  here.end();
});

test("a run can go back to a text that it had", () => {
  const steps = `${ok("one")}\n${failing}`;
  const here = stopped(steps);
  assert.is(adopt(here, `${ok("one")}\n${failing.replace("typo", "second")}`).code, 1);
  assert.is(adopt(here, steps).code, 1);
  assert.is(adopt(here, steps).code, 1);
  assert.is(here.events().filter(({ type }) => type === "adopted").length, 2);
  here.write("typo.txt", "");
  assert.is(here.belay("resume", here.run()).code, 0);
  assert.is(here.belay("verify", here.run()).code, 0);
  here.end();
});

test("another file can be adopted", () => {
  const here = stopped(`${ok("one")}\n${failing}`);
  here.write("fix.yaml", runbookText(`${ok("one")}\n${mended}`));
  assert.is(here.belay("resume", here.run(), "--adopt", "fix.yaml").code, 0);
  here.end();
});

test("what an attempt with another input kept for undo is set aside when the next one begins", () => {
  const state = emptyRunState();
  const at = "2026-11-20T22:00:00Z";
  const fold = (event: JournalEvent) => foldEvent(state, { ...event, at } as TimedEvent);
  const begin = (key: string, path: string) =>
    fold({
      type: "step-started",
      step: "load",
      key,
      section: "steps",
      attempt: "a",
      effect: "change",
      input: { path },
      captured: { path },
    });
  begin("load#1", "/a");
  fold({ type: "remembered", step: "load", key: "load#1", name: "made", value: true });
  fold({ type: "step-finished", step: "load", key: "load#1", section: "steps", state: "failed" });
  const runbook = { version: "1", file: "/r.yaml", digest: "0" };
  fold({ type: "adopted", runbook, changes: [], by: "ana", again: ["load#1"] });
  assert.equal(state.steps.get("load")?.captured, { path: "/a" }, "until then it is what undo needs");
  begin("load#2", "/b");
  const step = state.steps.get("load");
  assert.equal(step?.captured, { path: "/b" });
  assert.is(step?.remembered.size, 0);
  assert.equal(
    step?.earlier?.map(({ key, captured, remembered }) => [key, captured, [...remembered.keys()]]),
    [["load#1", { path: "/a" }, ["made"]]],
  );
  begin("load#3", "/c");
  assert.equal(state.steps.get("load")?.captured, { path: "/b" }, "the first attempt with an input captures");
});

/** Starts the run, and ends it by a signal once a file is there; waits until its programs have ended, too. */
async function killedWhen(here: ProgramPlace, file: string, signal: NodeJS.Signals): Promise<void> {
  const child = spawn(process.execPath, [program, "run", "r.yaml", "--yes"], {
    cwd: here.folder,
    env: { ...process.env, BELAY_HOME: here.home, NO_COLOR: "1" },
    stdio: "ignore",
  });
  const ended = new Promise((done) => child.once("exit", done));
  for (let tries = 0; tries < 200 && !here.has(file); tries++) await delay(50);
  assert.ok(here.has(file));
  child.kill(signal);
  await ended;
  await delay(1200);
}

test.run();
