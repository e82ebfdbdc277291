import type { ReadContext } from "../../action/context.ts";
import { ActionFailure } from "../../action/failure.ts";
import { pathFilter } from "../paths/path-filter.ts";
import type { ArchiveInput } from "./archive-input.ts";
import { type SourceTree, sourceTree } from "./source-tree.ts";
import { stagingPath } from "./staging-path.ts";

/** The result of `archive.create`. */
export interface Created {
  path: string;
  files: number;
  bytes: number;
  archiveBytes: number;
  sha256: string;
  skipped: number;
}

/** What the archive would hold; undefined when there is no `from`. */
export async function plannedTree(input: ArchiveInput, context: ReadContext): Promise<SourceTree | undefined> {
  const from = context.resolvePath(input.from);
  const to = context.resolvePath(input.to);
  const top = await context.files.stat(from);
  if (top === undefined) return undefined;
  if (top.kind !== "directory" && top.kind !== "file") {
    const is = top.kind === "symlink" ? "a symlink, and is not followed" : "a device, pipe or socket";
    throw new ActionFailure("wrong-input", `${from} is ${is}; an archive is made of a folder or a file`);
  }
  const filter = pathFilter(input.include, input.exclude);
  const tree = await sourceTree(from, top, filter, [to, stagingPath(to, context)], context);
  for (const pattern of filter.unused())
    context.note(`The pattern ${JSON.stringify(pattern)} matches nothing in ${from}`);
  if (tree.entries.every(({ path }) => path === "")) {
    const why = input.include || input.exclude ? "the patterns select nothing in it" : "the folder is empty";
    throw new ActionFailure("wrong-input", `There is nothing to archive in ${from}: ${why}`);
  }
  return tree;
}
