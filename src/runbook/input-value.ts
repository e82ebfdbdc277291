import { parseDuration } from "../action/duration.ts";
import { checker } from "../schema/check.ts";
import type { Schema } from "../schema/define.ts";
import type { Json } from "../schema/json.ts";
import type { InputDeclaration, InputType } from "./runbook.ts";

const jsonTypes: { readonly [T in InputType]: Schema["type"] & string } = {
  string: "string",
  path: "string",
  duration: "string",
  timestamp: "string",
  integer: "integer",
  number: "number",
  boolean: "boolean",
  list: "array",
  object: "object",
};

const names: { readonly [T in InputType]: string } = {
  string: "text",
  path: "a path",
  duration: "a duration such as 90s, 30m or 1h30m",
  timestamp: "a time with its zone, such as 2026-11-20T22:00:04Z",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  list: "a list",
  object: "a map",
};

const constraintKeys = [
  "enum",
  "pattern",
  "minLength",
  "maxLength",
  "minimum",
  "maximum",
  "minItems",
  "maxItems",
  "items",
  "properties",
  "required",
] as const;

/** The schema of an input's value; undefined when its type says everything. */
function constraints(declaration: InputDeclaration): Schema | undefined {
  const found = constraintKeys
    .filter((key) => declaration[key] !== undefined)
    .map((key) => [key, declaration[key]] as const);
  return found.length === 0
    ? undefined
    : ({ type: jsonTypes[declaration.type], ...Object.fromEntries(found) } as Schema);
}

/** A value as it is kept (a timestamp in UTC), or why it can't be one. */
export type Accepted = { readonly value: Json } | { readonly problem: string };

/** Checks a value that came as data: from a file, a default, or parsed text. */
export async function acceptValue(name: string, declaration: InputDeclaration, value: Json): Promise<Accepted> {
  const ofType = acceptType(declaration.type, value);
  if ("problem" in ofType) return ofType;
  const schema = constraints(declaration);
  if (!schema) return ofType;
  const problem = (await checker(`input ${name} ${JSON.stringify(schema)}`, schema))(ofType.value)[0];
  if (!problem) return ofType;
  if (problem.kind === "not-allowed") return { problem: `must be one of ${problem.allowed.map(String).join(", ")}` };
  if (problem.kind === "invalid") return { problem: problem.rule };
  if (problem.kind === "missing-key") return { problem: `lacks the key \`${problem.key}\`` };
  if (problem.kind === "unknown-key") return { problem: `has no key \`${problem.key}\`` };
  return { problem: `must hold ${problem.expected.join(" or ")} at ${problem.path.join(".") || "its root"}` };
}

function acceptType(type: InputType, value: Json): Accepted {
  const wrong = { problem: `must be ${names[type]}` };
  switch (type) {
    case "string":
      return typeof value === "string" ? { value } : wrong;
    case "path":
      return typeof value === "string" && value !== "" && !value.includes("\0") ? { value } : wrong;
    case "duration":
      return typeof value === "string" && parseDuration(value) !== undefined ? { value } : wrong;
    case "timestamp":
      return acceptTimestamp(value);
    case "integer":
      return Number.isSafeInteger(value) ? { value } : wrong;
    case "number":
      return typeof value === "number" && Number.isFinite(value) ? { value } : wrong;
    case "boolean":
      return typeof value === "boolean" ? { value } : wrong;
    case "list":
      return Array.isArray(value) ? { value } : wrong;
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value) ? { value } : wrong;
  }
}

const isoTime = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/i;

function acceptTimestamp(value: Json): Accepted {
  if (typeof value !== "string") return { problem: `must be ${names.timestamp}` };
  const millis = Date.parse(value.replace(" ", "T"));
  if (Number.isNaN(millis)) return { problem: `must be ${names.timestamp}` };
  if (!isoTime.test(value)) return { problem: "needs its zone: end it with Z for UTC, or an offset such as +02:00" };
  const [year = 0, month = 0, day = 0] = value.slice(0, 10).split("-").map(Number);
  if (new Date(Date.UTC(year, month - 1, day)).getUTCDate() !== day) return { problem: "is a day that does not exist" };
  return { value: new Date(millis).toISOString() };
}

/** Reads a value from text (`-i key=value`, or what was typed) by the input's type. */
export function parseText(declaration: InputDeclaration, text: string): Accepted {
  const wrong = { problem: `must be ${names[declaration.type]}` };
  switch (declaration.type) {
    case "string":
    case "path":
    case "duration":
    case "timestamp":
      return { value: text };
    case "integer":
      if (/^[+-]?0\d/.test(text))
        return { problem: `must be written without leading zeros: ${Number(text)}, or as text` };
      return /^[+-]?\d+$/.test(text) ? { value: Number(text) } : wrong;
    case "number":
      return text.trim() !== "" && Number.isFinite(Number(text)) ? { value: Number(text) } : wrong;
    case "boolean":
      return text === "true" || text === "false" ? { value: text === "true" } : wrong;
    case "list":
      return text.trimStart().startsWith("[")
        ? parseJson(text, wrong)
        : { value: text === "" ? [] : text.split(",").map((part) => part.trim()) };
    case "object":
      return parseJson(text, { problem: "must be a map, written as JSON" });
  }
}

function parseJson(text: string, wrong: { problem: string }): Accepted {
  try {
    return { value: JSON.parse(text) as Json };
  } catch {
    return wrong;
  }
}
