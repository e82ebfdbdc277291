import { rmdir } from "node:fs/promises";
import { dirname } from "node:path";
import { beside } from "./beside.ts";
import { fileFailure, hasCode } from "./file-failure.ts";
import { removeTree } from "./remove-tree.ts";
import { throughLinks } from "./replace-file.ts";
import { syncPath } from "./sync-path.ts";

/** `mark` is that of the step (see replaceFile): another run's half-written file is not touched. */
export async function removeLeftovers(path: string, mark: string): Promise<void> {
  // What a link leads to can be gone by now: then nothing was written through it.
  const target = await throughLinks(path).catch(() => path);
  await removeTree(beside(target, mark));
  await removeTree(beside(path, "copy"));
}

/** False when it holds something, is no folder, or is not there. */
export async function removeEmptyDirectory(path: string): Promise<boolean> {
  try {
    await rmdir(path);
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR", "ENOTEMPTY", "EEXIST")) return false;
    throw fileFailure(error, path, "it is still there");
  }
  await syncPath(dirname(path));
  return true;
}
