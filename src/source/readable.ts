import type { Range } from "./diagnostic.ts";

/** The largest file that is read: 1 MiB. */
const largest = 1024 * 1024;

export interface Unreadable {
  readonly code: string;
  readonly message: string;
  readonly range?: Range;
  readonly hint?: string;
}

const tooLarge = (bytes: number): Unreadable => ({
  code: "too-large",
  message: `The file has ${(bytes / largest).toFixed(1)} MiB; more than 1 MiB is not read.`,
});
const notUtf8 = { code: "not-utf8", message: "The file is not UTF-8 text." };

/** What YAML calls printable leaves out the control characters; a terminal would obey them. A lone carriage return would hide a line. */
const control = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]|\r(?!\n)/;

/** The text of a file, or the reason why it is not looked at. Nothing is decoded or scanned that is too large. */
export function findUnreadable(content: string | Uint8Array): { readonly text: string; readonly problem?: Unreadable } {
  if (content.length > largest) return { text: "", problem: tooLarge(content.length) };
  let text: string;
  if (typeof content === "string") {
    if (content.includes("\ufffd")) {
      const start = content.indexOf("\ufffd");
      return { text: content, problem: { ...notUtf8, range: { start, end: start + 1 } } };
    }
    text = content;
  } else {
    try {
      text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
    } catch {
      return { text: "", problem: notUtf8 };
    }
  }
  const found = control.exec(text);
  if (!found) return { text };
  const code = found[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
  const range = { start: found.index, end: found.index + 1 };
  return {
    text,
    problem: { code: "control-character", range, message: `The file holds the control character U+${code}.` },
  };
}
