import { asksOf } from "../actions/core/manual.ts";
import { allSteps, type Runbook, type Step } from "../runbook/runbook.ts";
import { checker } from "../schema/check.ts";
import { isJsonObject } from "../schema/json.ts";
import { nearest } from "../source/nearest.ts";
import { CommandFailure, exit } from "./exit.ts";
import { type AnswerOptions, answerValue, pairs } from "./preset-answers.ts";

/** Answers for steps that do not exist, or that nobody will ask for, are refused before anything starts. */
export async function checkPresets(runbook: Runbook, options: AnswerOptions): Promise<void> {
  const steps = new Map(allSteps(runbook).map((step) => [step.id, step]));
  const find = (option: string, id: string): Step => {
    const step = steps.get(id);
    if (step) return step;
    const near = nearest(id, steps.keys());
    throw refused(
      `--${option} ${id}: there is no step ${id}`,
      near ? `did you mean ${near}?` : "belay show lists the steps",
    );
  };
  for (const id of pairs("confirm", options.confirm).keys()) {
    if (!find("confirm", id).confirm?.type)
      throw refused(`--confirm ${id}: step ${id} wants nothing typed`, "plain confirmations are agreed to with --yes");
  }
  for (const id of pairs("decide", options.decide).keys()) {
    if (find("decide", id).action.effect === "manual")
      throw refused(`--decide ${id}: step ${id} is done by a person`, `--answer ${id}.NAME=VALUE says what came of it`);
  }
  for (const id of pairs("result", options.result).keys()) find("result", id);
  for (const [name, text] of pairs("answer", options.answer)) await checkAnswer(find, name, text);
}

async function checkAnswer(find: (option: string, id: string) => Step, given: string, text: string): Promise<void> {
  const [id = "", name = ""] = given.split(".");
  const step = find("answer", id);
  if (step.action.effect !== "manual")
    throw refused(`--answer ${given}: step ${id} asks nothing`, "only manual steps do");
  const ask = isJsonObject(step.written) ? step.written["ask"] : undefined;
  // A question that an expression is in is only known when the step comes.
  if (JSON.stringify(ask ?? {}).includes("${{")) return;
  const asks = asksOf(ask as Parameters<typeof asksOf>[0]);
  const wanted = asks.find((one) => one.name === name);
  if (!wanted)
    throw refused(
      `--answer ${given}: step ${id} does not ask for ${name || "that"}`,
      `it asks for ${asks.map((one) => `${id}.${one.name}`).join(", ")}`,
    );
  const problem = (await checker(`ask ${JSON.stringify(wanted.schema)}`, wanted.schema))(
    answerValue(wanted.schema, text),
  )[0];
  if (problem) throw refused(`--answer ${given}=${text} does not fit`, `it must fit ${JSON.stringify(wanted.schema)}`);
}

function refused(message: string, hint: string): CommandFailure {
  return new CommandFailure(exit.wrongInput, `${message}; nothing was begun`, [hint]);
}
