import { dirname, join } from "node:path";
import { hasCode } from "../file-failure.ts";
import type { Disk } from "./disk.ts";
import { failing } from "./remote-failure.ts";
import { kindOf } from "./remote-stat.ts";
import { remoteSync } from "./remote-sync.ts";
import type { Sftp } from "./sftp.ts";

/** Removes a file or a folder with everything in it; nothing there is fine. */
export async function remoteRemove(disk: Disk, path: string): Promise<void> {
  const sftp = await disk.sftp();
  const failed = failing(disk, { path, left: "it may be removed in part" });
  const found = await sftp.lstat(path).catch(missing).catch(failed);
  if (found === undefined) return;
  if (kindOf(found) === "directory") await removeFolder(sftp, path).catch(failed);
  else await sftp.remove(path).catch(missing).catch(failed);
}

async function removeFolder(sftp: Sftp, path: string): Promise<void> {
  // By bytes would be safer still, but what belay removes is what belay made: its names are UTF-8.
  const entries = await sftp.readdir(path).catch(async (error: unknown) => {
    if (!hasCode(error, "EACCES")) throw error;
    await sftp.setstat(path, { mode: 0o700 });
    return sftp.readdir(path);
  });
  for (const { name, attributes } of entries) {
    const inner = join(path, name.toString("utf8"));
    if (kindOf(attributes) === "directory") await removeFolder(sftp, inner);
    else {
      await sftp.remove(inner).catch(async (error: unknown) => {
        if (!hasCode(error, "EACCES")) return missing(error);
        // A copy of a read-only folder is read-only for its owner too.
        await sftp.setstat(path, { mode: 0o700 });
        await sftp.remove(inner);
      });
    }
  }
  await sftp.rmdir(path).catch(missing);
}

/** False when it holds something, is no folder, or is not there. */
export async function remoteRemoveEmpty(disk: Disk, path: string): Promise<boolean> {
  const sftp = await disk.sftp();
  const about = { path, left: "it is still there" };
  const found = await sftp.lstat(path).catch(missing).catch(failing(disk, about));
  if (found === undefined || kindOf(found) !== "directory") return false;
  try {
    await sftp.rmdir(path);
  } catch (error) {
    const rest = hasCode(error, "EFAILURE") ? await sftp.readdir(path).catch(() => []) : [];
    if (rest.length > 0 || hasCode(error, "ENOENT")) return false;
    return failing(disk, { ...about, changes: true })(error);
  }
  await remoteSync(disk, dirname(path));
  return true;
}

function missing(error: unknown): undefined {
  if (!hasCode(error, "ENOENT")) throw error;
}
