import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { stepValue } from "../../src/look/world.ts";
import { differences, digestOf } from "../../src/plan/digest.ts";
import type { Plan, PlannedStep } from "../../src/plan/plan.ts";
import { planOf } from "../support/plan-of.ts";

// What a preview says of groups, of what is repeated, of included runbooks, and of the systems and clocks around them.
let folder: string;

test.before.each(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "belay-tree-")));
});
test.after.each(() => rmSync(folder, { recursive: true, force: true }));

const runbook = (steps: string, more = "") => `apiVersion: belay/v1\nname: tree\ntitle: Tree\n${more}steps:\n${steps}`;

function at(plan: Plan, id: string): PlannedStep {
  const found = plan.steps.find((one) => one.id === id);
  if (!found) throw new Error(`the plan has no row ${id}: ${plan.steps.map((one) => one.id).join(", ")}`);
  return found;
}

const inner = `apiVersion: belay/v1
name: inner
title: Inner
inputs: { dump: { type: path }, name: { type: string }, port: { type: integer, default: 5432 } }
connections: { db: { host: {} }, named: { host: { ssh: "\${{ inputs.name }}" } } }
deadlines: { short: { start: load, within: 1m } }
steps:
  - { id: load, on: db, uses: files.write, expectedDuration: 2m, with: { path: "\${{ inputs.dump }}", content: x } }
  - { id: there, on: named, uses: files.write, with: { path: /srv/x, content: x } }
outputs: { port: "\${{ inputs.port }}" }
`;

const including = runbook(
  `  - { id: find, uses: exec, with: { argv: [hostname] }, repeatable: true }
  - { id: db, uses: runbook, with: { runbook: ./inner.yaml, inputs: { dump: d, name: "\${{ steps.find.result.lines[0] }}" } } }
  - { id: after, uses: files.write, with: { path: port, content: "\${{ string(steps.db.result.port) }}" } }
`,
);

test("an included runbook has a frame of its own: inputs with defaults, connections and deadlines with their whole names", async () => {
  const plan = await planOf(including, folder, { files: { "./inner.yaml": inner } });
  const head = at(plan, "db");
  assert.equal([head.kind, head.depth, head.effect, head.state], ["include", 0, "none", "group"]);
  assert.equal(head.included?.inputs, { dump: join(folder, "d"), port: 5432, name: "(known after find)" });
  assert.equal([at(plan, "db/load").depth, at(plan, "db/load").on], [1, "db/db"]);
  assert.match(at(plan, "db/there").reason, "known after find");
  assert.equal(at(plan, "after").input, { path: join(folder, "port"), content: "5432" });
  const systems = plan.connections.map(({ name, problem }) => [name, problem]);
  assert.equal(systems, [
    ["db/db", undefined],
    ["db/named", "known after find"],
  ]);
  assert.match(plan.connections[0]?.summary ?? "", hostname());
  assert.equal(
    plan.deadlines.map(({ name, start, withinMs, expectedMs }) => [name, start, withinMs, expectedMs]),
    [["db/short", "db/load", 60_000, 120_000]],
  );
  assert.match(plan.warnings[0] ?? "", "deadline db/short allows 1 min");
  assert.is(plan.counts.changes, 4);
});

test("a connection that can't be reached is a row with its sentence, and no end of the plan", async () => {
  const connections = `connections:\n  far: { host: { ssh: "127.0.0.1", port: 1, options: ["BatchMode=yes", "ConnectTimeout=2"] } }\n`;
  const steps = `  - { id: far_one, on: far, uses: files.write, with: { path: /x, content: x } }\n`;
  const plan = await planOf(runbook(steps, connections), folder);
  assert.is(plan.connections[0]?.name, "far");
  assert.ok((plan.connections[0]?.problem ?? "").length > 10);
  assert.is(at(plan, "far_one").state, "would-fail");
  const first = `  - { id: start_it, uses: exec, with: { argv: [date] }, repeatable: true }\n`;
  const later = await planOf(runbook(first + steps, connections), folder);
  assert.is(at(later, "far_one").state, "unforeseeable", "an earlier step may start it");
  const offline = await planOf(runbook(steps, connections), folder, { offline: true });
  assert.equal(offline.connections, []);
});

test("offline, what a secret would be is said to come later", async () => {
  const text = runbook(
    `  - { id: a, uses: files.write, with: { path: a, content: "\${{ secrets.password }}" } }\n`,
    "secrets: { password: { env: NOWHERE } }\n",
  );
  const plan = await planOf(text, folder, { offline: true });
  assert.is(at(plan, "a").state, "unforeseeable");
  assert.match(JSON.stringify(at(plan, "a").input), "known after secret password is read");
});

