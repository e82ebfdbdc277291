import { constants, type Stats } from "node:fs";
import { chmod, lchown, lstat, lutimes, mkdir, open, readlink, symlink, utimes } from "node:fs/promises";
import { join } from "node:path";
import { ActionFailure } from "../action/failure.ts";
import type { ReadFiles } from "../action/files.ts";
import { failingAt } from "./file-failure.ts";
import { syncPath } from "./sync-path.ts";

export interface Copying {
  readonly files: ReadFiles;
  /** What failures name instead of the temporary name that is written to. */
  readonly target: string;
  /** How things are left when it fails. */
  readonly left: string;
  readonly onBytes?: ((count: number) => void) | undefined;
}

const buffer = () => Buffer.allocUnsafe(1 << 20);

/**
 * Copies a file, symlink or folder to a path where nothing is, and puts it on disk. First all the content, then
 * owners, modes, times and the syncs: a sync after everything was written costs a tenth of one after each file.
 */
export async function copyTree(from: string, to: string, copying: Copying): Promise<void> {
  await content(from, to, copying, buffer());
  await dress(from, to, copying);
}

async function content(from: string, to: string, copying: Copying, space: Buffer): Promise<void> {
  const failed = failingAt(copying.target, copying.left);
  const source = await lstat(from).catch(failingAt(from, copying.left));
  if (source.isSymbolicLink()) {
    await symlink(await readlink(from).catch(failingAt(from, copying.left)), to).catch(failed);
  } else if (source.isFile()) {
    await fileContent(from, to, copying, space);
  } else if (source.isDirectory()) {
    await mkdir(to, { mode: 0o700 }).catch(failed);
    for (const name of await copying.files.list(from)) await content(join(from, name), join(to, name), copying, space);
  } else {
    throw new ActionFailure("wrong-input", `${from} is a device, pipe or socket, and can't be copied; ${copying.left}`);
  }
}

async function fileContent(from: string, to: string, copying: Copying, space: Buffer): Promise<void> {
  const reading = failingAt(from, copying.left);
  const writing = failingAt(copying.target, copying.left);
  const source = await open(from, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch(reading);
  try {
    const target = await open(to, "wx", 0o600).catch(writing);
    try {
      for (;;) {
        const { bytesRead } = await source.read(space, 0, space.length).catch(reading);
        if (bytesRead === 0) break;
        for (let at = 0; at < bytesRead; ) {
          at += (await target.write(space, at, bytesRead - at).catch(writing)).bytesWritten;
        }
        copying.onBytes?.(bytesRead);
      }
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** A folder after what is in it: what is done below would change its time again, or be forbidden by its mode. */
async function dress(from: string, to: string, copying: Copying): Promise<void> {
  const failed = failingAt(copying.target, copying.left);
  const source = await lstat(from).catch(failingAt(from, copying.left));
  if (source.isDirectory()) {
    for (const name of await copying.files.list(to)) await dress(join(from, name), join(to, name), copying);
  }
  if (process.getuid?.() === 0) await lchown(to, source.uid, source.gid).catch(failed);
  if (source.isSymbolicLink()) return lutimes(to, ...times(source)).catch(failed);
  await utimes(to, ...times(source)).catch(failed);
  await syncPath(to);
  // Last, since the mode may forbid to open it. The rename's own sync of the folder above carries it to the disk.
  await chmod(to, source.mode & 0o7777).catch(failed);
}

function times(stats: Stats): [accessed: number, modified: number] {
  return [stats.atimeMs / 1000, stats.mtimeMs / 1000];
}
