import { defineManual } from "../../action/define-action.ts";
import { ActionFailure } from "../../action/failure.ts";
import type { Ask } from "../../action/question.ts";
import type { Schema, Typed } from "../../schema/define.ts";

const askSchema = {
  type: "object",
  properties: {
    type: { enum: ["string", "integer", "number", "boolean"], description: "What the answer is; a string by default" },
    title: { type: "string", minLength: 1, description: "The question; the name by default" },
    description: { type: "string", description: "What helps to answer it" },
    enum: {
      type: "array",
      items: { type: ["string", "integer", "number", "boolean"] },
      minItems: 1,
      description: "The answers to choose from",
    },
    pattern: { type: "string", minLength: 1, description: "A regular expression that a string must match" },
    minLength: { type: "integer", minimum: 0, description: "The least number of characters of a string" },
    optional: { type: "boolean", default: false, description: "Whether it may stay without an answer" },
  },
  additionalProperties: false,
} as const;

const input = {
  type: "object",
  properties: {
    instructions: { type: "string", minLength: 1, description: "What the person is to do, in Markdown" },
    ask: {
      type: "object",
      additionalProperties: askSchema,
      description: "What the person must state afterwards, by name. Without it, only whether it is done",
    },
  },
  required: ["instructions"],
  additionalProperties: false,
} as const;

type AskInput = Typed<typeof askSchema>;

const done: Ask = { name: "done", title: "Is it done?", schema: { type: "boolean" }, optional: false };

export const manualAction = defineManual({
  name: "manual",
  summary: "Have a person do something, and state what came of it",
  example: `instructions: Point the load balancer at the standby, and look at its health page.
ask:
  nodes: { type: integer, title: How many nodes are green? }
  ticket: { title: Number of the change ticket, pattern: "^CHG[0-9]+$", optional: true }
`,
  input,
  result: {
    type: "object",
    properties: {
      by: { type: "string", description: "Who answered" },
      answers: { type: "object", additionalProperties: true, description: "The answers, by name" },
    },
    required: ["by", "answers"],
    additionalProperties: false,
  },
  async run({ instructions, ask = {} }, context) {
    const asks = asksOf(ask);
    const { by, values } = await context.ask({ instructions, asks });
    if (asks[0] === done && values["done"] !== true)
      throw new ActionFailure("failed", "the operator said that it is not done");
    return { by, answers: { ...values } };
  },
});

/** What a manual step asks, from its `ask`. */
export function asksOf(ask: Typed<typeof input>["ask"] = {}): Ask[] {
  const named = Object.entries(ask).map(([name, given]) => toAsk(name, given));
  return named.length > 0 ? named : [done];
}

function toAsk(name: string, { title, optional, type, ...rest }: AskInput): Ask {
  if (rest.pattern !== undefined) checkPattern(name, rest.pattern);
  const kind = type ?? (rest.enum === undefined ? "string" : typeOfChoices(rest.enum));
  const schema: Schema = { ...(kind && { type: kind }), ...rest };
  return { name, title: title ?? name, schema, optional: optional ?? false };
}

/** `enum: [1, 2]` without a type means numbers; choices of several types need none. */
function typeOfChoices(choices: AskInput["enum"]): "string" | "number" | "boolean" | undefined {
  const types = new Set(choices?.map((choice) => typeof choice));
  const [only] = types;
  return types.size === 1 && (only === "string" || only === "number" || only === "boolean") ? only : undefined;
}

function checkPattern(name: string, pattern: string): void {
  try {
    new RegExp(pattern, "u");
  } catch {
    throw new ActionFailure(
      "wrong-input",
      `the pattern of the question "${name}" is no regular expression: ${pattern}`,
    );
  }
}
