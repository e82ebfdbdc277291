import { lstat, realpath, rename } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { ActionFailure } from "../action/failure.ts";
import type { ReadFiles } from "../action/files.ts";
import { beside } from "./beside.ts";
import { copyTree } from "./copy-tree.ts";
import { failingAt, hasCode } from "./file-failure.ts";
import { removeTree } from "./remove-tree.ts";
import { syncPath } from "./sync-path.ts";

/**
 * Copies under a temporary name beside the target and renames: what stands at `to` is a whole copy or nothing. The
 * temporary name is always the same for one target, so that what an interrupted copy left is cleared by the next.
 */
export async function stagedCopy(
  files: ReadFiles,
  from: string,
  to: string,
  left: string,
  onBytes?: (count: number) => void,
): Promise<void> {
  await refuseOccupied(to, left);
  await refuseInside(from, to, left);
  const staged = beside(to, "copy");
  try {
    await removeTree(staged);
    await copyTree(from, staged, { files, target: to, left, onBytes });
    await refuseOccupied(to, left); // something may have come there while the copy ran
    await rename(staged, to).catch(failingAt(to, left));
  } catch (error) {
    await removeTree(staged).catch(() => undefined);
    throw error;
  }
  await syncPath(dirname(to));
}

export async function refuseOccupied(to: string, left: string): Promise<void> {
  const found = await lstat(to).catch((error: unknown) => {
    if (!hasCode(error, "ENOENT")) failingAt(to, left)(error);
  });
  if (found) throw new ActionFailure("wrong-input", `${to} exists already, and nothing is overwritten; ${left}`);
  const folder = dirname(to);
  await lstat(folder).catch((error: unknown) => {
    if (!hasCode(error, "ENOENT")) failingAt(folder, left)(error);
    throw new ActionFailure("wrong-input", `The folder ${folder} does not exist; ${left}`);
  });
}

/** A copy of a folder into itself would never end. */
async function refuseInside(from: string, to: string, left: string): Promise<void> {
  const found = await lstat(from).catch(failingAt(from, left));
  if (!found.isDirectory()) return;
  const outer = join(await realpath(from).catch(failingAt(from, left)), sep);
  const inner = join(await realpath(dirname(to)).catch(failingAt(to, left)), sep);
  if (!inner.startsWith(outer)) return;
  throw new ActionFailure("wrong-input", `${to} is inside ${from}; a folder can't be copied into itself; ${left}`);
}
