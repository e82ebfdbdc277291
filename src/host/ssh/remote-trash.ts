import { dirname } from "node:path";
import { compareTrees } from "../../action/compare-trees.ts";
import { ActionFailure } from "../../action/failure.ts";
import type { ReadFiles } from "../../action/files.ts";
import { beside } from "../beside.ts";
import { trashPath } from "../trash.ts";
import type { Disk } from "./disk.ts";
import { remoteCopy } from "./remote-copy.ts";
import { failing } from "./remote-failure.ts";
import { remoteMakeFolders } from "./remote-folders.ts";
import { remoteRemove } from "./remote-remove.ts";
import { deviceOf } from "./remote-stat.ts";
import { remoteSync } from "./remote-sync.ts";

/**
 * Moves a path into the trash on its own machine. On another file system it is copied under a temporary name and
 * renamed (so what stands in the trash is whole), then the original is renamed aside and removed (so what stands at the
 * path is whole, too).
 */
export async function moveToRemoteTrash(
  disk: Disk,
  files: ReadFiles,
  trashFolder: string,
  path: string,
): Promise<string> {
  if (dirname(path) === path) {
    throw new ActionFailure("wrong-input", `${path} is the root of the file system; nothing was moved`);
  }
  const kept = trashPath(trashFolder, path);
  const left = `${path} is unchanged`;
  if (kept.startsWith(`${path}/`)) {
    throw new ActionFailure("wrong-input", `The trash ${kept} is inside ${path}; ${left}`);
  }
  await remoteMakeFolders(disk, trashFolder, 0o700, left);
  const sftp = await disk.sftp();
  const aside = beside(path, "trash");
  if (!(await files.stat(kept))) {
    if (await files.stat(path)) {
      if ((await deviceOf(sftp, trashFolder)) === (await deviceOf(sftp, dirname(path)))) {
        await sftp.rename(path, kept).catch(failing(disk, { path, left, changes: true, real: kept }));
        await remoteSync(disk, trashFolder);
        await remoteSync(disk, dirname(path));
        return kept;
      }
      await remoteCopy(path, kept, { disk, files, left });
    } else if (!(await files.stat(aside))) {
      throw new ActionFailure("wrong-input", `There is no ${path} on ${disk.destination}`);
    }
  }
  if (await files.stat(path)) {
    const difference = await compareTrees(files, path, kept);
    if (difference !== undefined) {
      throw new ActionFailure(
        "failed",
        `${kept} is in the trash on ${disk.destination} already, and what is at ${path} is not the same: it was left alone`,
        [difference],
      );
    }
    const still = `it is still there, and a copy of it is at ${kept}`;
    await sftp.rename(path, aside).catch(failing(disk, { path, left: still, changes: true }));
  }
  // Also when an earlier call was ended in the middle of this, be it another run's: it had a whole copy before.
  await remoteRemove(disk, aside);
  await remoteSync(disk, dirname(path));
  return kept;
}
