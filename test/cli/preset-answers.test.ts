import { test } from "uvu";
import * as assert from "uvu/assert";
import { catalog } from "../../src/actions/catalog.ts";
import { checkPresets } from "../../src/cli/check-presets.ts";
import { CommandFailure } from "../../src/cli/exit.ts";
import { type AnswerOptions, nobody, presetAnswers } from "../../src/cli/preset-answers.ts";
import { byStep, pairs, splitAnswer } from "../../src/cli/preset-keys.ts";
import type { RulingQuestion, UndoQuestion } from "../../src/execute/questions.ts";
import { loadRunbook } from "../../src/runbook/load-runbook.ts";

const inner = `apiVersion: belay/v1
name: inner
title: Included
deadlines: { window: { start: twice, within: 5m } }
steps:
  - { id: twice, uses: exec, with: { argv: ["true"] }, repeatable: true }
`;
const text = `apiVersion: belay/v1
name: r
title: R
deadlines: { outage: { start: first, within: 30m } }
steps:
  - { id: first, uses: exec, with: { argv: ["true"] }, repeatable: true, confirm: { type: go } }
  - id: sites
    forEach: [eu, us]
    steps:
      - { id: stop, uses: exec, with: { argv: ["true"] }, repeatable: true, confirm: { type: "\${{ each.key }}" } }
      - { id: ask, uses: manual, with: { instructions: Do it., ask: { green: { type: boolean } } } }
  - { id: more, uses: runbook, with: { runbook: ./inner.yaml } }
  - { id: again, uses: runbook, with: { runbook: ./inner.yaml } }
`;
const loaded = await loadRunbook("r.yaml", text, catalog, {
  includes: { read: async () => ({ file: "inner.yaml", text: inner }) },
});
if (!loaded.runbook) throw new Error(JSON.stringify(loaded.diagnostics));
const { runbook } = loaded;

const said: string[] = [];
const answerer = (options: AnswerOptions) =>
  presetAnswers(options, "ana", nobody, (line) => void said.push(line), runbook);
const about = (step: string) => ({ step, key: `${step}#1`, title: step });
const ruling = (step: string, more: Partial<RulingQuestion> = {}): RulingQuestion => ({
  kind: "ruling",
  ...about(step),
  situation: "failed",
  message: "it failed",
  details: [],
  canLook: false,
  canSkip: true,
  canUndoStep: true,
  canUndoRun: true,
  ...more,
});
const undo = (step: string): UndoQuestion => ({
  kind: "undo",
  ...about(step),
  situation: "failed",
  message: "it failed",
  details: [],
});

async function refusal(options: AnswerOptions): Promise<string> {
  try {
    await checkPresets(runbook, options);
    presetAnswers(options, "ana", nobody, () => {}, runbook);
  } catch (error) {
    if (error instanceof CommandFailure) return [error.message, ...error.details].join(" | ");
    throw error;
  }
  return "";
}

test("an instance's name may have an equals sign and dots", () => {
  assert.equal(
    [...pairs("decide", ["sites[a=b]/stop=skip", "load=x=y"])],
    [
      ["sites[a=b]/stop", "skip"],
      ["load", "x=y"],
    ],
  );
  assert.equal(splitAnswer("sites[db.example.org]/ask.green"), ["sites[db.example.org]/ask", "green"]);
  for (const wrong of ["load", "=skip", "sites[a=b"]) assert.throws(() => pairs("decide", [wrong]), "wants STEP=");
});

test("an address is that instance; an id that only one step has is all of its instances", () => {
  const values = byStep(
    runbook,
    new Map([
      ["sites[eu]/stop", 1],
      ["stop", 2],
      ["sites", 3],
    ]),
  );
  assert.is(values.get("sites[eu]/stop"), 1);
  assert.is(values.get("sites[us]/stop"), 2);
  assert.is(values.get("sites[us]"), 3);
  assert.is(values.get("first"), undefined);
});

test("names that the runbook does not have are refused", async () => {
  assert.is(await refusal({ decide: ["sites[eu]/stop=run-again", "stop=undo-step", "deadline.outage=continue"] }), "");
  assert.is(
    await refusal({ confirm: ["sites[eu]/stop=eu"], answer: ["sites[us]/ask.green=true", "ask.green=true"] }),
    "",
  );
  assert.match(await refusal({ decide: ["sites[eu]/stpo=run-again"] }), "there is no step sites[eu]/stpo");
  assert.match(await refusal({ decide: ["frist=run-again"] }), "did you mean first?");
  assert.match(
    await refusal({ decide: ["twice=run-again"] }),
    "2 steps have the id twice; nothing was begun | say which: more/twice, again/twice",
  );
  assert.match(await refusal({ decide: ["sites=run-again"] }), "sites is no step, but has steps of its own");
  assert.match(
    await refusal({ decide: ["deadline.outag=stop"] }),
    "no deadline outag; nothing was begun | did you mean deadline.outage?",
  );
  assert.is(await refusal({ decide: ["deadline.more/window=stop"] }), "");
  assert.match(await refusal({ decide: ["deadline.outage=skip"] }), "a decision is continue, stop or undo");
  assert.match(
    await refusal({ decide: ["first=forget"] }),
    "a decision is run-again, done, skip, undo-step, undo-run or leave",
  );
  assert.match(await refusal({ answer: ["sites[us]/ask.gren=true"] }), "does not ask for gren");
  assert.match(await refusal({ answer: ["ask.green=7"] }), "does not fit");
});

