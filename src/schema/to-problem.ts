import type { Schema } from "./define.ts";
import type { Json } from "./json.ts";
import type { Path, SchemaProblem } from "./problem.ts";
import type { RawError } from "./raw-error.ts";

const pointer = (text: string): string[] =>
  text
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));

const inside = (value: unknown, key: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as { [key: string]: unknown })[key]
    : undefined;

const items = (count: unknown, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;

/** The rule that a value breaks, as what stands after its name: "must be at least 1". */
const rules: { readonly [keyword: string]: (params: RawError["params"]) => string } = {
  pattern: (params) => `must match ${params["pattern"]}`,
  minLength: (params) =>
    params["limit"] === 1 ? "must not be empty" : `must have at least ${items(params["limit"], "character")}`,
  maxLength: (params) => `must have at most ${items(params["limit"], "character")}`,
  minimum: (params) => `must be at least ${params["limit"]}`,
  maximum: (params) => `must be at most ${params["limit"]}`,
  minItems: (params) =>
    params["limit"] === 1 ? "must not be empty" : `must have at least ${items(params["limit"], "item")}`,
  maxItems: (params) => `must have at most ${items(params["limit"], "item")}`,
  uniqueItems: (params) =>
    `has the same item at ${Math.min(Number(params["i"]), Number(params["j"]))} and ${Math.max(Number(params["i"]), Number(params["j"]))}`,
  minProperties: (params) =>
    params["limit"] === 1 ? "must not be empty" : `must have at least ${items(params["limit"], "key")}`,
  maxProperties: (params) => `must have at most ${items(params["limit"], "key")}`,
};

/** A validator's error as a problem: `schema` and `value` are the roots that its two paths lead into. */
export function toProblem(error: RawError, schema: Schema, value: unknown): SchemaProblem {
  let at: unknown = value;
  const path: Path = pointer(error.instancePath).map((key) => {
    const step = Array.isArray(at) ? Number(key) : key;
    at = inside(at, key);
    return step;
  });
  const found = at as Json;
  switch (error.keyword) {
    case "additionalProperties": {
      // The last part of the path is the keyword itself; its neighbours are the keys that are allowed.
      const parent = pointer(error.schemaPath).slice(0, -1).reduce<unknown>(inside, schema);
      const allowed = Object.keys((inside(parent, "properties") as object | undefined) ?? {});
      return { kind: "unknown-key", path, key: String(error.params["additionalProperty"]), allowed };
    }
    case "required":
      return { kind: "missing-key", path, key: String(error.params["missingProperty"]) };
    case "type":
      return { kind: "wrong-type", path, expected: [error.params["type"]].flat().map(String), value: found };
    case "enum":
      return { kind: "not-allowed", path, allowed: error.params["allowedValues"] as Json[], value: found };
    case "const":
      return { kind: "not-allowed", path, allowed: [error.params["allowedValue"] as Json], value: found };
    default:
      return {
        kind: "invalid",
        path,
        value: found,
        rule: rules[error.keyword]?.(error.params) ?? `breaks the rule ${error.keyword}`,
      };
  }
}
