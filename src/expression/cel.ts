import {
  TypeError as CelTypeError,
  Environment,
  EvaluationError,
  type ObjectSchema,
  Optional,
  ParseError,
} from "@marcbachmann/cel-js";
import { Duration, UnsignedInt } from "@marcbachmann/cel-js/evaluator";
import { type CelClasses, fromCel } from "./border.ts";
import { refusePattern } from "./bounded-match.ts";
import { makeFunctions } from "./functions.ts";
import { callsOf, type SyntaxNode } from "./syntax.ts";
import type { Value, ValueType } from "./types.ts";

/** What the library says of an expression that it refuses. Offsets are in the expression's source. */
export interface CelError {
  readonly code: string;
  readonly summary: string;
  readonly start: number;
  readonly end: number;
}

export interface Program {
  readonly tree: SyntaxNode;
  /** The CEL type of the result, or why the types do not fit. */
  check(): { readonly type: string } | { readonly error: CelError };
  /** Throws an Error whose message is the reason. */
  run(context: { readonly [root: string]: unknown }): unknown;
}

/** CEL over a set of known roots. */
export interface Cel {
  parse(source: string): Program | { readonly error: CelError };
  /** The names of all functions, for "did you mean". */
  functionNames(): readonly string[];
}

/** Names that CEL itself gives a meaning. */
export const celNames: ReadonlySet<string> = new Set([
  "int",
  "uint",
  "double",
  "bool",
  "string",
  "bytes",
  "list",
  "map",
  "null_type",
  "type",
  "google",
  "cel",
  "optional",
]);

const classes: CelClasses = {
  unwrap(value) {
    if (value instanceof UnsignedInt) return { plain: value.valueOf() };
    if (value instanceof Duration) return { plain: value.toString() };
    if (value instanceof Optional) return { plain: value.hasValue() ? value.value() : null };
    const name = Object.prototype.toString.call(value);
    return name.startsWith("[object Type<") ? { plain: name.slice(13, -2) } : undefined;
  },
};

/** The JSON form of what a program gives. Throws an Error with a reason. */
export function plainValue(value: unknown): Value {
  return fromCel(value, classes);
}

const functions = makeFunctions(plainValue);

/** Own functions by the name that an expression calls. CEL's own can't be overridden, so calls of them are renamed. */
const replacements = new Map(
  functions.flatMap((one) => (one.replaces ? [[one.replaces, /(\w+)\(/.exec(one.signature)![1]!] as const] : [])),
);

let shared: Environment | undefined;

/** Everything that is the same for all languages is registered once: it is the slow part. */
function base(): Environment {
  if (shared) return shared;
  const limits = { maxAstNodes: 2000, maxDepth: 50 };
  const environment = new Environment({
    unlistedVariablesAreDyn: false,
    homogeneousAggregateLiterals: false,
    enableOptionalTypes: true,
    limits,
  });
  const arithmetic: { readonly [operator: string]: (a: number, b: number) => number } = {
    "+": (a, b) => a + b,
    "-": (a, b) => a - b,
    "*": (a, b) => a * b,
    "/": (a, b) => a / b,
  };
  for (const [operator, compute] of Object.entries(arithmetic)) {
    for (const pair of [["int", "double"] as const, ["double", "int"] as const]) {
      const run = (a: bigint | number, b: bigint | number) => compute(Number(a), Number(b));
      environment.registerOperator(`${pair[0]} ${operator} ${pair[1]}: double`, run);
    }
  }
  environment.registerOperator("int == double: bool", (a: bigint, b: number) => Number(a) === b);
  for (const one of functions) environment.registerFunction(one.signature, one.run, { async: false });
  shared = environment;
  return environment;
}

function describe(error: unknown, length: number): CelError {
  if (error instanceof ParseError || error instanceof CelTypeError || error instanceof EvaluationError) {
    const { start = 0, end = length } = error.range ?? {};
    return { code: error.code, summary: plainWords(error.summary), start, end: Math.max(end, start) };
  }
  return { code: "unknown", summary: plainWords((error as Error).message), start: 0, end: length };
}

/** Takes the library's private names out of what it says. */
function plainWords(text: string): string {
  let words = text
    .replace(/\$\w+(\.[\w-]+)*/g, "object")
    .replace(/dyn<(\w+)>/g, "$1")
    .replace(/google\.protobuf\.(\w+)/g, (_, name: string) => name.toLowerCase())
    .replace(/^No such key: (?=index)/, "");
  for (const [name, own] of replacements) words = words.replaceAll(own, name);
  return words;
}

function rename(tree: SyntaxNode): CelError | undefined {
  for (const { args, values } of callsOf(tree)) {
    const own = replacements.get(String(args[0]));
    const pattern = values[0];
    if (args[0] === "matches" && pattern?.op === "value" && typeof pattern.args === "string") {
      const refused = refusePattern(pattern.args);
      if (refused) return { code: "refused_pattern", summary: refused, start: pattern.start, end: pattern.end };
    }
    if (own !== undefined) args[0] = own;
  }
  return undefined;
}

export function makeCel(types: { readonly [root: string]: ValueType }): Cel {
  const environment = base().clone();
  for (const [name, type] of Object.entries(types)) {
    if (typeof type === "string") environment.registerVariable(name, type);
    else environment.registerVariable({ name, schema: type as ObjectSchema });
  }
  return {
    functionNames() {
      return environment
        .getDefinitions()
        .functions.map((one) => one.name)
        .filter((name) => ![...replacements.values()].includes(name));
    },
    parse(source) {
      let parsed: ReturnType<Environment["parse"]>;
      try {
        parsed = environment.parse(source);
      } catch (error) {
        return { error: describe(error, source.length) };
      }
      const tree = parsed.ast as unknown as SyntaxNode;
      const refused = rename(tree);
      if (refused) return { error: refused };
      return {
        tree,
        check() {
          const checked = parsed.check();
          return checked.valid
            ? { type: plainWords(checked.type ?? "dyn") }
            : { error: describe(checked.error, source.length) };
        },
        run(context) {
          try {
            return parsed(context);
          } catch (error) {
            throw new Error(describe(error, source.length).summary);
          }
        },
      };
    },
  };
}