test("what runs at the same time: what one touches, the others may find changed", async () => {
  writeFileSync(join(folder, "same"), "x");
  const plan = await planOf(
    runbook(`
  - id: both
    parallel: true
    steps:
      - { id: done, uses: files.write, with: { path: same, content: x } }
      - { id: other, uses: files.write, with: { path: other, content: x } }
      - { id: read, uses: exec, reads: true, with: { argv: [cat, same] } }
  - id: apart
    parallel: true
    steps:
      - { id: one, uses: files.write, with: { path: one, content: x } }
      - { id: two, uses: files.edit, with: { path: one, set: { a: 1 } } }
  - { id: after, uses: files.write, with: { path: same, content: x } }
`),
    folder,
  );
  assert.is(at(plan, "done").state, "done", "nobody touches it");
  assert.equal([at(plan, "read").state, at(plan, "read").reason], ["looks", "at the same time as other"]);
  assert.is(at(plan, "one").state, "unforeseeable");
  assert.match(at(plan, "one").reason, "two works on the same at the same time");
  assert.is(at(plan, "after").state, "done");
});

test("copies of one thing that are made at the same time are foreseen; a job may touch anything", async () => {
  writeFileSync(join(folder, "from"), "x");
  const plan = await planOf(
    runbook(`
  - { id: job, uses: job.run, with: { argv: [date] } }
  - { id: copies, forEach: [a, b], concurrency: 2, uses: files.copy, with: { from: from, to: "to-\${{ each.key }}" } }
  - { id: read, uses: checksum.verify, with: { manifest: sums } }
`),
    folder,
  );
  assert.equal([at(plan, "copies[a]").state, at(plan, "copies[b]").state], ["change", "change"]);
  assert.equal([at(plan, "read").state, at(plan, "read").reason], ["looks", "after job"]);
});

test("all done already: nobody who runs at the same time is a danger", async () => {
  const check = `check: { uses: exec, with: { argv: ["true"] }, done: "\${{ result.exitCode == 0 }}" }`;
  const plan = await planOf(
    runbook(`
  - id: both
    parallel: true
    steps:
      - { id: a, uses: exec, with: { argv: [date] }, ${check} }
      - { id: b, uses: exec, with: { argv: [date] }, ${check} }
`),
    folder,
  );
  assert.equal([at(plan, "a").state, at(plan, "b").state], ["done", "done"]);
});

const many = runbook(
  `
  - id: sites
    forEach: "\${{ inputs.sites }}"
    key: "s\${{ each.value }}"
    concurrency: 4
    maxFailures: 2
    steps:
      - { id: mark, title: "Mark \${{ each.key }}", uses: files.write, with: { path: "m-\${{ each.key }}", content: x } }
      - { id: copy, uses: files.copy, when: "\${{ each.index == 0 }}", with: { from: "m-\${{ each.key }}", to: "c-\${{ each.key }}" } }
`,
  "inputs: { sites: { type: list } }\n",
);

test("an entry for each instance, however many there are, each with its item", async () => {
  const plan = await planOf(many, folder, { inputs: { sites: Array.from({ length: 60 }, (_, index) => index + 1) } });
  const { kind, instances, concurrency, maxFailures } = at(plan, "sites");
  assert.equal([kind, instances, concurrency, maxFailures], ["each", 60, 4, 2]);
  assert.equal([at(plan, "sites[s60]").kind, at(plan, "sites[s60]").depth], ["group", 1]);
  assert.equal([at(plan, "sites[s60]/mark").title, at(plan, "sites[s60]/mark").state], ["Mark s60", "change"]);
  assert.equal([at(plan, "sites[s1]/copy").state, at(plan, "sites[s2]/copy").state], ["unforeseeable", "skipped"]);
  assert.is(plan.counts.changes, 61);
  assert.is(plan.counts.skipped, 59);
});

test("a resume has the list, the inputs and the results of the turn that began them, by address", async () => {
  const progress = {
    run: "k7",
    finished: new Map([
      ["sites[s1]", "done"],
      ["sites[s1]/mark", "done"],
      ["sites[s1]/copy", "done"],
    ]),
    begun: new Map([["sites[s2]/mark", "begun, and its end is not known"]]),
    groups: new Map([
      [
        "sites",
        {
          instances: [
            { key: "s1", value: 1 },
            { key: "s2", value: 2 },
          ],
        },
      ],
    ]),
  };
  const steps = { "sites[s1]/mark": stepValue({ bytes: 1 }, "done"), "sites[s1]/copy": stepValue(null, "skipped") };
  const plan = await planOf(many, folder, { inputs: { sites: [7, 8, 9] }, progress, steps });
  assert.is(at(plan, "sites").instances, 2, "not what the list would be now");
  assert.equal([at(plan, "sites[s1]").state, at(plan, "sites[s1]/mark").state], ["finished", "finished"]);
  assert.is(at(plan, "sites[s2]/mark").state, "in-doubt");
  assert.is(plan.run, "k7");
});

