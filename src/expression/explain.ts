import { nearest } from "../source/nearest.ts";
import type { CelError } from "./cel.ts";
import type { Step } from "./syntax.ts";
import type { ExpressionProblem, ValueType } from "./types.ts";

const listed = 12;

function knownNames(names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const more = names.length > listed ? `, and ${names.length - listed} more` : "";
  return `known here: ${names.slice(0, listed).join(", ")}${more}`;
}

/** The first name of a path that is not known, as a problem. `source` is the expression that the offsets are in. */
export function explainPath(
  path: readonly Step[],
  types: { readonly [root: string]: ValueType },
  source: string,
): ExpressionProblem | undefined {
  let known: ValueType = types;
  for (const [index, step] of path.entries()) {
    if (typeof known === "string") return undefined;
    if (Object.hasOwn(known, step.name)) {
      known = known[step.name]!;
      continue;
    }
    const names = Object.keys(known);
    const before = path.slice(0, index).map((one) => one.name);
    const meant = nearest(step.name, names);
    const dashed = index === 0 && source[step.start - 1] === "-" && /\w/.test(source[step.start - 2] ?? "");
    const hint = dashed
      ? "a dash is read as minus; names are written with underscores"
      : meant !== undefined
        ? `did you mean ${[...before, meant].join(".")}?`
        : knownNames(names);
    const message = `\`${[...before, step.name].join(".")}\` is not known.`;
    return { message, ...(hint ? { hint } : {}), start: step.start, end: step.end };
  }
  return undefined;
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** What the same thing is called in CEL. */
const cousins: { readonly [name: string]: string } = {
  length: "size",
  len: "size",
  includes: "contains",
  some: "exists",
  every: "all",
  toLowerCase: "lowerAscii",
  toUpperCase: "upperAscii",
  toString: "string",
  replaceAll: "replace",
};

/** A refusal of the library in words for an author. */
export function explainError(
  error: CelError,
  source: string,
  functionNames: () => readonly string[],
): ExpressionProblem {
  const { code, summary, start, end } = error;
  const make = (message: string, hint?: string): ExpressionProblem => ({
    message,
    ...(hint ? { hint } : {}),
    start,
    end,
  });
  const overload = /^no such overload: (.+?) ([-+*/%<>=!]+|in) (.+)$/.exec(summary);
  if (overload) {
    const [, left, operator, right] = overload;
    const text = operator === "+" && (left === "string" || right === "string");
    return make(
      `\`${operator}\` can't be used between ${left} and ${right}.`,
      text ? "string() makes text of a value" : undefined,
    );
  }
  const call = /^found no matching overload for '(?:.*\.)?(\w+)\((.*)\)'$/.exec(summary);
  if (call) {
    const [, name = "", args] = call;
    const names = functionNames();
    const cousin = Object.hasOwn(cousins, name) ? cousins[name] : undefined;
    const meant = cousin ?? nearest(name, names);
    if (names.includes(name)) return make(`\`${name}\` can't be called so: with (${args}).`);
    return make(`There is no function \`${name}\`.`, meant ? `did you mean ${meant}?` : undefined);
  }
  const unary = /^no such overload: ([-!])(\w+)$/.exec(summary);
  if (unary) return make(`\`${unary[1]}\` can't be used on ${unary[2]}.`);
  if (code === "incompatible_ternary_branches") return make(sentence(summary), "dyn() around one of them allows both");
  if (code === "expected_token" || code === "unexpected_token" || code === "unexpected_character") {
    if (source.trim() === "") return make("The expression is empty.");
    const hint = source.includes("===") ? "equality is written ==" : undefined;
    return make(
      `The expression is not complete or not valid here: ${summary.charAt(0).toLowerCase()}${summary.slice(1)}.`,
      hint,
    );
  }
  return make(sentence(summary));
}
