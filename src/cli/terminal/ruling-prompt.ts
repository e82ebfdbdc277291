import type { Ruling, RulingQuestion } from "../../execute/questions.ts";
import { valueLines } from "../../render/written-value.ts";
import type { Schema } from "../../schema/define.ts";
import type { Json } from "../../schema/json.ts";
import { answerJson } from "./answer-value.ts";
import type { Desk } from "./desk.ts";
import { askText, type Choice, choose } from "./prompt.ts";

type Way = "stop" | "look" | "again" | "by-hand" | "skip";

/** A step failed, or nobody knows what it did: what is known, then what to do. Undefined: stop. */
export async function askRuling(desk: Desk, question: RulingQuestion): Promise<Ruling | undefined> {
  desk.say(...knownOf(question));
  const way = await choose(desk, "What now?", waysOf(question));
  const by = desk.user;
  switch (way) {
    case undefined:
    case "stop":
      return undefined;
    case "look":
      return { decision: "look-again" };
    case "again":
      return { decision: "run-again", by, via: "prompt" };
    case "skip": {
      const why = await askNeeded(desk, "Why is it skipped? (kept in the journal)");
      return why === undefined ? undefined : { decision: "skip", by, why, via: "prompt" };
    }
    case "by-hand":
      return askByHand(desk, question.resultSchema);
  }
}

function knownOf({ situation, step, title, message, details, seen }: RulingQuestion): string[] {
  const name = title === step ? `Step ${step}` : `Step ${step}, "${title}",`;
  switch (situation) {
    case "failed":
      // Its details stand right above: the view showed them as it failed.
      return [`${name} failed.`, message];
    case "half-done":
      return [
        `${name} is half done already, and was not begun in this run.`,
        message,
        ...(seen === undefined ? [] : [`Looked just now: ${seen}`]),
        ...details,
      ];
    case "in-doubt":
      return [
        `${name} is in doubt: what it did is not known.`,
        message,
        ...(seen === undefined ? [] : [`Looked just now: ${seen}`]),
        ...details,
      ];
  }
}

function waysOf({ canLook, canSkip, situation }: RulingQuestion): Choice<Way>[] {
  return [
    { name: "stop here, change nothing", value: "stop" },
    ...(canLook ? [{ name: "look again", value: "look" as const }] : []),
    { name: situation === "half-done" ? "run the step" : "run the step again", value: "again" },
    { name: "it is done: I checked by hand", value: "by-hand" },
    ...(canSkip ? [{ name: "skip the step, and say why", value: "skip" as const }] : []),
  ];
}

async function askByHand(desk: Desk, schema: Schema | undefined): Promise<Ruling | undefined> {
  const by = await askText(desk, "Who says so?", { default: desk.user, check: needed });
  if (by === undefined) return undefined;
  const why = await askNeeded(desk, "Why was it done by hand?");
  if (why === undefined) return undefined;
  const evidence = await askNeeded(desk, "What shows that it is done?");
  if (evidence === undefined) return undefined;
  const stated = { decision: "done-by-hand" as const, by: by.trim(), why, evidence, via: "prompt" as const };
  if (!schema || (schema.required ?? []).length === 0) return stated;
  const result = await askResult(desk, schema);
  return result === undefined ? undefined : { ...stated, result };
}

/** Later steps may read the result, so it must be one that the step could have given. */
async function askResult(desk: Desk, schema: Schema): Promise<Json | undefined> {
  const fields = Object.fromEntries(
    (schema.required ?? []).map((key) => {
      const { type, description } = schema.properties?.[key] ?? {};
      return [
        key,
        `${Array.isArray(type) ? type.join(" or ") : String(type ?? "anything")}${description ? ` (${description})` : ""}`,
      ];
    }),
  );
  desk.say(
    "Later steps may read the step's result. State it as JSON, with:",
    ...valueLines(fields, 0, (desk.stdout.columns || 80) - 2),
  );
  const text = await askText(desk, "Result:", {
    check: async (typed) => {
      const found = await answerJson(schema, typed);
      return "problem" in found ? found.problem : undefined;
    },
  });
  if (text === undefined) return undefined;
  const found = await answerJson(schema, text);
  return "problem" in found ? undefined : found.value;
}

const needed = async (text: string) => (text.trim() === "" ? "an answer is needed; Ctrl-D stops" : undefined);

async function askNeeded(desk: Desk, message: string): Promise<string | undefined> {
  return (await askText(desk, message, { check: needed }))?.trim();
}
