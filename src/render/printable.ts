const escapes =
  /\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\|$)|\x1b[ -/]*[0-~]|\x9b[0-?]*[ -/]*[@-~]/g;
const controls = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]/g;
/** They turn the direction of text around, or are not seen at all: what is shown would not be what is meant. */
const deceivers = /[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

const shown = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

function clean(line: string): string {
  return line.replace(escapes, "").replaceAll("\t", "  ").replace(controls, shown).replace(deceivers, shown);
}

/**
 * Text from outside (a result, a file name, what a program printed), safe to show as lines: no terminal control
 * sequences; what is left of control characters is spelled out. A lone carriage return begins a line.
 */
export function printableLines(text: string): string[] {
  return text.split(/\r\n|\n|\r/).map((line) => clean(line).trimEnd());
}

/** The same on one line; line ends become spaces. */
export function printable(text: string): string {
  return clean(text.replace(/\s*[\r\n]+\s*/g, " ")).trim();
}
