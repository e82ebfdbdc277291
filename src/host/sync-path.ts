import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { ActionFailure } from "../action/failure.ts";
import { hasCode } from "./file-failure.ts";

/**
 * Makes the system put a file or folder on disk. Folders on some network file systems have no sync, and what may not
 * be read can't be opened for it: these are left to the system.
 */
export async function syncPath(path: string): Promise<void> {
  try {
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (hasCode(error, "EINVAL", "ENOTSUP", "EACCES", "ELOOP", "ENXIO", "EROFS")) return;
    throw new ActionFailure("in-doubt", `The change at ${path} was made, but the system could not put it on disk`, [
      error instanceof Error ? error.message : String(error),
    ]);
  }
}
