import type { Report } from "./model.ts";

/** Characters that a terminal or an editor obeys, or that turn the direction of text around. */
const unseen = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** A report as data: the whole model, indented, a format number first. Nothing in it is cut. */
export function renderJson(report: Report): string {
  const text = JSON.stringify(report, null, 2);
  return `${text.replace(unseen, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)}\n`;
}
