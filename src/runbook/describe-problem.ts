import { durationPattern } from "../action/duration.ts";
import type { Json } from "../schema/json.ts";
import type { SchemaProblem } from "../schema/problem.ts";
import { likelyMistake } from "../source/likely-mistake.ts";
import { nearest } from "../source/nearest.ts";
import { runbookSchema, stepSchema } from "./envelope-schema.ts";

/** What is wrong, as a sentence, and what was probably meant. */
export interface Wording {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

export const durationHint = "such as 90s, 30m or 1h30m";

/** Keys that hold a duration wherever they stand: a bare number there wants a unit, not quotes. */
const durationKeys = new Set(["timeout", "delay", "every", "expectedDuration", "within", "warnAt"]);

/** Patterns in words. */
const patternWords: { readonly [rule: string]: (value: string) => Omit<Wording, "code"> & { readonly code?: string } } =
  {
    [`must match ${durationPattern}`]: (value) => ({
      code: "not-a-duration",
      message: `\`${value}\` is not a duration`,
      hint: durationHint,
    }),
    [`must match ${stepSchema.properties.id.pattern}`]: (value) => ({
      message: `\`id\` can't be \`${value}\`: it has small letters, digits and _, and begins with a letter`,
      ...(value.includes("-") ? { hint: `an expression would read the dash as minus; write ${snake(value)}` } : {}),
    }),
    [`must match ${runbookSchema.properties.name.pattern}`]: (value) => ({
      message: `\`name\` can't be \`${value}\`: it has small letters, digits, - and ., and begins with a letter or digit`,
    }),
  };

const snake = (value: string) => value.toLowerCase().replaceAll("-", "_");

const shown = (value: Json): string => {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
};

const typeOf = (value: unknown): string =>
  value === null
    ? "nothing"
    : Array.isArray(value)
      ? "a list"
      : typeof value === "object"
        ? "a map"
        : `the ${typeof value} ${shown(value as Json)}`;

const typeNames: { readonly [name: string]: string } = {
  string: "text",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "a map",
  null: "nothing",
};

/** The hint for a value that YAML 1.1 would have read otherwise. `raw` is the scalar as it stands in the file. */
export function yamlHabit(value: unknown, expected: readonly string[], raw: string | undefined): string | undefined {
  const number = expected.includes("integer") || expected.includes("number");
  if (typeof value === "string" && number && value.trim() !== "" && Number.isFinite(Number(value)))
    return "write it without quotes";
  if (typeof value === "string" && (expected.includes("boolean") || (number && /^[0-9]/.test(value))))
    return likelyMistake(value);
  if (typeof value === "string" && expected.includes("array")) return "write a list: `[…]`";
  if ((typeof value === "number" || typeof value === "boolean") && expected.includes("string") && raw !== undefined)
    return `quote it: "${raw}"`;
  return undefined;
}

/** Words for a problem that a schema found. `place` names the thing that was checked: "step `load`", "`with` of exec". */
export function describeProblem(problem: SchemaProblem, place: string, raw?: string): Wording {
  switch (problem.kind) {
    case "unknown-key": {
      // Of two that are as near, what was begun and not ended is meant: `don` is `done`, not `on`.
      const begun = problem.allowed.filter((key) => key.startsWith(problem.key));
      const near = nearest(problem.key, [...begun, ...problem.allowed]);
      const known = problem.allowed.join(", ");
      const hint = near ? `did you mean \`${near}\`?` : known === "" ? undefined : `known keys: ${known}`;
      return { code: "unknown-key", message: `${place} has no key \`${problem.key}\``, ...(hint ? { hint } : {}) };
    }
    case "missing-key":
      return { code: "missing-key", message: `${place} lacks the key \`${problem.key}\`` };
    case "wrong-type": {
      const last = problem.path.at(-1);
      const unit = typeof problem.value === "number" && typeof last === "string" && durationKeys.has(last);
      const hint = unit ? `write it with its unit, ${durationHint}` : yamlHabit(problem.value, problem.expected, raw);
      const what = typeof last === "string" ? `\`${last}\`` : "this";
      const expected = problem.expected.map((name) => typeNames[name] ?? name).join(" or ");
      return {
        code: "wrong-type",
        message: `${what} must be ${expected}, but is ${typeOf(problem.value)}`,
        ...(hint ? { hint } : {}),
      };
    }
    case "not-allowed": {
      const near = nearest(String(problem.value), problem.allowed.map(String));
      const last = problem.path.at(-1);
      return {
        code: "not-allowed",
        message: `${typeof last === "string" ? `\`${last}\`` : "this"} can't be ${shown(problem.value)}`,
        hint: near
          ? `did you mean \`${near}\`?`
          : `one of: ${problem.allowed.map((value) => String(value)).join(", ")}`,
      };
    }
    case "invalid": {
      const words = Object.hasOwn(patternWords, problem.rule) && patternWords[problem.rule]?.(String(problem.value));
      if (words) return { code: "invalid-value", ...words };
      const last = problem.path.at(-1);
      return { code: "invalid-value", message: `${typeof last === "string" ? `\`${last}\`` : "this"} ${problem.rule}` };
    }
  }
}
