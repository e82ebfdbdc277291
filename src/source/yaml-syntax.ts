import type { Range } from "./diagnostic.ts";

/** A complaint of the YAML library, in words for an author. */
export interface SyntaxComplaint {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

const quoteHint = "put the value in quotes";

interface Known {
  readonly code?: string;
  readonly match: RegExp;
  readonly message: (found: RegExpExecArray) => string;
  readonly hint?: string;
}

const known: readonly Known[] = [
  {
    code: "tab-indentation",
    match: /^TAB_AS_INDENT/,
    message: () => "A tab is used as indentation; YAML takes only spaces.",
  },
  {
    match: /^BLOCK_AS_IMPLICIT_KEY .*(compact mappings)/,
    message: () => "There is a second `key: value` in this value.",
    hint: "put the value in quotes if it holds `: `, or start the map on a line of its own",
  },
  {
    match: /^(MULTILINE_IMPLICIT_KEY|MISSING_CHAR Implicit map keys)/,
    message: () => "This line is not a `key: value` pair.",
    hint: "a key is followed by `: `, and text of several lines needs `|` or quotes",
  },
  {
    match: /^MISSING_CHAR Missing closing (['"])/,
    message: (found) => `The text that opens with ${found[1]} is never closed.`,
  },
  {
    match: /^BAD_SCALAR_START .* (?:character|with) (.+)$/,
    message: (found) => `A value can't start with ${found[1]}.`,
    hint: quoteHint,
  },
  {
    match: /^BAD_DQ_ESCAPE .* (\\.*)$/,
    message: (found) => `\`${found[1]}\` means nothing between double quotes.`,
    hint: "write `\\\\` for a backslash, or use single quotes",
  },
  { match: /^BAD_INDENT All (mapping|sequence) items/, message: () => "This line is indented unlike its neighbours." },
  { match: /^BAD_INDENT .*flow/i, message: () => "This line is not indented enough for the brackets that it is in." },
  { match: /^BAD_INDENT Block scalars/, message: () => "The lines of this text are indented unevenly at its start." },
  {
    match: /must end with a ([\]}])/,
    message: (found) => `The closing ${found[1]} is missing.`,
  },
  { match: /^MISSING_CHAR Missing , /, message: () => "A comma is missing between two items." },
  {
    match: /at node end$/,
    message: () => "There is something after the end of this value.",
    hint: "put the whole value in quotes if it is text",
  },
  { match: /^MULTIPLE_ANCHORS/, message: () => "A value can have only one anchor." },
];

const expressionHint = "the line has an expression in it: put the value in quotes";

/** Words for a syntax error. `line` is the source line that it is on. */
export function explainSyntax(libraryCode: string, libraryMessage: string, line: string): SyntaxComplaint {
  const text = `${libraryCode} ${libraryMessage}`;
  const expression = line.includes("${{");
  if (/^ *\t/.test(line) && !line.includes("#")) {
    return { code: "tab-indentation", message: "A tab is used as indentation; YAML takes only spaces." };
  }
  for (const one of known) {
    const found = one.match.exec(text);
    if (!found) continue;
    const hint = expression ? expressionHint : one.hint;
    return { code: one.code ?? "yaml-syntax", message: one.message(found), ...(hint ? { hint } : {}) };
  }
  const message = `This is not valid YAML: ${libraryMessage.charAt(0).toLowerCase()}${libraryMessage.slice(1)}.`;
  return { code: "yaml-syntax", message, ...(expression ? { hint: expressionHint } : {}) };
}

/** The line of a text that an offset is on. */
export function lineAround(text: string, offset: number): { readonly line: string; readonly range: Range } {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.indexOf("\n", offset);
  const stop = end < 0 ? text.length : end;
  return { line: text.slice(start, stop).replace(/\r$/, ""), range: { start, end: stop } };
}
