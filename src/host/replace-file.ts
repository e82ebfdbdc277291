import { type FileHandle, lstat, open, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { ActionFailure } from "../action/failure.ts";
import type { FileOptions } from "../action/files.ts";
import { beside } from "./beside.ts";
import { failingAt, fileFailure, hasCode } from "./file-failure.ts";
import { syncPath } from "./sync-path.ts";

/** A link in the way is followed: replacing it by a file would cut a configuration off from where it is kept. */
export async function throughLinks(path: string): Promise<string> {
  const found = await lstat(path).catch(() => undefined);
  if (!found?.isSymbolicLink()) return path;
  return realpath(path).catch((error: unknown) => {
    if (!hasCode(error, "ENOENT")) throw fileFailure(error, path);
    throw new ActionFailure("wrong-input", `${path} is a symlink to something that does not exist; it is unchanged`);
  });
}

async function replaced(path: string): Promise<{ mode: number; uid: number; gid: number } | undefined> {
  const found = await stat(path).catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return undefined;
    throw fileFailure(error, path);
  });
  if (found === undefined || found.isFile()) return found;
  throw new ActionFailure(
    "wrong-input",
    `${path} is ${found.isDirectory() ? "a folder" : "a device, pipe or socket"}, not a file`,
  );
}

/**
 * Fills a new file beside `path`, puts it on disk and renames it over `path`. When anything fails, the new file is
 * removed and `path` is as it was. The new file's name holds `mark`, which is that of one step of one run: what an
 * attempt that was killed left there is replaced by the next, and no other run's file ever is.
 */
export async function replaceFile(
  path: string,
  mark: string,
  options: FileOptions,
  fill: (write: (chunk: Uint8Array) => Promise<void>) => Promise<void>,
): Promise<void> {
  const target = await throughLinks(path);
  const old = await replaced(target);
  const left = old === undefined ? `${path} was not made` : `${path} is unchanged`;
  const temporary = beside(target, mark);
  await rm(temporary, { force: true }).catch(failingAt(path, left));
  // Closed to others until its mode is set: the content may be secret.
  const handle = await open(temporary, "wx", 0o600).catch((error: unknown) => {
    if (!hasCode(error, "ENOENT")) throw fileFailure(error, path, left);
    throw new ActionFailure("wrong-input", `The folder ${dirname(target)} does not exist; ${left}`);
  });
  try {
    try {
      await fill((chunk) => writeAll(handle, chunk).catch(failingAt(path, left)));
      await dress(handle, path, left, {
        uid: options.uid ?? old?.uid,
        gid: options.gid ?? old?.gid,
        mode: options.mode ?? old?.mode ?? 0o666 & ~process.umask(),
      });
      if (options.modifiedAt !== undefined) {
        const seconds = options.modifiedAt / 1000;
        await handle.utimes(seconds, seconds).catch(failingAt(path, left));
      }
      await handle.sync().catch(failingAt(path, left));
    } finally {
      await handle.close();
    }
    await rename(temporary, target).catch(failingAt(path, left));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncPath(dirname(target));
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.length; ) at += (await handle.write(chunk, at)).bytesWritten;
}

async function dress(
  handle: FileHandle,
  path: string,
  left: string,
  want: { uid: number | undefined; gid: number | undefined; mode: number },
): Promise<void> {
  const made = await handle.stat();
  const uid = want.uid ?? made.uid;
  const gid = want.gid ?? made.gid;
  // The owner first: changing it clears the set-user-id bit.
  if (uid !== made.uid || gid !== made.gid) {
    await handle.chown(uid, gid).catch((error: unknown) => {
      if (!hasCode(error, "EPERM")) throw fileFailure(error, path, left);
      throw new ActionFailure("failed", `${path} belongs to ${uid}:${gid}, and only root can keep it so; ${left}`);
    });
  }
  await handle.chmod(want.mode & 0o7777).catch(failingAt(path, left));
}
