import type { Spelling } from "./spelling.ts";

const urlSafe = (text: string) => text.replaceAll("+", "-").replaceAll("/", "_");
const unpadded = (text: string) => text.replace(/=+$/, "");

/**
 * Inside of a longer text (`user:password`) the value begins at one of three places of a group of four characters.
 * These are all the characters that the value alone decides.
 */
const inner = (offset: number) => (value: string) => {
  const bytes = Buffer.byteLength(value) + offset;
  return behind(offset, value).slice(Math.ceil((offset * 8) / 6), Math.floor((bytes * 8) / 6));
};
/** The value at the end of the longer text: its last character and the padding are known too. */
const atEnd = (offset: number) => (value: string) => behind(offset, value).slice(Math.ceil((offset * 8) / 6));

function behind(offset: number, value: string): string {
  return Buffer.concat([Buffer.alloc(offset), Buffer.from(value)]).toString("base64");
}

/** As the `base64` program and PEM files break their lines. */
const wrapped = (columns: number, offset: number) => (value: string) =>
  (atEnd(offset)(value).match(new RegExp(`.{1,${columns}}`, "g")) ?? []).join("\n");

const aligned = [0, 1, 2].flatMap((offset): Spelling[] => [
  [`base64-${offset}`, inner(offset)],
  [`base64-${offset}-end`, (value) => unpadded(atEnd(offset)(value))],
  [`base64-${offset}-padded`, atEnd(offset)],
]);

export const base64Spellings: readonly Spelling[] = [
  ...aligned,
  ...aligned.map(([name, write]): Spelling => [`${name}-url`, (value) => urlSafe(write(value))]),
  ["base64-76", wrapped(76, 0)],
  ["base64-64", wrapped(64, 0)],
];
