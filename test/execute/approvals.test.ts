import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ApprovalStand, Approvals } from "../../src/execute/approvals.ts";
import { answererOf, engineFor, runbookOf, stepsOf } from "../support/engine.ts";

const text = stepsOf(`- { id: first, uses: files.write, with: { path: first, content: x } }
- { id: drop, uses: files.write, with: { path: drop, content: x }, confirm: { approvers: 1, within: 1m } }`);
const agrees = answererOf({ confirm: async () => ({ by: "ana", via: "option" }) });

/** A letter box that says what is told, and keeps what it was told. */
function box(stand: () => ApprovalStand) {
  const asked: string[] = [];
  const withdrawn: string[] = [];
  const approvals: Approvals = {
    patient: false,
    ask: async ({ id }) => {
      asked.push(id);
      return "digest";
    },
    stand: async () => stand(),
    withdraw: async (step, { state }) => {
      withdrawn.push(`${step} ${state}`);
    },
  };
  return { approvals, asked, withdrawn };
}

const waiting = { state: "waiting", missing: 1, by: [] } satisfies ApprovalStand;

test("a run that is given up or undone takes back what it asked", async () => {
  for (const way of [{ abandon: "enough" }, { undo: {} }]) {
    const { approvals, withdrawn } = box(() => waiting);
    const engine = engineFor(await runbookOf(text), {}, { approvals });
    const first = await engine.turn(agrees);
    assert.is(first.end.state === "paused" && first.end.reason, "waiting");
    assert.equal(withdrawn, []);
    const { end } = await engine.turn(agrees, way);
    assert.is(end.state, "abandon" in way ? "abandoned" : "undone");
    assert.equal([...new Set(withdrawn)], ["drop waiting"]);
    engine.remove();
  }
});

test("who resumes after the time to approve was over asks anew", async () => {
  let stand: ApprovalStand = waiting;
  const { approvals, asked } = box(() => stand);
  const engine = engineFor(await runbookOf(text), {}, { approvals });
  await engine.turn(agrees);
  stand = { state: "expired", by: [] };
  const ids: string[] = [];
  approvals.ask = async ({ id }) => {
    ids.push(id);
    if (ids.length > 1) stand = waiting;
    return "digest";
  };
  const { end, state } = await engine.turn(agrees);
  assert.is(end.state === "paused" && end.reason, "waiting");
  assert.equal([...asked, ...ids], ["drop#1 approval 1", "drop#1 approval 1", "drop#1 approval 2"]);
  assert.is(state.steps.get("drop")?.approval?.state, "waiting");
  engine.remove();
});

test("what is wrong with the age of the backup is said once before a change, also where nobody is asked", async () => {
  for (const [taken, words] of [
    ["2020-01-01T00:00:00Z", /^! the backup is \d+ d .*old, and no more than 1 d may be lost$/],
    ["yesterday", /^! the age of the backup is not known: recoveryPoint gives "yesterday"/],
    ["2120-01-01T00:00:00Z", /^! the backup is of a time that is \d+ d .*from now$/],
  ] as const) {
    const steps = stepsOf(`- { id: taken, uses: exec, reads: true, with: { argv: [echo, "${taken}"] } }
- { id: a, uses: files.write, with: { path: a, content: x } }
- { id: b, uses: files.write, with: { path: b, content: x } }`);
    const point = `recoveryPoint: { at: "\${{ steps.taken.result.lines[0] }}", within: 24h }\n`;
    const engine = engineFor(await runbookOf(`${steps}${point}`));
    const { end, events } = await engine.turn();
    assert.is(end.state, "done");
    const notes = events.flatMap((event) => (event.type === "note" ? [event] : []));
    assert.equal(
      notes.map(({ step }) => step),
      ["a"],
    );
    assert.match(notes[0]?.line ?? "", words);
    engine.remove();
  }
});

test.run();
