import type { Spelling } from "./spelling.ts";

const inner = (text: string) => JSON.stringify(text).slice(1, -1);
const unit = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
const ascii = (text: string) => text.replace(/[^\x00-\x7f]/g, unit);
/** Go's encoder, and so kubectl, spells out what has a meaning in HTML. */
const forHtml = (text: string) => text.replace(/[<>&\u2028\u2029]/g, unit);
const twice = (value: string) => inner(inner(value));

const json: readonly Spelling[] = [
  ["json", inner],
  ["json-twice", twice],
  ["json-ascii", (value) => ascii(inner(value))],
  ["json-ascii-twice", (value) => inner(ascii(inner(value)))],
  ["json-html", (value) => forHtml(inner(value))],
  ["json-html-twice", (value) => inner(forHtml(inner(value)))],
  ["json-slash", (value) => ascii(inner(value)).replaceAll("/", "\\/")],
];

const shell: readonly Spelling[] = [
  ["shell", (value) => value.replaceAll("'", "'\\''")],
  ["shell-mixed", (value) => value.replaceAll("'", `'"'"'`)],
  ["shell-double", (value) => value.replace(/[\\"$`]/g, "\\$&")],
  ["shell-double-history", (value) => value.replace(/[\\"$`!]/g, "\\$&")],
  // As bash's printf %q.
  ["shell-backslash", (value) => value.replace(/[^\w\n%+./:=@\x80-\uffff-]/g, "\\$&")],
  ["shell-ansi", (value) => value.replace(/[\\']/g, "\\$&").replaceAll("\n", "\\n").replaceAll("\t", "\\t")],
];

const entities = (apostrophe: string, quote: string) => (value: string) =>
  value
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("'", apostrophe)
    .replaceAll('"', quote);

const html: readonly Spelling[] = [
  ["xml", entities("&apos;", "&quot;")],
  ["xml-text", entities("'", '"')],
  ["xml-attribute", entities("'", "&quot;")],
  ["html", entities("&#39;", "&quot;")],
  ["html-hex", entities("&#x27;", "&quot;")],
  ["html-zero", entities("&#039;", "&quot;")],
  ["html-numbers", entities("&#39;", "&#34;")],
];

const named: { readonly [character: string]: string } = {
  "\0": "\\0",
  "\x07": "\\a",
  "\b": "\\b",
  "\t": "\\t",
  "\n": "\\n",
  "\v": "\\v",
  "\f": "\\f",
  "\r": "\\r",
  "\x1b": "\\e",
  '"': '\\"',
  "\\": "\\\\",
  "\x85": "\\N",
  "\xa0": "\\_",
  "\u2028": "\\L",
  "\u2029": "\\P",
};

function yamlCode(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code > 0xffff) return `\\U${code.toString(16).toUpperCase().padStart(8, "0")}`;
  if (code > 0xff) return `\\u${code.toString(16).toUpperCase().padStart(4, "0")}`;
  return `\\x${code.toString(16).toUpperCase().padStart(2, "0")}`;
}
const yamlEscape = (character: string) => named[character] ?? yamlCode(character);

const yaml: readonly Spelling[] = [
  ["yaml", (value) => value.replace(/[\x00-\x1f"\\\x7f-\xa0\u2028\u2029]/g, yamlEscape)],
  ["yaml-ascii", (value) => value.replace(/[\x00-\x1f"\\]|[^\x00-\x7e]/gu, yamlEscape)],
  ["yaml-single", (value) => value.replaceAll("'", "''")],
];

const hex: readonly Spelling[] = [
  ["hex", (value) => Buffer.from(value).toString("hex")],
  ["hex-upper", (value) => Buffer.from(value).toString("hex").toUpperCase()],
];

export const textSpellings: readonly Spelling[] = [
  ["raw", (value) => value],
  ...json,
  ...shell,
  ...html,
  ...yaml,
  ...hex,
];
