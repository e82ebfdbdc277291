import { basename, join, relative, sep } from "node:path";
import type { ReadContext } from "../../action/context.ts";
import { ActionFailure } from "../../action/failure.ts";
import type { FileStat } from "../../action/files.ts";
import type { PathFilter } from "../paths/path-filter.ts";
import { foldersAbove, nameProblem } from "./safe-name.ts";

export interface SourceEntry {
  /** Relative with `/`; "" for the folder itself. */
  readonly path: string;
  /** Where it is. */
  readonly file: string;
  readonly kind: "file" | "directory" | "symlink";
  readonly stat: FileStat;
  readonly target?: string;
}

export interface SourceTree {
  /** In sorted order, folders before what is in them. */
  readonly entries: readonly SourceEntry[];
  /** Sockets, pipes and devices, by path. */
  readonly skipped: readonly string[];
  /** Whatever is not a folder. */
  readonly files: number;
  readonly bytes: number;
}

/** What an archive of `from` would hold now. `without` are paths that are never part of it: the archive itself. */
export async function sourceTree(
  from: string,
  top: FileStat,
  filter: PathFilter,
  without: readonly string[],
  context: ReadContext,
): Promise<SourceTree> {
  const own = without.map((path) => relative(from, path).split(sep).join("/"));
  const found: { path: string; file: string; stat: FileStat }[] = [];
  if (top.kind === "directory") {
    for await (const { relative: path, path: file, stat } of context.files.walk(from)) {
      context.signal.throwIfAborted();
      if (!own.some((mine) => path === mine || path.startsWith(`${mine}/`))) found.push({ path, file, stat });
    }
  } else {
    found.push({ path: basename(from), file: from, stat: top });
  }
  const selected = new Set(found.filter(({ path }) => filter.selects(path)).map(({ path }) => path));
  for (const path of [...selected]) for (const folder of foldersAbove(path)) selected.add(folder);

  const entries: SourceEntry[] = [];
  const skipped: string[] = [];
  if (top.kind === "directory" && selected.size > 0)
    entries.push({ path: "", file: from, kind: "directory", stat: top });
  for (const { path, file, stat } of found) {
    if (!selected.has(path)) continue;
    const problem = nameProblem(path);
    if (problem !== undefined)
      throw new ActionFailure("wrong-input", `${join(from, path)} ${problem}, which no archive may hold`);
    if (stat.kind === "other") skipped.push(path);
    else if (stat.kind !== "symlink") entries.push({ path, file, stat, kind: stat.kind });
    else entries.push({ path, file, stat, kind: "symlink", target: await context.files.readLink(file) });
  }
  return {
    entries,
    skipped,
    files: entries.filter(({ kind }) => kind !== "directory").length,
    bytes: entries.reduce((sum, { kind, stat }) => sum + (kind === "file" ? stat.size : 0), 0),
  };
}
