import { closeSync, fstatSync, ftruncateSync, openSync, readSync } from "node:fs";

/** What the remote shell said of the program, on stderr and after it. */
export interface Report {
  /** As the shell counts: 128 and the signal's number when a signal ended it. */
  readonly ended?: number;
  /** Why it was not started, in one word. */
  readonly notStarted?: string;
}

/** undefined as long as nothing is reported. */
export function readReport(text: string, token: string): Report | undefined {
  const ended = new RegExp(`${token} ended ([0-9]+)\n`).exec(text)?.[1];
  if (ended === undefined) return undefined;
  const notStarted = new RegExp(`${token} not-started ([a-z-]+)\n`).exec(text)?.[1];
  return { ended: Number(ended), ...(notStarted !== undefined && { notStarted }) };
}

/** The text without the report, also where the text was cut in the middle of it. */
export function withoutReport(text: string, token: string): string {
  const clean = text.replace(new RegExp(`${token} (ended [0-9]+|not-started [a-z-]+)\n`, "g"), "");
  for (let length = Math.min(token.length, clean.length); length > "belay-".length; length--) {
    if (clean.endsWith(token.slice(0, length))) return clean.slice(0, -length);
  }
  return clean;
}

const longestReport = 256;

/** Takes the report off the end of a log. What some other program wrote after it keeps it there. */
export function cutReport(path: string, token: string): void {
  const fd = openSync(path, "r+");
  try {
    const { size } = fstatSync(fd);
    const bytes = Buffer.alloc(Math.min(size, longestReport));
    readSync(fd, bytes, 0, bytes.length, size - bytes.length);
    const end = new RegExp(`(?:${token} (?:ended [0-9]+|not-started [a-z-]+)\n)+$`).exec(bytes.toString("latin1"));
    if (end !== null) ftruncateSync(fd, size - end[0].length);
  } finally {
    closeSync(fd);
  }
}
