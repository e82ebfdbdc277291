import { printable, printableLines } from "../printable.ts";

const entities: { readonly [character: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text from anywhere as HTML text or an attribute's value, on one line: no markup, no controls, no turned direction. */
export function escapeHtml(text: string): string {
  return entitiesOf(printable(text));
}

/** The same over many lines, for a `pre`. */
export function escapeLines(text: string): string {
  return printableLines(text).map(entitiesOf).join("\n");
}

function entitiesOf(text: string): string {
  // A half of a pair is no character, and no XML or UTF-8 either.
  return text
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|[\ufffe\uffff]/g, "\ufffd")
    .replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
