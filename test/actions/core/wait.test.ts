import { setTimeout as sleep } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Look, PollContext } from "../../../src/action/context.ts";
import type { Action, PollAction } from "../../../src/action/define-action.ts";
import { ActionFailure } from "../../../src/action/failure.ts";
import { waitAction } from "../../../src/actions/core/wait.ts";
import type { JsonObject } from "../../../src/schema/json.ts";
import { actionContext, type TestContext } from "../../support/action-context.ts";
import { failureOf } from "../../support/failure-of.ts";

const asPoll = (action: Action) => action as PollAction;
const input = { uses: "exec", until: "${{ result }}", every: "20ms" };

async function waiting(
  look: (count: number) => Partial<Look> | Promise<Partial<Look>>,
  given: JsonObject = input,
  signal?: AbortSignal,
) {
  const context: TestContext = await actionContext();
  let looks = 0;
  const poll: PollContext = {
    ...context,
    ...(signal && { signal }),
    async look() {
      looks++;
      return {
        result: looks,
        until: false,
        failIf: false,
        seen: `look ${looks}`,
        failed: false,
        ...(await look(looks)),
      };
    },
  };
  return {
    context,
    run: () =>
      asPoll(waitAction)
        .run(given, poll)
        .finally(() => context.remove()),
  };
}

test("looks until it is so", async () => {
  const { context, run } = await waiting((count) => ({ until: count === 3 }));
  const result = (await run()) as JsonObject;
  assert.is(result["looks"], 3);
  assert.is(result["last"], 3);
  assert.ok(Number(result["waitedMs"]) >= 35, `waited ${result["waitedMs"]} ms`);
  assert.equal(context.notes, ["waiting: look 1", "waiting: look 2"]);
});

test("a look that failed is not the answer, whatever the expressions say", async () => {
  const { run } = await waiting((count) => (count < 3 ? { failed: true, until: true, failIf: true } : { until: true }));
  assert.is(((await run()) as JsonObject)["looks"], 3);
});

test("failIf ends it, even when until is true as well", async () => {
  const { run } = await waiting(() => ({ until: true, failIf: true, seen: "the job has failed" }));
  const failure = await failureOf(run());
  assert.is(failure.kind, "failed");
  assert.match(failure.message, /the job has failed$/);
});

test("gives up when the step's time is over, and says what was seen last", async () => {
  const end = new AbortController();
  const { run } = await waiting(() => ({ seen: "port 9443: refused" }), { ...input, every: "1h" }, end.signal);
  setTimeout(() => end.abort(new ActionFailure("failed", "the step took longer than 100 ms")), 100);
  const failure = await failureOf(run());
  assert.is(failure.kind, "failed");
  assert.match(failure.message, /^gave up waiting after 1[0-9]{2} ms: last seen: port 9443: refused$/);
  assert.equal(failure.details, ["the step took longer than 100 ms"]);
});

test("gives up when the time is over in the middle of a look", async () => {
  const end = new AbortController();
  const look = async () => {
    await sleep(10_000, undefined, { signal: end.signal });
    return {};
  };
  const { run } = await waiting(look, input, end.signal);
  setTimeout(() => end.abort(new Error("over")), 50);
  assert.match((await failureOf(run())).message, /nothing was seen yet$/);
});

test("another error of a look is passed on", async () => {
  const wrong = new ActionFailure("wrong-input", "there is no such action");
  const { run } = await waiting(() => Promise.reject(wrong));
  assert.is(await failureOf(run()), wrong);
});

test.run();
