import { ActionFailure } from "../../action/failure.ts";
import { isComment, trimmed } from "./setting-line.ts";

/** One line of a file, and how it ends: "\n", "\r\n", or "" for a last line without an end. */
export interface Line {
  text: string;
  end: string;
}

/** Bytes as characters of the same number (Latin-1): whatever the encoding is, what is not edited comes out as it went in. */
export function splitLines(bytes: string): Line[] {
  return (bytes.match(/[^\n]*\n|[^\n]+$/g) ?? []).map((line) => {
    const end = line.endsWith("\r\n") ? "\r\n" : line.endsWith("\n") ? "\n" : "";
    return { text: line.slice(0, line.length - end.length), end };
  });
}

export function joinLines(lines: readonly Line[]): string {
  return lines.map(({ text, end }) => text + end).join("");
}

/** Puts a line in, with the file's own line ends; a file without a last line end stays one. */
export function insertLine(lines: Line[], at: number, text: string): void {
  const crlf = lines.filter(({ end }) => end === "\r\n").length;
  const ended = lines.filter(({ end }) => end !== "").length;
  const style = crlf * 2 > ended ? "\r\n" : "\n";
  const before = lines[at - 1];
  if (before?.end === "") {
    before.end = style;
    lines.splice(at, 0, { text, end: "" });
  } else {
    lines.splice(at, 0, { text, end: style });
  }
}

const header = /^[ \t]*\[{1,2}([^[\]=]+)\]{1,2}[ \t]*(?:[#;].*)?$/;

/** The name in a `[section]` or `[[section]]` line. */
export function sectionName(text: string): string | undefined {
  const name = header.exec(text)?.[1];
  return name === undefined ? undefined : trimmed(name);
}

/** The lines of a section without its header, as a half-open range; of the whole file when no section is named. */
export function sectionRange(
  lines: readonly Line[],
  section: string | undefined,
  path: string,
): [start: number, end: number] {
  if (section === undefined) return [0, lines.length];
  const headers = lines.flatMap(({ text }, index) => (sectionName(text) === section ? [index] : []));
  const [first, second] = headers;
  if (first === undefined)
    throw new ActionFailure("wrong-input", `${path} has no section [${section}]; it is unchanged`);
  if (second !== undefined) {
    throw new ActionFailure(
      "wrong-input",
      `${path} has the section [${section}] twice, in line ${first + 1} and line ${second + 1}; it is unchanged`,
    );
  }
  const next = lines.findIndex(({ text }, index) => index > first && sectionName(text) !== undefined);
  return [first + 1, next === -1 ? lines.length : next];
}

/** What stands between key and value in most lines of a file, spaces included. */
export function usualSeparator(lines: readonly Line[]): string {
  const counts = new Map<string, number>();
  for (const { text } of lines) {
    if (isComment(text) || sectionName(text) !== undefined) continue;
    const [, strong, blank] = /^[ \t]*[^\s=:]+(?:([ \t]*[=:][ \t]*)|([ \t]+))\S/.exec(text) ?? [];
    const separator = strong ?? (blank === undefined ? undefined : " ");
    if (separator !== undefined) counts.set(separator, (counts.get(separator) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return most?.[0] ?? "=";
}
