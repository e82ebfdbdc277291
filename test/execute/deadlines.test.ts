import { test } from "uvu";
import * as assert from "uvu/assert";
import type { DeadlineRuling } from "../../src/execute/questions.ts";
import { answererOf, type Engine, engineFor, runbookOf } from "../support/engine.ts";

const runbookWith = (deadline: string) =>
  runbookOf(`apiVersion: belay/v1
name: test
title: Test
inputs: { limit: { type: duration, default: 100ms } }
deadlines:
  outage: { start: stop, within: "\${{ inputs.limit }}"${deadline} }
steps:
  - { id: before, uses: exec, repeatable: true, with: { argv: [sleep, "0.15"] } }
  - { id: stop, uses: exec, repeatable: true, with: { argv: [sleep, "0.15"] } }
  - { id: load, uses: exec, repeatable: true, with: { argv: ["true"] } }
  - { id: last, uses: exec, repeatable: true, with: { argv: ["true"] } }
finally:
  - { id: tidy, uses: exec, repeatable: true, with: { argv: ["true"] } }
`);

async function using(deadline: string, work: (engine: Engine) => Promise<void>): Promise<void> {
  const engine = engineFor(await runbookWith(deadline), { limit: "100ms" });
  try {
    await work(engine);
  } finally {
    engine.remove();
  }
}

test("a deadline that is over is said once, and asked about before the next step; nobody there means stop", async () => {
  await using("", async (engine) => {
    const first = await engine.turn();
    assert.is(first.end.state === "paused" && first.end.reason, "waiting");
    assert.match(first.end.state === "paused" ? first.end.message : "", /deadline outage is over/);
    assert.is(first.state.steps.get("stop")?.status, "done", "what was at work is not ended");
    assert.is(first.state.steps.has("load"), false);
    const asked: string[] = [];
    const ruling: DeadlineRuling = { decision: "continue", by: "ana", via: "prompt" };
    const answerer = answererOf({
      deadline: async ({ deadline, step }) => {
        asked.push(`${deadline} ${step}`);
        return ruling;
      },
    });
    const second = await engine.turn(answerer);
    assert.is(second.end.state, "done");
    assert.equal(asked, ["outage load"], "who decided to go on is not asked again");
    assert.is(second.events.filter((event) => event.type === "deadline-passed").length, 0);
    assert.is(second.state.deadlines.get("outage")?.by, "ana");
  });
});

test("a stop is not the last word: whoever resumes is asked again", async () => {
  await using("", async (engine) => {
    const stop = answererOf({ deadline: async () => ({ decision: "stop", by: "ana", via: "prompt" }) });
    const first = await engine.turn(stop);
    assert.is(first.end.state === "paused" && first.end.reason, "stopped");
    const second = await engine.turn(stop);
    assert.is(second.end.state === "paused" && second.end.reason, "stopped");
    const third = await engine.turn(
      answererOf({ deadline: async () => ({ decision: "continue", by: "bo", via: "prompt" }) }),
    );
    assert.is(third.end.state, "done");
  });
});

test("the author can decide beforehand", async () => {
  await using(", atLimit: continue", async (engine) => {
    const { end, events } = await engine.turn();
    assert.is(end.state, "done");
    assert.is(events.filter((event) => event.type === "deadline-passed").length, 1);
    assert.is(events.filter((event) => event.type === "deadline-decided").length, 1);
  });
  await using(", atLimit: stop", async (engine) => {
    const { end } = await engine.turn();
    assert.is(end.state === "paused" && end.reason, "stopped");
  });
});

test("a warning comes once, before the limit; a clock that has an end stops there", async () => {
  const runbook = await runbookOf(`apiVersion: belay/v1
name: test
title: Test
deadlines:
  outage: { start: stop, end: stop, within: 200ms, warnAt: 20ms }
  long: { start: stop, within: 1h, warnAt: 100ms }
steps:
  - { id: stop, uses: exec, repeatable: true, with: { argv: [sleep, "0.15"] } }
  - { id: load, uses: exec, repeatable: true, with: { argv: [sleep, "0.15"] } }
  - { id: last, uses: exec, repeatable: true, with: { argv: ["true"] } }
`);
  const engine = engineFor(runbook);
  const { end, events } = await engine.turn();
  assert.is(end.state, "done", JSON.stringify(end));
  const said = events.flatMap((event) => (event.type === "deadline-warned" ? [event.deadline] : []));
  assert.equal(said, ["long"]);
  engine.remove();
});

test("a person's word goes before the author's stop, and the pause says how", async () => {
  await using(", atLimit: stop", async (engine) => {
    const first = await engine.turn();
    assert.match(
      first.end.state === "paused" ? first.end.message : "",
      `belay resume ${engine.folder.id} --decide deadline.outage=continue`,
    );
    const asked: (boolean | undefined)[] = [];
    const { end, events } = await engine.turn(
      answererOf({
        deadline: async ({ beforehand }) => {
          asked.push(beforehand);
          return { decision: "continue", by: "ana", why: "the window was extended", via: "option" };
        },
      }),
    );
    assert.equal(end, { state: "done" });
    assert.equal(asked, [undefined], "a run that stopped before is asked about");
    const decided = events.find((event) => event.type === "deadline-decided");
    assert.is(decided?.type === "deadline-decided" && decided.why, "the window was extended");
  });
});

test("the author's stop can be decided against before it comes", async () => {
  await using(", atLimit: stop", async (engine) => {
    const asked: (boolean | undefined)[] = [];
    const { end } = await engine.turn(
      answererOf({
        deadline: async ({ beforehand }) => {
          asked.push(beforehand);
          return undefined;
        },
      }),
    );
    assert.is(end.state === "paused" && end.reason, "stopped");
    assert.equal(asked, [true]);
  });
});

test.run();
