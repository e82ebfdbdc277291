import { checker } from "../../schema/check.ts";
import type { Schema } from "../../schema/define.ts";
import type { Json } from "../../schema/json.ts";
import type { SchemaProblem } from "../../schema/problem.ts";

export type AnswerValue = { readonly value: Json } | { readonly problem: string };

/** Text that a person typed, as the value that a schema of one scalar wants. */
export async function answerValue(schema: Schema, text: string): Promise<AnswerValue> {
  const value = read(schema, text.trim());
  if (value === undefined)
    return { problem: schema.type === "integer" ? "a whole number is wanted" : "a number is wanted" };
  return checkValue(schema, value);
}

/** JSON that a person typed. */
export async function answerJson(schema: Schema, text: string): Promise<AnswerValue> {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return { problem: "this is not JSON" };
  }
  return checkValue(schema, value);
}

async function checkValue(schema: Schema, value: Json): Promise<AnswerValue> {
  const problem = (await checker(`answer ${JSON.stringify(schema)}`, schema))(value)[0];
  return problem ? { problem: problemWords(problem) } : { value };
}

function read(schema: Schema, text: string): Json | undefined {
  if (schema.type !== "integer" && schema.type !== "number") return text;
  const value = Number(text);
  return text === "" || !Number.isFinite(value) ? undefined : value;
}

function problemWords(problem: SchemaProblem): string {
  const at = problem.path.length === 0 ? "it" : `\`${problem.path.join(".")}\``;
  switch (problem.kind) {
    case "unknown-key":
      return `${at} has no key \`${problem.key}\`; it may have ${problem.allowed.join(", ")}`;
    case "missing-key":
      return `${at} lacks the key \`${problem.key}\``;
    case "wrong-type":
      return `${at} must be of type ${problem.expected.join(" or ")}`;
    case "not-allowed":
      return `${at} must be one of ${problem.allowed.map((one) => JSON.stringify(one)).join(", ")}`;
    case "invalid":
      return `${at} ${problem.rule}`;
  }
}
