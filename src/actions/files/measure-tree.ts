import { createHash } from "node:crypto";
import type { ReadContext } from "../../action/context.ts";
import type { FileStat } from "../../action/files.ts";
import { byteWords } from "./byte-words.ts";

export interface TreeMeasure {
  readonly files: number;
  readonly bytes: number;
  /** Of every name, kind, size and link target below the path: equal for a copy, other after a change. Times are left out. */
  readonly shape: string;
  /** When the newest file in it was changed, in milliseconds since 1970; 0 when there is none. */
  readonly newest: number;
}

/** Counts what is at a path without reading any file's content. */
export async function measureTree(path: string, stat: FileStat, context: ReadContext): Promise<TreeMeasure> {
  const hash = createHash("sha256");
  const { files: read, signal } = context;
  let files = 0;
  let bytes = 0;
  let newest = 0;
  const add = async (relative: string, at: string, found: FileStat) => {
    if (found.kind === "file") {
      files += 1;
      bytes += found.size;
      newest = Math.max(newest, found.modifiedAt);
    }
    const detail = found.kind === "file" ? found.size : found.kind === "symlink" ? await read.readLink(at) : "";
    hash.update(`${relative}\0${found.kind}\0${detail}\0`);
  };
  await add("", path, stat);
  if (stat.kind === "directory") {
    for await (const entry of read.walk(path)) {
      signal.throwIfAborted();
      await add(entry.relative, entry.path, entry.stat);
    }
  }
  return { files, bytes, shape: hash.digest("hex"), newest };
}

/** "438 files, 12 MB", or "12 MB" for one file. */
export function measureWords(stat: FileStat, { files, bytes }: TreeMeasure): string {
  if (stat.kind === "symlink") return "a symlink";
  return stat.kind === "directory"
    ? `${files === 1 ? "1 file" : `${files} files`}, ${byteWords(bytes)}`
    : byteWords(bytes);
}
