import { type Context, createContext, Script } from "node:vm";

const longestPattern = 200;
/** How long one match may take before it is given up. */
const milliseconds = 1_000;
/** Steps of a backtracking search that take some milliseconds at most. */
const cheapSteps = 1e7;

interface Shape {
  /** A repeat inside a repeat. */
  readonly nested: boolean;
  /** A group with any quantifier: how often it can backtrack is not easily told. */
  readonly quantifiedGroup: boolean;
  /** Quantifiers of single characters that have as many outcomes as the text is long. */
  readonly repeats: number;
  /** Optional characters and alternatives: two outcomes each. */
  readonly choices: number;
}

/** True for a quantifier that repeats without a small bound. */
function repeats(quantifier: string): boolean {
  if (quantifier === "*" || quantifier === "+") return true;
  const most = /^\{\d+(,(\d*))?\}$/.exec(quantifier);
  return most?.[1] !== undefined && (most[2] === "" || Number(most[2]) > 10);
}

/** Looks at where a pattern repeats things, and whether repeats stand inside repeats. */
function shapeOf(pattern: string): Shape {
  const tokens = pattern.match(/\\.|\[(?:\\.|[^\]\\])*\]|\{\d+(?:,\d*)?\}|[\s\S]/g) ?? [];
  const groups: boolean[] = [];
  let inside = false;
  let nested = false;
  /** The token before closed a group; whether that group repeats something. */
  let closed: { readonly repeats: boolean } | undefined;
  let quantifiedGroup = false;
  let count = 0;
  let choices = 0;
  for (const token of tokens) {
    if (token === "(") {
      groups.push(inside);
      inside = false;
    }
    if (token === ")") {
      closed = { repeats: inside };
      inside = (groups.pop() ?? false) || inside;
      continue;
    }
    if (closed && /^([*+?]|\{.+\})$/.test(token)) quantifiedGroup = true;
    if (token === "?" || token === "|") choices++;
    else if (repeats(token)) {
      count++;
      if (closed?.repeats) nested = true;
      inside = true;
    } else if (/^\{.*,/.test(token)) count++;
    closed = undefined;
  }
  return { nested, quantifiedGroup, repeats: count, choices };
}

/** `(?i)` at the start is how CEL patterns switch flags on. */
function compile(pattern: string): RegExp {
  const flags = /^\(\?([ims]+)\)/.exec(pattern);
  return flags ? new RegExp(pattern.slice(flags[0].length), flags[1]) : new RegExp(pattern);
}

/** Why a pattern is not accepted, as the end of a sentence; undefined when it is. */
export function refusePattern(pattern: string): string | undefined {
  if (pattern.length > longestPattern) return `the pattern is longer than ${longestPattern} characters`;
  if (shapeOf(pattern).nested)
    return "the pattern repeats a group that itself repeats something, which can take forever";
  try {
    compile(pattern);
    return undefined;
  } catch {
    return "the pattern is not a valid regular expression";
  }
}

let script: Script | undefined;
let context: Context | undefined;

/** Whether a pattern matches somewhere in a text. Ends within about a second; throws an Error with the reason otherwise. */
export function boundedMatch(text: string, pattern: string): boolean {
  const refused = refusePattern(pattern);
  if (refused) throw new Error(refused);
  const expression = compile(pattern);
  const { quantifiedGroup, repeats: loops, choices } = shapeOf(pattern);
  const steps = (text.length + 1) ** (loops + 1) * 2 ** choices;
  if (!quantifiedGroup && steps <= cheapSteps) return expression.test(text);
  // Only the engine itself can interrupt a backtracking search; it does so for scripts that run in a context.
  script ??= new Script("new RegExp(source, flags).test(text)");
  context ??= createContext(Object.create(null));
  Object.assign(context, { source: expression.source, flags: expression.flags, text });
  try {
    return script.runInContext(context, { timeout: milliseconds }) === true;
  } catch {
    throw new Error(`the pattern took longer than ${milliseconds / 1000} s on a text of ${text.length} characters`);
  }
}
