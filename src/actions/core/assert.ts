import { defineAssert } from "../../action/define-action.ts";
import { ActionFailure } from "../../action/failure.ts";
import { isJsonObject, type Json } from "../../schema/json.ts";

const input = {
  type: "object",
  properties: {
    that: {
      type: "array",
      items: { description: "An expression that must be true" },
      minItems: 1,
      description: "Expressions that must all be true",
    },
    message: { type: "string", minLength: 1, description: "What is wrong when one of them is not, as a sentence" },
  },
  required: ["that"],
  additionalProperties: false,
} as const;

export const assertAction = defineAssert({
  name: "assert",
  summary: "Stop unless all of these hold",
  example: `that:
  - "\${{ steps.count.result.json.rows > 0 }}"
message: The dump holds no rows
`,
  input,
  result: {
    type: "object",
    properties: { held: { type: "integer", description: "How many expressions held" } },
    required: ["held"],
    additionalProperties: false,
  },
  async run({ that, message }, { written }) {
    const named = (index: number) => `that[${index}], ${expressionText(written, index)}`;
    const odd = that.findIndex((value) => typeof value !== "boolean");
    if (odd >= 0) {
      throw new ActionFailure(
        "wrong-input",
        `${named(odd)}, is ${shortJson(that[odd] ?? null)}, which is neither true nor false`,
      );
    }
    const broken = that.flatMap((value, index) => (value === true ? [] : [`${named(index)}, does not hold`]));
    const [first, ...others] = broken;
    if (first === undefined) return { held: that.length };
    if (message !== undefined) throw new ActionFailure("failed", message, broken);
    throw new ActionFailure("failed", first, others);
  },
});

/** The expression as the author wrote it, without the braces around it. */
function expressionText(written: Json, index: number): string {
  const that = isJsonObject(written) ? written["that"] : undefined;
  const text = Array.isArray(that) ? that[index] : undefined;
  if (typeof text !== "string") return shortJson(text ?? null);
  return (/^\s*\$\{\{([\s\S]*)\}\}\s*$/.exec(text)?.[1] ?? text).trim();
}

function shortJson(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
