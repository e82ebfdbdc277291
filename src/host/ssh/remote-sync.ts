import { ActionFailure } from "../../action/failure.ts";
import { hasCode } from "../file-failure.ts";
import type { Disk } from "./disk.ts";
import { kindOf } from "./remote-stat.ts";
import { openFor } from "./sftp-packet.ts";

/** Makes the other system put a file or folder on disk. What may not be read can't be opened for it, and is left to the system. */
export async function remoteSync(disk: Disk, path: string): Promise<void> {
  try {
    const sftp = await disk.sftp();
    const kind = kindOf(await sftp.lstat(path));
    if (kind !== "file" && kind !== "directory") return;
    const handle = await sftp.open(path, openFor.read);
    try {
      await sftp.fsync(handle);
    } finally {
      await sftp.close(handle);
    }
  } catch (error) {
    if (hasCode(error, "EACCES", "EINVAL")) return;
    throw new ActionFailure(
      "in-doubt",
      `The change at ${path} on ${disk.destination} was made, but the system could not put it on disk`,
      [error instanceof Error ? error.message : String(error)],
    );
  }
}

const syncsAtOnce = 16;

/** The same for many, from the last to the first. */
export async function remoteSyncAll(disk: Disk, paths: string[]): Promise<void> {
  await Promise.all(
    Array.from({ length: syncsAtOnce }, async () => {
      for (let path = paths.pop(); path !== undefined; path = paths.pop()) await remoteSync(disk, path);
    }),
  );
}
