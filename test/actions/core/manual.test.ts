import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ManualAction } from "../../../src/action/define-action.ts";
import type { Question } from "../../../src/action/question.ts";
import { manualAction } from "../../../src/actions/core/manual.ts";
import type { JsonObject } from "../../../src/schema/json.ts";
import { actionContext } from "../../support/action-context.ts";
import { failureOf } from "../../support/failure-of.ts";

async function answered(input: JsonObject, values: JsonObject) {
  const context = await actionContext();
  const questions: Question[] = [];
  const ask = async (question: Question) => {
    questions.push(question);
    return { by: "ana", values };
  };
  const result = (manualAction as ManualAction).run({ instructions: "Look", ...input }, { ...context, ask });
  return { question: () => questions[0], result: result.finally(() => context.remove()) };
}

test("asks what the runbook wants to know, and gives the answers", async () => {
  const ask = {
    nodes: { type: "integer", title: "How many?", description: "green ones" },
    ticket: { pattern: "^CHG", minLength: 4, optional: true },
    colour: { enum: ["red", "green"] },
    size: { enum: [1, 2] },
    mixed: { enum: [1, "two"] },
  };
  const { question, result } = await answered({ ask }, { nodes: 3 });
  assert.equal(await result, { by: "ana", answers: { nodes: 3 } });
  assert.equal(question(), {
    instructions: "Look",
    asks: [
      { name: "nodes", title: "How many?", optional: false, schema: { type: "integer", description: "green ones" } },
      { name: "ticket", title: "ticket", optional: true, schema: { type: "string", pattern: "^CHG", minLength: 4 } },
      { name: "colour", title: "colour", optional: false, schema: { type: "string", enum: ["red", "green"] } },
      { name: "size", title: "size", optional: false, schema: { type: "number", enum: [1, 2] } },
      { name: "mixed", title: "mixed", optional: false, schema: { enum: [1, "two"] } },
    ],
  });
});

test("without questions, asks whether it is done", async () => {
  const { question, result } = await answered({}, { done: true });
  assert.equal(await result, { by: "ana", answers: { done: true } });
  assert.equal(question()?.asks, [
    { name: "done", title: "Is it done?", schema: { type: "boolean" }, optional: false },
  ]);
});

test("what is not done fails the step", async () => {
  const { result } = await answered({}, { done: false });
  const failure = await failureOf(result);
  assert.is(failure.kind, "failed");
  assert.is(failure.message, "the operator said that it is not done");
  const own = await answered({ ask: { done: { type: "boolean" } } }, { done: false });
  assert.equal(await own.result, { by: "ana", answers: { done: false } });
});

test("a broken pattern is found before anybody is asked", async () => {
  const { question, result } = await answered({ ask: { x: { pattern: "(" } } }, {});
  assert.is((await failureOf(result)).kind, "wrong-input");
  assert.is(question(), undefined);
});

test.run();
