import type { ScalarStyle } from "./source-tree.ts";

/** A scalar's value read again from its source, with the source offset of each of its UTF-16 code units. */
interface Decoded {
  value: string;
  readonly offsets: number[];
}

function add(to: Decoded, text: string, at: number, each = true): void {
  for (let i = 0; i < text.length; i++) to.offsets.push(each ? at + i : at);
  to.value += text;
}

const escapes: { readonly [letter: string]: string } = {
  "0": "\0",
  a: "\x07",
  b: "\b",
  e: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  N: "\x85",
  _: "\xa0",
  L: "\u2028",
  P: "\u2029",
};
const hexDigits: { readonly [letter: string]: number } = { x: 2, u: 4, U: 8 };

const isBlank = (letter: string | undefined): boolean => letter === " " || letter === "\t";

/** Plain and quoted scalars: one line break folds to a space, more of them to one less. */
function decodeFlow(text: string, start: number, end: number, style: "plain" | "single" | "double"): Decoded {
  const decoded: Decoded = { value: "", offsets: [] };
  for (let i = start; i < end; ) {
    const letter = text[i]!;
    if (isBlank(letter) || letter === "\n" || letter === "\r") {
      let next = i;
      while (next < end && isBlank(text[next])) next++;
      if (text[next] !== "\n" && !text.startsWith("\r\n", next)) {
        const length = Math.max(1, next - i);
        add(decoded, text.slice(i, i + length), i);
        i += length;
        continue;
      }
      let breaks = 0;
      const at = next;
      while (next < end && (isBlank(text[next]) || text[next] === "\n" || text[next] === "\r")) {
        if (text[next] === "\n") breaks++;
        next++;
      }
      add(decoded, breaks === 1 ? " " : "\n".repeat(breaks - 1), at, false);
      i = next;
    } else if (style === "single" && letter === "'") {
      add(decoded, "'", i);
      i += 2;
    } else if (style === "double" && letter === "\\") {
      i = decodeEscape(decoded, text, i);
    } else {
      add(decoded, letter, i);
      i++;
    }
  }
  return decoded;
}

/** Reads the escape at `at` of a double-quoted scalar; returns where the text goes on. */
function decodeEscape(decoded: Decoded, text: string, at: number): number {
  const letter = text[at + 1] ?? "";
  const width = hexDigits[letter];
  if (width !== undefined) {
    const code = Number.parseInt(text.slice(at + 2, at + 2 + width), 16);
    add(decoded, code <= 0x10ffff ? String.fromCodePoint(code) : "", at, false);
    return at + 2 + width;
  }
  if (letter === "\n" || letter === "\r") {
    let next = at + (letter === "\r" ? 3 : 2);
    while (isBlank(text[next])) next++;
    return next;
  }
  add(decoded, escapes[letter] ?? letter, at, false);
  return at + 2;
}

interface Line {
  readonly at: number;
  readonly indent: number;
  readonly text: string;
}

/** Block scalars, with `indent` spaces taken off each line. Chomping is left to the caller, who knows the value's length. */
function decodeBlock(lines: readonly Line[], indent: number, folded: boolean): Decoded {
  const decoded: Decoded = { value: "", offsets: [] };
  const first = lines.findIndex((line) => line.text !== "");
  let separator = "";
  let separatorAt = 0;
  let afterMoreIndented = false;
  for (const [index, line] of lines.entries()) {
    const content = " ".repeat(Math.max(0, line.indent - indent)) + line.text;
    const end = line.at + line.indent + line.text.length;
    if (index < first || first < 0) {
      add(decoded, content, line.at + indent);
      add(decoded, "\n", end);
      continue;
    }
    const moreIndented = line.indent > indent || line.text[0] === "\t";
    if (folded && moreIndented) {
      if (separator === " ") separator = "\n";
      else if (!afterMoreIndented && separator === "\n") separator = "\n\n";
      afterMoreIndented = true;
    } else if (folded && content === "") {
      if (separator === "\n") add(decoded, "\n", separatorAt, false);
      else separator = "\n";
      separatorAt = end;
      continue;
    } else if (folded) afterMoreIndented = false;
    add(decoded, separator, separatorAt, false);
    add(decoded, content, line.at + Math.min(indent, line.indent));
    separator = folded && !moreIndented ? " " : "\n";
    separatorAt = end;
  }
  add(decoded, "\n", separatorAt, false);
  return decoded;
}

function blockLines(text: string, start: number, end: number): Line[] {
  const lines: Line[] = [];
  let at = text.indexOf("\n", start) + 1;
  while (at > 0 && at < end) {
    const found = text.indexOf("\n", at);
    const stop = found < 0 || found > end ? end : found;
    const whole = text.slice(at, stop).replace(/\r$/, "");
    const body = whole.replace(/^ +/, "");
    lines.push({ at, indent: whole.length - body.length, text: body });
    at = stop + 1;
  }
  return lines;
}

function sameStart(decoded: Decoded, value: string): boolean {
  const common = decoded.value.length < value.length ? value.slice(0, decoded.value.length) : value;
  return decoded.value.startsWith(common) && /^\n*$/.test(value.slice(common.length));
}

/**
 * The offset in the file of each code unit of a scalar's value: folds, indentation, quotes and escapes accounted for.
 * A folded line break stands where its first line ends.
 */
export function scalarOffsets(
  text: string,
  start: number,
  end: number,
  style: ScalarStyle,
  value: string,
): readonly number[] {
  if (style === "plain") return decodeFlow(text, start, end, style).offsets;
  if (style === "single" || style === "double") return decodeFlow(text, start + 1, end - 1, style).offsets;
  const lines = blockLines(text, start, end);
  const deepest = lines.find((line) => line.text !== "")?.indent ?? 0;
  // An explicit indentation indicator (`|2`) counts from the parent, which is not known here: take the depth that fits.
  for (let indent = deepest; indent >= 0; indent--) {
    const decoded = decodeBlock(lines, indent, style === "folded");
    if (sameStart(decoded, value)) return decoded.offsets;
  }
  return [];
}
