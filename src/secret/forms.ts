import { base64Spellings } from "./base64-forms.ts";
import { textSpellings } from "./text-forms.ts";
import { shortestForm, tooShortToMask } from "./too-short.ts";
import { urlSpellings } from "./url-forms.ts";

/** One way in which a secret can stand in a text. */
export interface Form {
  readonly secret: string;
  /** Names the part of the value and its spelling: `raw`, `base64-1`, `3.json` (of the third line). */
  readonly name: string;
  readonly text: string;
}

const spellings = [...textSpellings, ...urlSpellings, ...base64Spellings];
const writers = new Map(spellings);

/** Shorter pieces of a wrapped base64 text stand in other texts too. */
const shortestPiece = 16;

/** All forms of a secret that are long enough to be masked, each text once. */
export function formsOf(secret: string, value: string): Form[] {
  const found = new Map<string, Form>();
  const add = (name: string, text: string) => {
    if (text.trim().length >= shortestForm && !found.has(text)) found.set(text, { secret, name, text });
  };
  for (const [part, text] of partsOf(value)) {
    if (tooShortToMask(text)) continue;
    for (const [name, write] of spellings) add(part === "" ? name : `${part}.${name}`, write(text));
  }
  for (const columns of [76, 64]) {
    const pieces = base64Pieces(value, columns);
    pieces.forEach((piece, index) => {
      if (piece.length >= shortestPiece) add(`piece.base64-${columns}.${index + 1}`, piece);
    });
  }
  return [...found.values()];
}

/** The text of one form; undefined where there is no such form of this value. */
export function formText(value: string, name: string): string | undefined {
  const piece = /^piece\.base64-(76|64)\.(\d+)$/.exec(name);
  if (piece) return base64Pieces(value, Number(piece[1]))[Number(piece[2]) - 1];
  const [first = "", second] = name.split(".");
  const part = second === undefined ? "" : first;
  const text = partsOf(value).get(part);
  return text === undefined ? undefined : writers.get(second ?? first)?.(text);
}

/** The whole value, and its lines without the white space around them, by their numbers. */
function partsOf(value: string): Map<string, string> {
  const parts = new Map([["", value]]);
  value.split(/\r\n|\n|\r/).forEach((line, index) => {
    const text = line.trim();
    if (text !== value) parts.set(String(index + 1), text);
  });
  return parts;
}

function base64Pieces(value: string, columns: number): string[] {
  const text = writers.get(`base64-${columns}`)?.(value) ?? "";
  return text.includes("\n") ? text.split("\n") : [];
}
