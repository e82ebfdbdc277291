import { dirname } from "node:path";
import { ActionFailure } from "../../action/failure.ts";
import type { FileOptions } from "../../action/files.ts";
import { beside } from "../beside.ts";
import { hasCode } from "../file-failure.ts";
import type { Disk } from "./disk.ts";
import { remoteWriter } from "./remote-chunks.ts";
import { failing } from "./remote-failure.ts";
import { kindOf } from "./remote-stat.ts";
import { remoteSync } from "./remote-sync.ts";
import { exclusive, type Sftp } from "./sftp.ts";
import type { SftpAttributes } from "./sftp-packet.ts";

/** A link in the way is followed: replacing it by a file would cut a configuration off from where it is kept. */
export async function remoteThroughLinks(disk: Disk, path: string): Promise<string> {
  const sftp = await disk.sftp();
  const found = await sftp.lstat(path).catch(() => undefined);
  if (found === undefined || kindOf(found) !== "symlink") return path;
  // The server's realpath is content with a last part that is missing.
  const there = await sftp.stat(path).catch(noneWhenMissing).catch(failing(disk, { path }));
  if (there !== undefined) return sftp.realpath(path).catch(failing(disk, { path }));
  throw new ActionFailure(
    "wrong-input",
    `${path} on ${disk.destination} is a symlink to something that does not exist; it is unchanged`,
  );
}

/**
 * Fills a new file beside `path`, puts it on disk and renames it over `path`. When anything fails, the new file is
 * removed and `path` is as it was; after a lost connection the new file stays until the next attempt, which knows it by
 * `mark`.
 */
export async function remoteReplaceFile(
  disk: Disk,
  path: string,
  mark: string,
  options: FileOptions,
  fill: (write: (chunk: Uint8Array) => Promise<void>) => Promise<void>,
): Promise<void> {
  const target = await remoteThroughLinks(disk, path);
  const sftp = await disk.sftp();
  const old = await replaced(disk, sftp, target);
  const left = old === undefined ? `${path} was not made` : `${path} is unchanged`;
  const temporary = beside(target, mark);
  const about = { path, left, real: temporary };
  const failed = failing(disk, about);
  await sftp.remove(temporary).catch(noneWhenMissing).catch(failed);
  // Closed to others until its mode is set: the content may be secret.
  const handle = await sftp.open(temporary, exclusive, 0o600).catch((error: unknown) => {
    if (!hasCode(error, "ENOENT")) return failed(error);
    throw new ActionFailure(
      "wrong-input",
      `The folder ${dirname(target)} does not exist on ${disk.destination}; ${left}`,
    );
  });
  try {
    try {
      const writer = remoteWriter(disk, sftp, handle, about);
      await fill(writer.write);
      await writer.flush();
      await dress(disk, sftp, { handle, temporary }, path, left, {
        uid: options.uid ?? old?.uid,
        gid: options.gid ?? old?.gid,
        mode: options.mode ?? old?.mode ?? 0o666 & ~(await disk.greeting()).umask,
      });
      const { modifiedAt } = options;
      if (modifiedAt !== undefined) await sftp.fsetstat(handle, { modifiedAt }).catch(failed);
      await sftp.fsync(handle).catch(failed);
    } finally {
      await sftp.close(handle).catch(() => undefined);
    }
    await sftp.rename(temporary, target).catch(failing(disk, { ...about, real: target, changes: true }));
  } catch (error) {
    await sftp.remove(temporary).catch(() => undefined);
    throw error;
  }
  await remoteSync(disk, dirname(target));
}

async function replaced(disk: Disk, sftp: Sftp, path: string): Promise<SftpAttributes | undefined> {
  const found = await sftp.stat(path).catch(noneWhenMissing).catch(failing(disk, { path }));
  if (found === undefined || kindOf(found) === "file") return found;
  const what = kindOf(found) === "directory" ? "a folder" : "a device, pipe or socket";
  throw new ActionFailure("wrong-input", `${path} on ${disk.destination} is ${what}, not a file`);
}

interface Wanted {
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly mode: number;
}

async function dress(
  disk: Disk,
  sftp: Sftp,
  { handle, temporary }: { handle: Buffer; temporary: string },
  path: string,
  left: string,
  want: Wanted,
): Promise<void> {
  const failed = failing(disk, { path, left });
  const { root } = await disk.greeting();
  const made = await sftp.lstat(temporary).catch(failed);
  const { uid = made.uid, gid = made.gid, mode } = want;
  // The owner first: changing it clears the set-user-id bit.
  if (uid !== made.uid || gid !== made.gid) {
    await sftp.fsetstat(handle, { uid, gid }).catch((error: unknown) => {
      if (root || !hasCode(error, "EACCES")) return failed(error);
      throw new ActionFailure(
        "failed",
        `${path} on ${disk.destination} belongs to ${uid}:${gid}, and only root can keep it so; ${left}`,
      );
    });
  }
  await sftp.fsetstat(handle, { mode }).catch(failed);
}

export function noneWhenMissing(error: unknown): undefined {
  if (!hasCode(error, "ENOENT")) throw error;
}
