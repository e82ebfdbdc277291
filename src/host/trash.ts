import { createHash } from "node:crypto";
import { lstat, rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { compareTrees } from "../action/compare-trees.ts";
import { ActionFailure } from "../action/failure.ts";
import type { ReadFiles } from "../action/files.ts";
import { beside } from "./beside.ts";
import { fileFailure, hasCode } from "./file-failure.ts";
import { makeFolders } from "./make-folders.ts";
import { removeTree } from "./remove-tree.ts";
import { stagedCopy } from "./staged-copy.ts";
import { syncPath } from "./sync-path.ts";

/** The name that a person recognises, and enough of a digest that two files of one name don't meet. */
export function trashPath(trashFolder: string, path: string): string {
  const digest = createHash("sha256").update(path).digest("hex").slice(0, 8);
  const name = Buffer.from(basename(path))
    .subarray(0, 200)
    .toString("utf8")
    .replace(/\uFFFD+$/, "");
  return join(trashFolder, `${name}.${digest}`);
}

/**
 * Moves a path into the trash. On another file system it is copied under a temporary name and renamed (so what stands
 * in the trash is whole), then the original is renamed aside and removed (so what stands at the path is whole, too).
 */
export async function moveToTrash(files: ReadFiles, trashFolder: string, path: string): Promise<string> {
  if (dirname(path) === path)
    throw new ActionFailure("wrong-input", `${path} is the root of the file system; nothing was moved`);
  const kept = trashPath(trashFolder, path);
  const left = `${path} is unchanged`;
  await makeFolders(trashFolder, 0o700).catch((error: unknown) => {
    throw fileFailure(error, trashFolder, left);
  });
  const aside = beside(path, "trash");
  if (!(await exists(kept))) {
    if (await exists(path)) {
      if (await renamed(path, kept)) {
        await syncPath(trashFolder);
        await syncPath(dirname(path));
        return kept;
      }
      await stagedCopy(files, path, kept, left);
    } else if (!(await exists(aside))) {
      throw new ActionFailure("wrong-input", `There is no ${path}`);
    }
  }
  if (await exists(path)) {
    const difference = await compareTrees(files, path, kept);
    if (difference !== undefined) {
      throw new ActionFailure(
        "failed",
        `${kept} is in the trash already, and what is at ${path} is not the same: it was left alone`,
        [difference],
      );
    }
    await rename(path, aside).catch((error: unknown) => {
      throw fileFailure(error, path, `it is still there, and a copy of it is at ${kept}`);
    });
  }
  // Also when an earlier call was ended in the middle of this, be it another run's: it had a whole copy before.
  await removeTree(aside);
  // A later undo may have removed the folder that it stood in.
  if (await exists(dirname(path))) await syncPath(dirname(path));
  return kept;
}

async function renamed(path: string, kept: string): Promise<boolean> {
  try {
    await rename(path, kept);
    return true;
  } catch (error) {
    if (hasCode(error, "EXDEV")) return false;
    if (hasCode(error, "EINVAL"))
      throw new ActionFailure("wrong-input", `The trash ${kept} is inside ${path}; ${path} is unchanged`);
    throw fileFailure(error, path, `${path} is unchanged`);
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return false;
    throw fileFailure(error, path);
  }
}
