import { toCelPart, toText, wantedPaths } from "./border.ts";
import { celNames, makeCel, type Program, plainValue } from "./cel.ts";
import { explainError, explainPath } from "./explain.ts";
import { mayHoldExpression, split } from "./split.ts";
import { pathsOf, type Step } from "./syntax.ts";
import {
  ExpressionFailure,
  type ExpressionProblem,
  type Reference,
  type Value,
  type Values,
  type ValueType,
} from "./types.ts";

/** What is known of a scalar before it is evaluated. */
export interface Checked {
  readonly problems: readonly ExpressionProblem[];
  readonly references: readonly Reference[];
  /** The CEL type of the value when the scalar is exactly one expression. */
  readonly type?: string;
}

/** A scalar that is ready to be evaluated. */
export interface CompiledText {
  readonly value: string;
  /** Every path that its expressions read; empty for text without expressions. */
  readonly references: readonly Reference[];
  /** Throws ExpressionFailure. */
  evaluate(values: Values): Value;
}

/** Expressions over a fixed set of roots. */
export interface Language {
  /** Looks at a whole scalar; offsets are in its value. Never throws. */
  check(value: string): Checked;
  /** Makes a scalar ready. The same text is compiled once. Throws ExpressionFailure for one that `check` refuses. */
  compile(value: string): CompiledText;
}

interface Compiled {
  readonly program?: Program;
  readonly paths: readonly Step[][];
  readonly problems: readonly ExpressionProblem[];
  readonly type?: string;
}

const unclosedHint = "an unquoted ` #` starts a YAML comment and cuts the value off: put the value in quotes";

function shift<T extends { readonly start: number; readonly end: number }>(one: T, by: number): T {
  return { ...one, start: one.start + by, end: one.end + by };
}

const toReference = (path: readonly Step[]): Reference => ({
  path: path.map((step) => step.name),
  start: path[0]!.start,
  end: path.at(-1)!.pathEnd,
});

/** An expression as an error quotes it. */
const shorten = (source: string): string => (source.length > 120 ? `${source.slice(0, 117)}...` : source);

/** Makes the language of a place in a runbook from what may be named there. Anything of type `dyn` is checked when it is evaluated. */
export function makeLanguage(types: { readonly [root: string]: ValueType }): Language {
  let cel: ReturnType<typeof makeCel> | undefined;
  const expressions = new Map<string, Compiled>();
  const texts = new Map<string, CompiledText>();

  const compileExpression = (source: string): Compiled => {
    const known = expressions.get(source);
    if (known) return known;
    const made = makeExpression(source);
    expressions.set(source, made);
    return made;
  };

  const makeExpression = (source: string): Compiled => {
    // Most places hold no expression at all: CEL is set up when the first one is met.
    cel ??= makeCel(types);
    const names = cel.functionNames;
    const program = cel.parse(source);
    if ("error" in program) return { paths: [], problems: [explainError(program.error, source, names)] };
    const paths = pathsOf(program.tree);
    const named = paths.filter((path) => Object.hasOwn(types, path[0]!.name));
    const unknown = paths.flatMap((path) => {
      if (celNames.has(path[0]!.name) && !Object.hasOwn(types, path[0]!.name)) return [];
      return explainPath(path, types, source) ?? [];
    });
    if (unknown.length > 0) return { paths: named, problems: unknown };
    const checked = program.check();
    if ("error" in checked) return { paths: named, problems: [explainError(checked.error, source, names)] };
    return { program, paths: named, problems: [], type: checked.type };
  };

  const check = (value: string): Checked => {
    if (!mayHoldExpression(value)) return { problems: [], references: [] };
    const found = split(value);
    if ("unclosed" in found) {
      const start = found.unclosed;
      return {
        problems: [{ message: "The `${{` is never closed with `}}`.", hint: unclosedHint, start, end: start + 3 }],
        references: [],
      };
    }
    const problems: ExpressionProblem[] = [];
    const references: Reference[] = [];
    let type: string | undefined;
    for (const part of found.parts) {
      if (part.kind === "text") continue;
      const compiled = compileExpression(part.source);
      problems.push(...compiled.problems.map((one) => shift(one, part.start)));
      references.push(...compiled.paths.map((path) => shift(toReference(path), part.start)));
      if (found.parts.length === 1) type = compiled.type;
    }
    return { problems, references, ...(type === undefined ? {} : { type }) };
  };

  const runExpression = (source: string, compiled: Compiled, values: Values): Value => {
    try {
      const wanted = wantedPaths(compiled.paths.map((path) => path.map((step) => step.name)));
      const context = toCelPart(values as { [root: string]: Value }, wanted, types);
      return plainValue(compiled.program!.run(context as { [root: string]: unknown }));
    } catch (error) {
      const reason = (error as Error).message;
      throw new ExpressionFailure(
        `\`\${{${shorten(source)}}}\` can't be evaluated: ${reason.charAt(0).toLowerCase()}${reason.slice(1)}.`,
      );
    }
  };

  const makeText = (value: string): CompiledText => {
    if (!mayHoldExpression(value)) return { value, references: [], evaluate: () => value };
    const { problems, references } = check(value);
    const found = split(value);
    const [problem] = problems;
    if (problem || "unclosed" in found) {
      throw new ExpressionFailure(
        `\`${shorten(value)}\` is not a valid expression: ${problem?.message ?? "it is not closed."}`,
      );
    }
    const pieces = found.parts.map((part) => {
      if (part.kind === "text") return () => part.text as Value;
      const compiled = compileExpression(part.source);
      return (values: Values) => runExpression(part.source, compiled, values);
    });
    const only = pieces.length === 1 ? pieces[0] : undefined;
    const evaluate = only ?? ((values: Values) => pieces.map((piece) => toText(piece(values))).join(""));
    return { value, references, evaluate };
  };

  const compile = (value: string): CompiledText => {
    const known = texts.get(value);
    if (known) return known;
    const made = makeText(value);
    if (mayHoldExpression(value)) texts.set(value, made);
    return made;
  };

  return { check, compile };
}
