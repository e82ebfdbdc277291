import { test } from "uvu";
import * as assert from "uvu/assert";
import type { AssertAction } from "../../../src/action/define-action.ts";
import { assertAction } from "../../../src/actions/core/assert.ts";
import type { Json, JsonObject } from "../../../src/schema/json.ts";
import { actionContext } from "../../support/action-context.ts";
import { failureOf } from "../../support/failure-of.ts";

async function judge(that: Json[], written: Json, more: JsonObject = {}): Promise<Json> {
  const context = await actionContext();
  return (assertAction as AssertAction).run({ that, ...more }, { ...context, written }).finally(() => context.remove());
}

const written = { that: ["${{ a > 0 }}", "${{ b == 'x' }}", true] };

test("says how many held", async () => {
  assert.equal(await judge([true, true, true], written), { held: 3 });
});

test("names every expression that does not hold", async () => {
  const failure = await failureOf(judge([false, false, true], written));
  assert.is(failure.kind, "failed");
  assert.is(failure.message, "that[0], a > 0, does not hold");
  assert.equal(failure.details, ["that[1], b == 'x', does not hold"]);
});

test("says the author's sentence, and then which", async () => {
  const failure = await failureOf(judge([true, false, true], written, { message: "The dump is empty" }));
  assert.is(failure.message, "The dump is empty");
  assert.equal(failure.details, ["that[1], b == 'x', does not hold"]);
});

test("what is neither true nor false is the author's mistake", async () => {
  for (const [value, shown] of [
    ["true", '"true"'],
    [1, "1"],
    [null, "null"],
  ] as const) {
    const failure = await failureOf(judge([true, value, false], written));
    assert.is(failure.kind, "wrong-input");
    assert.is(failure.message, `that[1], b == 'x', is ${shown}, which is neither true nor false`);
  }
});

test.run();
