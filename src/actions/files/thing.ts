import type { FileStat } from "../../action/files.ts";
import { byteWords } from "./byte-words.ts";
import { sameTime } from "./made.ts";

/** What tells a file or folder that is moved about from another one in its place. */
export type Thing = { kind: FileStat["kind"]; size: number; modifiedAt: number; inode: number | null };

export function thingOf(stat: FileStat | undefined): Thing | null {
  if (stat === undefined) return null;
  const { kind, size, modifiedAt, inode = null } = stat;
  return { kind, size, modifiedAt, inode };
}

/**
 * Whether it is still the same: a file by size and time; a folder by its number, whatever is in it now. A folder's time
 * says little: a copy has that of its original.
 */
export function isSame(thing: Thing, stat: FileStat): boolean {
  if (thing.kind === "file" || thing.inode === null || stat.inode === undefined) return looksSame(thing, stat);
  return thing.kind === stat.kind && thing.inode === stat.inode;
}

/** The same, or a copy of it that was put back. */
export function looksSame(thing: Thing, stat: FileStat): boolean {
  const size = thing.kind !== "file" || thing.size === stat.size;
  return thing.kind === stat.kind && size && sameTime(thing.modifiedAt, stat.modifiedAt);
}

/** "a file of 12 kB, changed at 2026-11-21T03:02:00.000Z" */
export function thingWords({ kind, size, modifiedAt }: Pick<Thing, "kind" | "size" | "modifiedAt">): string {
  const what = kind === "file" ? `a file of ${byteWords(size)}` : kind === "other" ? "a special file" : `a ${kind}`;
  return `${what}, changed at ${new Date(modifiedAt).toISOString()}`;
}
