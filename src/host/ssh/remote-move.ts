import { dirname, sep } from "node:path";
import { ActionFailure } from "../../action/failure.ts";
import { hasCode } from "../file-failure.ts";
import type { Disk } from "./disk.ts";
import { refuseRemoteOccupied } from "./remote-copy.ts";
import { failing } from "./remote-failure.ts";
import { noneWhenMissing } from "./remote-replace-file.ts";
import { deviceOf } from "./remote-stat.ts";
import { remoteSync } from "./remote-sync.ts";

/** Renames; refuses to replace anything. */
export async function remoteMove(disk: Disk, from: string, to: string): Promise<void> {
  const left = `${from} is where it was`;
  await refuseRemoteOccupied(disk, to, left);
  const sftp = await disk.sftp();
  const found = await sftp
    .lstat(from)
    .catch(noneWhenMissing)
    .catch(failing(disk, { path: from, left }));
  if (found === undefined)
    throw new ActionFailure("wrong-input", `There is no ${from} on ${disk.destination}; ${left}`);
  if (to.startsWith(from + sep)) throw new ActionFailure("wrong-input", `${to} is inside ${from}; ${left}`);
  const [here, there] = await Promise.all([deviceOf(sftp, dirname(from)), deviceOf(sftp, dirname(to))]);
  if (here !== there) {
    throw new ActionFailure(
      "wrong-input",
      `${from} and ${to} are on different file systems of ${disk.destination}, where a move is not one step; ${left}`,
      ["Copy it with files.copy, then remove the original with files.remove."],
    );
  }
  const failed = failing(disk, { path: from, left, changes: true, real: to });
  await sftp.renameNew(from, to).catch((error: unknown) => {
    // For a file the server makes a second name first, which some systems forbid for other people's files.
    return hasCode(error, "EACCES") ? sftp.rename(from, to).catch(failed) : failed(error);
  });
  await remoteSync(disk, dirname(to));
  if (dirname(from) !== dirname(to)) await remoteSync(disk, dirname(from));
}
