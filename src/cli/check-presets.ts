import { asksOf } from "../actions/core/manual.ts";
import type { Runbook, Step } from "../runbook/runbook.ts";
import { walk } from "../runbook/walk.ts";
import { checker } from "../schema/check.ts";
import { isJsonObject, type Json } from "../schema/json.ts";
import { nearest } from "../source/nearest.ts";
import { CommandFailure, exit } from "./exit.ts";
import { type AnswerOptions, answerValue } from "./preset-answers.ts";
import { meantBy, pairs, splitAnswer } from "./preset-keys.ts";

/** Answers for steps that do not exist, or that nobody will ask for, are refused before anything starts. */
export async function checkPresets(runbook: Runbook, options: AnswerOptions): Promise<void> {
  const find: Find = (option, given) => {
    const [meant, ...more] = meantBy(runbook, given);
    if (more.length > 0) {
      const all = [meant, ...more].map((one) => one?.address).join(", ");
      throw refused(`--${option} ${given}: ${more.length + 1} steps have the id ${given}`, `say which: ${all}`);
    }
    if (meant?.node.kind === "step") return meant.node;
    if (meant) throw refused(`--${option} ${given}: ${given} is no step, but has steps of its own`, listHint);
    const near = nearest(
      given,
      [...walk(runbook)].map(({ address }) => address),
    );
    throw refused(`--${option} ${given}: there is no step ${given}`, near ? `did you mean ${near}?` : listHint);
  };
  for (const id of pairs("confirm", options.confirm).keys()) {
    if (!find("confirm", id).confirm?.type)
      throw refused(`--confirm ${id}: step ${id} wants nothing typed`, "plain confirmations are agreed to with --yes");
  }
  for (const id of pairs("decide", options.decide).keys()) {
    if (id.startsWith("deadline.")) checkDeadline(runbook, id);
    else if (find("decide", id).action.effect === "manual" && find("decide", id).undo?.kind !== "uses")
      throw refused(`--decide ${id}: step ${id} is done by a person`, `--answer ${id}.NAME=VALUE says what came of it`);
  }
  for (const id of pairs("result", options.result).keys()) find("result", id);
  for (const [name, text] of pairs("answer", options.answer)) await checkAnswer(find, name, text);
}

type Find = (option: string, given: string) => Step;

const listHint = "belay show lists the steps";

function checkDeadline(runbook: Runbook, given: string): void {
  const name = given.slice("deadline.".length);
  const names = [...runbook.deadlines.keys()];
  for (const { node, address } of walk(runbook)) {
    if (node.kind === "include" && !address.includes("["))
      names.push(...[...node.runbook.deadlines.keys()].map((one) => `${address}/${one}`));
  }
  if (names.includes(name)) return;
  const near = nearest(name, names);
  const hint = near
    ? `did you mean deadline.${near}?`
    : names.length > 0
      ? `it has ${names.join(", ")}`
      : "it has none";
  throw refused(`--decide ${given}: the runbook has no deadline ${name}`, hint);
}

/** What a person is asked: by a step, and by what undoes it. */
function manualInputs({ action, written, undo }: Step): Json[] {
  const undone = undo?.kind === "uses" && undo.action.effect === "manual" ? [undo.written] : [];
  return [...(action.effect === "manual" ? [written] : []), ...undone];
}

async function checkAnswer(find: Find, given: string, text: string): Promise<void> {
  const [id, name] = splitAnswer(given);
  const step = find("answer", id);
  const written = manualInputs(step);
  if (written.length === 0) throw refused(`--answer ${given}: step ${id} asks nothing`, "only manual steps do");
  const questions = written.map((one) => (isJsonObject(one) ? one["ask"] : undefined));
  // A question that an expression is in is only known when the step comes.
  if (JSON.stringify(questions).includes("${{")) return;
  const asks = questions.flatMap((ask) => asksOf(ask as Parameters<typeof asksOf>[0]));
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
