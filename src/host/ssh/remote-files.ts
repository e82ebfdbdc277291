import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import type { Readable } from "node:stream";
import type { FileOptions, Files } from "../../action/files.ts";
import { beside } from "../beside.ts";
import { trashPath } from "../trash.ts";
import type { Disk } from "./disk.ts";
import { refuseRemoteOccupied, remoteCopy } from "./remote-copy.ts";
import { failing } from "./remote-failure.ts";
import { remoteMakeDirectory } from "./remote-folders.ts";
import { remoteMove } from "./remote-move.ts";
import { remoteReadFiles } from "./remote-read-files.ts";
import { remoteRemove, remoteRemoveEmpty } from "./remote-remove.ts";
import { remoteReplaceFile, remoteThroughLinks } from "./remote-replace-file.ts";
import { remoteStageFolder } from "./remote-staging.ts";
import { remoteSync } from "./remote-sync.ts";
import { moveToRemoteTrash } from "./remote-trash.ts";
import type { Settable, Sftp } from "./sftp.ts";

/** `<runs>/<run>/trash/<step>` here is `~/.belay-trash/<run>/<step>` there. */
export function remoteTrashFolder(home: string, trashFolder: string): string {
  return join(home, ".belay-trash", basename(dirname(dirname(trashFolder))), basename(trashFolder));
}

/** The files of another machine. `trashFolder` is the local one of the step, and `home` the user's folder there. */
export function remoteFiles(disk: Disk, home: string, { trashFolder }: { trashFolder: string }): Files {
  const reading = remoteReadFiles(disk);
  const trash = remoteTrashFolder(home, trashFolder);
  const mark = createHash("sha256").update(trashFolder).digest("hex").slice(0, 12);
  const change = async (path: string, make: (sftp: Sftp) => Promise<void>) => {
    await make(await disk.sftp()).catch(failing(disk, { path, changes: true }));
    await remoteSync(disk, path);
  };
  /** A link itself is changed, and not what it leads to. */
  const set = (path: string, values: Settable) => change(path, (sftp) => sftp.lsetstat(path, values));
  return {
    ...reading,
    write: (path, content, options = {}) =>
      remoteReplaceFile(disk, path, mark, options, (write) =>
        write(typeof content === "string" ? Buffer.from(content) : content),
      ),
    writeStream: (path, content, options = {}) => writeStream(disk, path, mark, content, options),
    move: (from, to) => remoteMove(disk, from, to),
    makeDirectory: (path, options) => remoteMakeDirectory(disk, path, options),
    copy: (from, to, onBytes) => remoteCopy(from, to, { disk, files: reading, left: `${to} was not made`, onBytes }),
    symlink: async (target, path) => {
      await refuseRemoteOccupied(disk, path, "no link was made");
      const sftp = await disk.sftp();
      await sftp.symlink(target, path).catch(failing(disk, { path, left: "no link was made", changes: true }));
      await remoteSync(disk, dirname(path));
    },
    setMode: (path, mode) => change(path, (sftp) => sftp.setstat(path, { mode })),
    setOwner: (path, uid, gid) => set(path, { uid, gid }),
    setModified: (path, modifiedAt) => set(path, { modifiedAt }),
    trash: (path) => moveToRemoteTrash(disk, reading, trash, path),
    trashPath: (path) => trashPath(trash, path),
    removeOwn: async (path) => {
      await remoteRemove(disk, path);
      if (await reading.stat(dirname(path))) await remoteSync(disk, dirname(path));
    },
    removeLeftovers: async (path) => {
      // What a link leads to can be gone by now: then nothing was written through it.
      const target = await remoteThroughLinks(disk, path).catch(() => path);
      await remoteRemove(disk, beside(target, mark));
      await remoteRemove(disk, beside(path, "copy"));
    },
    removeEmptyDirectory: (path) => remoteRemoveEmpty(disk, path),
    stage: (path, words) => remoteStageFolder(disk, path, words),
  };
}

async function writeStream(
  disk: Disk,
  path: string,
  mark: string,
  content: Readable,
  options: FileOptions,
): Promise<number> {
  let bytes = 0;
  try {
    await remoteReplaceFile(disk, path, mark, options, async (write) => {
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