test("steps of a group that was skipped are skipped with it, now and in an earlier turn", async () => {
  const text = runbook(`
  - id: group
    when: "\${{ false }}"
    steps:
      - { id: never, uses: files.write, with: { path: n, content: x } }
  - { id: after, uses: files.write, when: "\${{ steps.never.status == 'skipped' }}", with: { path: a, content: x } }
`);
  const plan = await planOf(text, folder);
  const states = (of: Plan) => of.steps.map(({ id, state }) => `${id} ${state}`);
  assert.equal(states(plan), ["group skipped", "after change"]);
  const progress = { run: "k7", finished: new Map([["group", "skipped at noon"]]), begun: new Map() };
  const resumed = await planOf(text, folder, { progress, steps: { group: stepValue(null, "skipped") } });
  assert.equal(states(resumed), ["group finished", "after change"]);
});

test("a saved plan that holds others than now is another plan, and says what differs", async () => {
  const one = await planOf(many, folder, { inputs: { sites: [1, 2] } });
  const same = await planOf(many, folder, { inputs: { sites: [1, 2] } });
  assert.is(one.digest, same.digest);
  const less = await planOf(many, folder, { inputs: { sites: [1] } });
  const found = differences(one, { ...less, inputs: one.inputs, runbook: one.runbook });
  assert.ok(
    found.some((words) => words === "step `sites` would hold other steps than planned"),
    found.join("\n"),
  );
  assert.ok(found.some((words) => words === "step `sites[s2]/mark` was planned, and would not be run now"));
  const moved = { ...one, connections: [{ name: "db", kind: "host", summary: "db2" }] };
  const before = { ...one, connections: [{ name: "db", kind: "host", summary: "db1" }] };
  const saved = { ...before, digest: digestOf(before) };
  assert.equal(differences(saved, moved), ["connection db was db1 and is db2 now"]);
});

test("undo, the reason why there is none, approval, and the age of what is restored", async () => {
  const plan = await planOf(
    runbook(
      `
  - { id: taken, uses: exec, reads: true, with: { argv: [echo, "2020-01-01T00:00:00Z"] } }
  - { id: back, uses: exec, repeatable: true, with: { argv: [date] }, undo: { uses: exec, with: { argv: [date] } } }
  - { id: none, uses: exec, repeatable: true, with: { argv: [date] }, undo: { none: the data is gone } }
  - { id: fine, uses: exec, repeatable: true, with: { argv: [date] }, undo: { notNeeded: it runs anyway } }
  - { id: plain, uses: exec, repeatable: true, with: { argv: [date] }, confirm: { approvers: 2, notBy: operator } }
`,
      `recoveryPoint: { at: "\${{ steps.taken.result.lines[0] }}", within: 24h }\n`,
    ),
    folder,
  );
  const undo = (id: string) => [at(plan, id).undo, at(plan, id).undoReason, at(plan, id).noReturn];
  assert.equal(undo("back"), ["runs exec", undefined, false]);
  assert.equal(undo("none"), [undefined, "the data is gone", true]);
  assert.equal(undo("fine"), ["nothing to take back: it runs anyway", undefined, false]);
  assert.equal(undo("plain"), [undefined, undefined, true]);
  assert.equal([at(plan, "plain").approvers, at(plan, "plain").notBy], [2, "operator"]);
  assert.is(plan.recoveryPoint?.at, "2020-01-01T00:00:00.000Z");
  assert.is(plan.recoveryPoint?.withinMs, 86_400_000);
  assert.match(plan.warnings.join("\n"), /the backup is \d+ d.* old, and no more than 1 d may be lost/);
});

test("a recovery point that gives no time is a warning", async () => {
  const plan = await planOf(
    runbook(
      `
  - { id: taken, uses: exec, reads: true, with: { argv: [echo, yesterday] } }
  - { id: back, uses: exec, repeatable: true, with: { argv: [date] } }
`,
      `recoveryPoint: { at: "\${{ steps.taken.result.lines[0] }}", within: 24h }\n`,
    ),
    folder,
  );
  assert.is(plan.recoveryPoint, undefined);
  assert.equal(plan.warnings, [
    'the age of the backup is not known: recoveryPoint gives "yesterday", which is no time',
  ]);
});

test.run();
