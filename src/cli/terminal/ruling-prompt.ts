import type { Ruling, RulingQuestion } from "../../execute/questions.ts";
import { valueLines } from "../../render/written-value.ts";
import type { Schema } from "../../schema/define.ts";
import type { Json } from "../../schema/json.ts";
import { answerJson } from "./answer-value.ts";
import type { Desk } from "./desk.ts";
import { agree, askNeeded, askText, type Choice, choose, needed } from "./prompt.ts";

type Way = "stop" | "look" | "again" | "undo-step" | "by-hand" | "skip" | "undo-run";

/**
 * A step failed, or nobody knows what it did: what is known, then what to do. Undefined: stop. `told`: what the failure
 * said stands right above.
 */
export async function askRuling(desk: Desk, question: RulingQuestion, told = true): Promise<Ruling | undefined> {
  desk.say(...knownOf(question, told));
  const by = desk.user;
  for (;;) {
    const way = await choose(desk, "What now?", waysOf(question));
    switch (way) {
      case undefined:
      case "stop":
        return undefined;
      case "look":
        return { decision: "look-again" };
      case "again":
        return { decision: "run-again", by, via: "prompt" };
      case "undo-step":
        return { decision: "undo-step", by, via: "prompt" };
      case "undo-run":
        if (await agreesToUndoRun(desk)) return { decision: "undo-run", by, via: "prompt" };
        break;
      case "skip": {
        const why = await askNeeded(desk, "Why is it skipped? (kept in the journal)");
        return why === undefined ? undefined : { decision: "skip", by, why, via: "prompt" };
      }
      case "by-hand":
        return askByHand(desk, question.resultSchema);
    }
  }
}

/** Much hangs on it, and the choice is one key away from others. */
export async function agreesToUndoRun(desk: Desk): Promise<boolean> {
  return (await agree(desk, "Undo every change of this run that can be undone, the last one first?")) === true;
}

function knownOf({ situation, step, title, message, details, seen }: RulingQuestion, told: boolean): string[] {
  const name = title === step ? `Step ${step}` : `Step ${step}, "${title}",`;
  switch (situation) {
    case "failed":
      return [`${name} failed.`, message, ...(told ? [] : details)];
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

function waysOf({ canLook, canSkip, canUndoStep, canUndoRun, situation }: RulingQuestion): Choice<Way>[] {
  return [
    { name: "stop here, change nothing", value: "stop" },
    ...(canLook ? [{ name: "look again", value: "look" as const }] : []),
    { name: situation === "half-done" ? "run the step" : "run the step again", value: "again" },
    ...(canUndoStep ? [{ name: "undo the step", value: "undo-step" as const }] : []),
    { name: "it is done: I checked by hand", value: "by-hand" },
    ...(canSkip ? [{ name: "skip the step, and say why", value: "skip" as const }] : []),
    ...(canUndoRun ? [{ name: "undo the whole run", value: "undo-run" as const }] : []),
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
