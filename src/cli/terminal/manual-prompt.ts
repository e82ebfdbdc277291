import type { Answers, Ask } from "../../action/question.ts";
import type { ManualQuestion } from "../../execute/questions.ts";
import type { Json } from "../../schema/json.ts";
import { answerValue } from "./answer-value.ts";
import type { Desk } from "./desk.ts";
import { askText, type Choice, choose } from "./prompt.ts";

type Given = { readonly given: Json } | "left-out" | "stop";

/** Shows what a person is to do, and asks what came of it. Undefined: stop, nothing is stated. */
export async function askManual(desk: Desk, question: ManualQuestion): Promise<Answers | undefined> {
  const { step, title, instructions, asks } = question;
  desk.say(`☛ ${step}  ${title === step ? "by hand" : title}`, instructions.trimEnd());
  const values: { [name: string]: Json } = {};
  for (const ask of asks) {
    const answer = await askOne(desk, ask);
    if (answer === "stop") return undefined;
    if (answer !== "left-out") values[ask.name] = answer.given;
  }
  return { by: desk.user, values };
}

async function askOne(desk: Desk, ask: Ask): Promise<Given> {
  const { schema, title, optional } = ask;
  const question = [title, schema.description ?? ""].filter((part) => part !== "").join(" · ");
  if (schema.enum)
    return pick(
      desk,
      question,
      schema.enum.map((value) => ({ name: String(value), value: { given: value as Json } })),
      optional,
    );
  if (schema.type === "boolean") {
    const choices = [
      { name: "yes", value: { given: true } },
      { name: "no", value: { given: false } },
    ];
    return pick(desk, question, choices, optional);
  }
  const text = await askText(desk, `${question}${optional ? " (may stay empty)" : ""}`, {
    check: async (typed) => {
      if (typed.trim() === "") return optional ? undefined : "an answer is needed; Ctrl-D stops";
      const found = await answerValue(schema, typed);
      return "problem" in found ? found.problem : undefined;
    },
  });
  if (text === undefined) return "stop";
  if (text.trim() === "") return optional ? "left-out" : "stop";
  const found = await answerValue(schema, text);
  return "problem" in found ? "stop" : { given: found.value };
}

/** Enter alone must state nothing, neither yes nor no. */
async function pick(
  desk: Desk,
  question: string,
  choices: readonly Choice<Given>[],
  optional: boolean,
): Promise<Given> {
  const all: Choice<Given>[] = [
    { name: "stop here: not answered yet", value: "stop" },
    ...(optional ? [{ name: "leave it out", value: "left-out" as const }] : []),
    ...choices,
  ];
  return (await choose(desk, question, all)) ?? "stop";
}
