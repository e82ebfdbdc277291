import { chmod, lstat, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileFailure, hasCode } from "./file-failure.ts";

/** Removes a file or a folder with everything in it; nothing there is fine. */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    if (!hasCode(error, "EACCES", "EPERM", "ENOTEMPTY")) throw fileFailure(error, path, "it may be removed in part");
    // A copy of a read-only folder is read-only for its owner too.
    await openUp(path).catch(() => undefined);
    await rm(path, { recursive: true, force: true }).catch((again: unknown) => {
      throw fileFailure(again, path, "it may be removed in part");
    });
  }
}

async function openUp(folder: string): Promise<void> {
  if (!(await lstat(folder)).isDirectory()) return;
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await openUp(join(folder, entry.name));
  }
}
