import { createHash } from "node:crypto";
import { chmod, lchown, lutimes, rename, symlink } from "node:fs/promises";
import { dirname } from "node:path";
import type { Readable } from "node:stream";
import { ActionFailure } from "../action/failure.ts";
import type { Files, WriteOptions } from "../action/files.ts";
import { failingAt, hasCode } from "./file-failure.ts";
import { localReadFiles } from "./local-read-files.ts";
import { makeFolders } from "./make-folders.ts";
import { removeEmptyDirectory, removeLeftovers } from "./remove-leftovers.ts";
import { removeTree } from "./remove-tree.ts";
import { replaceFile } from "./replace-file.ts";
import { refuseOccupied, stagedCopy } from "./staged-copy.ts";
import { stageFolder } from "./staging-folder.ts";
import { syncPath } from "./sync-path.ts";
import { moveToTrash, trashPath } from "./trash.ts";

/** The files of this machine. `trashFolder` is absolute, and of one step; it is made when something is put there. */
export function localFiles({ trashFolder }: { trashFolder: string }): Files {
  const reading = localReadFiles();
  const mark = createHash("sha256").update(trashFolder).digest("hex").slice(0, 12);
  return {
    ...reading,
    write: (path, content, options = {}) =>
      replaceFile(path, mark, options, (write) => write(typeof content === "string" ? Buffer.from(content) : content)),
    writeStream: (path, content, options = {}) => writeStream(path, mark, content, options),
    move,
    makeDirectory,
    copy: (from, to, onBytes) => stagedCopy(reading, from, to, `${to} was not made`, onBytes),
    symlink: async (target, path) => {
      await refuseOccupied(path, "no link was made");
      await symlink(target, path).catch(failingAt(path, "no link was made"));
      await syncPath(dirname(path));
    },
    setMode: (path, mode) => changed(path, chmod(path, mode)),
    setOwner: (path, uid, gid) => changed(path, lchown(path, uid, gid)),
    setModified: (path, milliseconds) => changed(path, lutimes(path, milliseconds / 1000, milliseconds / 1000)),
    trash: (path) => moveToTrash(reading, trashFolder, path),
    trashPath: (path) => trashPath(trashFolder, path),
    removeOwn: async (path) => {
      await removeTree(path);
      if (await reading.stat(dirname(path))) await syncPath(dirname(path));
    },
    removeLeftovers: (path) => removeLeftovers(path, mark),
    removeEmptyDirectory,
    stage: stageFolder,
  };
}

async function writeStream(path: string, mark: string, content: Readable, options: WriteOptions): Promise<number> {
  let bytes = 0;
  try {
    await replaceFile(path, mark, options, async (write) => {
      for await (const piece of content) {
        const chunk: Uint8Array = typeof piece === "string" ? Buffer.from(piece) : piece;
        await write(chunk);
        bytes += chunk.length;
      }
    });
  } finally {
    content.destroy(); // also when the target was refused before a byte was read
  }
  return bytes;
}

async function move(from: string, to: string): Promise<void> {
  const left = `${from} is where it was`;
  await refuseOccupied(to, left);
  await rename(from, to).catch((error: unknown) => {
    if (hasCode(error, "EXDEV")) {
      throw new ActionFailure(
        "wrong-input",
        `${from} and ${to} are on different file systems, where a move is not one step; ${left}`,
        ["Copy it with files.copy, then remove the original with files.remove."],
      );
    }
    if (hasCode(error, "EINVAL")) throw new ActionFailure("wrong-input", `${to} is inside ${from}; ${left}`);
    failingAt(from, left)(error);
  });
  await syncPath(dirname(to));
  if (dirname(from) !== dirname(to)) await syncPath(dirname(from));
}

/** Makes missing folders above it, too. A folder that is there already is fine; a mode or owner is then set on it. */
async function makeDirectory(path: string, options: WriteOptions = {}): Promise<void> {
  const left = `${path} was not made`;
  const first = await makeFolders(path).catch((error: unknown) => {
    if (hasCode(error, "EEXIST", "ENOTDIR")) {
      throw new ActionFailure("wrong-input", `${path} can't be a folder: a file is in its way; ${left}`);
    }
    return failingAt(path, left)(error);
  });
  if (options.uid !== undefined || options.gid !== undefined) {
    // -1 leaves one of the two as it is.
    await lchown(path, options.uid ?? -1, options.gid ?? -1).catch(failingAt(path));
  }
  if (options.mode !== undefined) await chmod(path, options.mode).catch(failingAt(path));
  if (first === undefined) return syncPath(path);
  for (let at = path; at.length >= dirname(first).length; at = dirname(at)) {
    await syncPath(at);
    if (at === dirname(at)) return;
  }
}

async function changed(path: string, change: Promise<void>): Promise<void> {
  await change.catch(failingAt(path));
  await syncPath(path);
}
