import { stripVTControlCharacters } from "node:util";

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const none = /\p{Mark}/u;

function widthOfOne(character: string): number {
  if (character < "\u0300") return 1;
  return none.test(character) ? 0 : wide.test(character) ? 2 : 1;
}

/** How many columns of a terminal a line takes; colours take none. */
export function displayWidth(line: string): number {
  let width = 0;
  for (const character of stripVTControlCharacters(line)) width += widthOfOne(character);
  return width;
}

/** Fills a line up to a width; a longer line stays as it is. */
export function pad(line: string, width: number): string {
  return line + " ".repeat(Math.max(0, width - displayWidth(line)));
}

/** As much of a line as fits, with `…` for the rest. Only for what is shown in passing. */
export function fit(line: string, width: number): string {
  if (displayWidth(line) <= width) return line;
  let used = 1;
  let end = 0;
  for (const character of line) {
    used += widthOfOne(character);
    if (used > width) break;
    end += character.length;
  }
  return `${line.slice(0, end)}…`;
}

/** Breaks plain text at spaces (a longer word anywhere) so that no line is wider. Never loses a character but the spaces at a break. */
export function wrap(text: string, width: number): string[] {
  const limit = Math.max(10, width);
  const lines: string[] = [];
  let line = "";
  let used = 0;
  for (const word of text.split(/( +)/)) {
    let rest = word;
    let size = displayWidth(word);
    if (used + size > limit && used > 0) {
      lines.push(line.trimEnd());
      line = "";
      used = 0;
      if (word.trim() === "") continue;
    }
    while (size > limit) {
      const cut = cutAt(rest, limit);
      lines.push(rest.slice(0, cut));
      rest = rest.slice(cut);
      size = displayWidth(rest);
    }
    line += rest;
    used += size;
  }
  if (line.trim() !== "" || lines.length === 0) lines.push(line.trimEnd());
  return lines;
}

/** Where a long word breaks: after a `/` in its last part, else where it must. */
function cutAt(word: string, limit: number): number {
  let used = 0;
  let end = 0;
  for (const character of word) {
    used += widthOfOne(character);
    if (used > limit) break;
    end += character.length;
  }
  const slash = word.lastIndexOf("/", end - 1);
  return slash > end * 0.6 ? slash + 1 : end;
}

/** Text after a lead, wrapped, with its further lines below its first. */
export function hang(lead: string, text: string, width: number): string[] {
  const indent = displayWidth(lead);
  return wrap(text, width - indent).map((line, index) =>
    (index === 0 ? lead + line : " ".repeat(indent) + line).trimEnd(),
  );
}

/** Facts on one line, or on as many as they need; a fact is broken only where it alone is too long. */
export function joinFacts(facts: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const fact of facts) {
    const last = lines.at(-1);
    if (last !== undefined && displayWidth(last) + 3 + displayWidth(fact) <= width)
      lines[lines.length - 1] = `${last} · ${fact}`;
    else lines.push(...hang(lines.length === 0 ? "" : "  ", fact, width));
  }
  return lines;
}

/** The columns of names: wide enough for most of them, and never wider than `most`. */
export function columnWidth(names: readonly string[], most: number): number {
  return Math.min(most, Math.max(0, ...names.map(displayWidth)));
}

/** `3 files`, `1 file`. */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount} ${amount === 1 ? one : many}`;
}
