import { dirname } from "node:path";
import { ActionFailure } from "../../action/failure.ts";
import type { WriteOptions } from "../../action/files.ts";
import type { Disk } from "./disk.ts";
import { failing } from "./remote-failure.ts";
import { noneWhenMissing } from "./remote-replace-file.ts";
import { kindOf } from "./remote-stat.ts";
import { remoteSync } from "./remote-sync.ts";

/** Makes a folder and the missing ones above it, and puts them on disk. One that is there already is fine. */
export async function remoteMakeFolders(
  disk: Disk,
  path: string,
  mode: number | undefined,
  left: string,
): Promise<void> {
  const sftp = await disk.sftp();
  const missing: string[] = [];
  let at = path;
  for (;;) {
    const found = await sftp
      .stat(at)
      .catch(noneWhenMissing)
      .catch(failing(disk, { path: at, left }));
    if (found !== undefined && kindOf(found) === "directory") break;
    // "No such file" is also what the server says of a path below a file.
    if (found !== undefined || dirname(at) === at) throw inTheWay(disk, path, left);
    missing.push(at);
    at = dirname(at);
  }
  const usual = 0o777 & ~(await disk.greeting()).umask;
  for (const folder of missing.reverse()) {
    await sftp.mkdir(folder, mode ?? usual).catch(async (error: unknown) => {
      // Somebody else may have made it in between; a link that leads nowhere also stands in the way.
      const there = await sftp.stat(folder).catch(() => undefined);
      if (there !== undefined && kindOf(there) === "directory") return;
      if (there !== undefined || (await sftp.lstat(folder).catch(() => undefined))) throw inTheWay(disk, path, left);
      await failing(disk, { path: folder, left })(error);
    });
  }
  if (missing.length === 0) return;
  for (const folder of missing.reverse()) await remoteSync(disk, folder);
  await remoteSync(disk, at);
}

function inTheWay(disk: Disk, path: string, left: string): ActionFailure {
  return new ActionFailure(
    "wrong-input",
    `${path} can't be a folder on ${disk.destination}: a file is in its way; ${left}`,
  );
}

/** A mode or owner is also set on a folder that is there already. */
export async function remoteMakeDirectory(disk: Disk, path: string, options: WriteOptions = {}): Promise<void> {
  await remoteMakeFolders(disk, path, undefined, `${path} was not made`);
  const sftp = await disk.sftp();
  const failed = failing(disk, { path, changes: true });
  if (options.uid !== undefined || options.gid !== undefined) {
    const now = await sftp.stat(path).catch(failed);
    await sftp.setstat(path, { uid: options.uid ?? now.uid, gid: options.gid ?? now.gid }).catch(failed);
  }
  if (options.mode !== undefined) await sftp.setstat(path, { mode: options.mode }).catch(failed);
  await remoteSync(disk, path);
}
