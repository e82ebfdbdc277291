import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import type { Change } from "../../action/inspection.ts";

const largestDiffed = 256 * 1024;
// Two texts with nothing in common take the square of their length to compare; a preview must not hang on them.
const longestDiffing = 1000;

/** The change from one content of a file to another: a unified diff for text, sizes for anything else. */
export function textChange(path: string, before: Buffer | undefined, after: Buffer): Change {
  const kind = before === undefined ? "create" : "edit";
  const diff = before?.equals(after) ? undefined : unifiedDiff(path, before, after);
  if (diff !== undefined) return { kind, target: path, summary: lineCount(diff), diff };
  if (before === undefined) return { kind, target: path, summary: `${after.length} bytes` };
  return { kind, target: path, summary: `${before.length} bytes → ${after.length} bytes, sha256 differs` };
}

function unifiedDiff(path: string, before: Buffer | undefined, after: Buffer): string | undefined {
  const whole = before ?? Buffer.alloc(0);
  if (whole.length > largestDiffed || after.length > largestDiffed || whole.includes(0) || after.includes(0))
    return undefined;
  const names = [before === undefined ? "/dev/null" : path, path].map(shown) as [string, string];
  const [from, to] = bothDecoded(whole, after);
  return createTwoFilesPatch(...names, from, to, undefined, undefined, {
    context: 3,
    timeout: longestDiffing,
    headerOptions: FILE_HEADERS_ONLY,
  });
}

/** One encoding for both sides, so that only what changes looks changed. */
function bothDecoded(before: Buffer, after: Buffer): [string, string] {
  const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  try {
    return [utf8.decode(before), utf8.decode(after)];
  } catch {
    return [before.toString("latin1"), after.toString("latin1")];
  }
}

function shown(path: string): string {
  return /[\x00-\x1f\x7f]/.test(path) ? JSON.stringify(path) : path;
}

function lineCount(diff: string): string {
  const lines = diff.split("\n").slice(2);
  const added = lines.filter((line) => line.startsWith("+")).length;
  const removed = lines.filter((line) => line.startsWith("-")).length;
  const words = (count: number) => (count === 1 ? "1 line" : `${count} lines`);
  if (removed === 0) return `${words(added)} added`;
  if (added === 0) return `${words(removed)} removed`;
  return added === removed ? `${words(added)} changed` : `${words(removed)} removed, ${words(added)} added`;
}