test("rulings: each instance once, and only what a prompt would offer", async () => {
  const { rule } = answerer({ decide: ["stop=undo-step"], why: "wrong site" });
  const ruled = { decision: "undo-step", by: "ana", why: "wrong site", via: "option" };
  assert.equal(await rule(ruling("sites[eu]/stop")), ruled);
  assert.is(await rule(ruling("sites[eu]/stop")), undefined);
  assert.equal(await rule(ruling("sites[us]/stop")), ruled);
  said.length = 0;
  assert.is(await answerer({ decide: ["first=undo-run"] }).rule(ruling("first", { canUndoRun: false })), undefined);
  assert.match(said.join(), "can't be decided for this step as it stands");
  assert.equal((await answerer({ decide: ["first=undo-run"] }).rule(ruling("first")))?.decision, "undo-run");
});

test("deadlines, typed confirmations, answers and undoing, by address", async () => {
  const question = {
    kind: "deadline",
    deadline: "outage",
    message: "",
    startedAt: "",
    limitAt: "",
    step: "first",
  } as const;
  const decided = answerer({ decide: ["deadline.outage=undo"] });
  assert.equal(await decided.deadline({ ...question, canUndoRun: true }), {
    decision: "undo",
    by: "ana",
    via: "option",
  });
  assert.is(await decided.deadline({ ...question, canUndoRun: false }), undefined);
  const {
    confirm,
    manual,
    undo: undoing,
  } = answerer({
    confirm: ["sites[eu]/stop=eu"],
    answer: ["ask.green=true"],
    decide: ["first=leave"],
    why: "wanted so",
  });
  const asked = (step: string, type: string) =>
    confirm({ kind: "confirm", ...about(step), message: "", type, target: "host here", noReturn: false });
  assert.equal(await asked("sites[eu]/stop", "eu"), { by: "ana", via: "option" });
  assert.is(await asked("sites[us]/stop", "us"), undefined);
  const asks = [{ name: "green", title: "Green?", schema: { type: "boolean" }, optional: false }] as const;
  assert.equal(await manual({ kind: "manual", ...about("sites[us]/ask"), instructions: "", asks }), {
    by: "ana",
    values: { green: true },
  });
  assert.equal(await undoing(undo("first")), { decision: "leave", by: "ana", why: "wanted so", via: "option" });
});

test("what was decided beforehand and nobody asked for is said", async () => {
  const given = answerer({
    decide: ["sites[nope]/stop=skip", "first=skip", "deadline.outage=continue"],
    confirm: ["sites[eu]/stop=eu"],
    answer: ["ask.green=secret"],
    why: "so",
  });
  await given.rule(ruling("first"));
  assert.equal(given.unasked(), [
    "--confirm sites[eu]/stop",
    "--decide sites[nope]/stop=skip",
    "--decide deadline.outage=continue",
    "--answer ask.green",
  ]);
  const question = { deadline: "outage", message: "", startedAt: "", limitAt: "", step: "first", canUndoRun: false };
  await given.deadline({ kind: "deadline", ...question });
  assert.equal(given.unasked(), ["--confirm sites[eu]/stop", "--decide sites[nope]/stop=skip", "--answer ask.green"]);
});

test("where the runbook stops at a deadline, only what was decided beforehand goes before that", async () => {
  const next = { ...nobody, deadline: async () => ({ decision: "continue", by: "bo", via: "prompt" }) as const };
  const question = { deadline: "outage", message: "", startedAt: "", limitAt: "", step: "first", canUndoRun: false };
  const ask = (options: AnswerOptions, beforehand: boolean) =>
    presetAnswers(options, "ana", next, () => {}, runbook).deadline({ kind: "deadline", ...question, beforehand });
  assert.is(await ask({}, true), undefined);
  assert.is((await ask({}, false))?.by, "bo");
  assert.is((await ask({ decide: ["deadline.outage=continue"] }, true))?.by, "ana");
});

test.run();
