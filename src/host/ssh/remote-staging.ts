import { dirname, join } from "node:path";
import { ActionFailure } from "../../action/failure.ts";
import type { Attributes, StagingFolder, StagingWords } from "../../action/staging-folder.ts";
import { hasCode } from "../file-failure.ts";
import type { Disk } from "./disk.ts";
import { remoteWriter } from "./remote-chunks.ts";
import { failing } from "./remote-failure.ts";
import { remoteSync, remoteSyncAll } from "./remote-sync.ts";
import { exclusive, type Sftp } from "./sftp.ts";

/** Makes the staging folder `root` there; the folder above it is there, and nothing is at `root` itself. */
export async function remoteStageFolder(disk: Disk, root: string, words: StagingWords): Promise<StagingFolder> {
  const { target, left } = words;
  const { root: asRoot } = await disk.greeting();
  // One session for all of it: after a lost one the folder is not filled further.
  const sftp = await disk.sftp();
  const made: string[] = [root];
  const failed = (relative: string) =>
    failing(disk, { path: join(target, relative), real: join(root, relative), left });
  const modeOf = ({ mode }: Attributes) => mode & (asRoot ? 0o7777 : 0o777);
  const owner = ({ uid, gid }: Attributes) =>
    asRoot && (uid !== undefined || gid !== undefined) ? { uid: uid ?? 0, gid: gid ?? 0 } : undefined;
  await sftp.mkdir(root, 0o700).catch(failed(""));
  const sync = () => remoteSyncAll(disk, made.splice(0));

  return {
    makeDirectory: async (relative) => {
      await sftp.mkdir(join(root, relative), 0o700).catch(failed(relative));
      made.push(join(root, relative));
    },
    write: async (relative, content, given) => {
      const path = join(root, relative);
      const handle = await sftp.open(path, exclusive, 0o600).catch(failed(relative));
      try {
        const writer = remoteWriter(disk, sftp, handle, { path: join(target, relative), real: path, left });
        if (content instanceof Uint8Array) await writer.write(content);
        else for await (const chunk of content) await writer.write(chunk);
        await writer.flush();
        await dressFile(sftp, handle, owner(given), modeOf(given), given.modifiedAt).catch(failed(relative));
        // What its owner may not read can't be opened again for the sync.
        if ((given.mode & 0o400) === 0) await sftp.fsync(handle).catch(failed(relative));
        else made.push(path);
      } finally {
        await sftp.close(handle).catch(() => undefined);
      }
    },
    symlink: async (relative, to, given) => {
      const path = join(root, relative);
      await sftp.symlink(to, path).catch(failed(relative));
      const set = { ...owner(given), modifiedAt: given.modifiedAt };
      await sftp.lsetstat(path, set).catch(failed(relative));
    },
    link: (relative, existing) => sftp.link(join(root, existing), join(root, relative)).catch(failed(relative)),
    dress: async (relative, given) => {
      const path = join(root, relative);
      const own = owner(given);
      if (own) await sftp.setstat(path, own).catch(failed(relative));
      await sftp.setstat(path, { modifiedAt: given.modifiedAt, mode: modeOf(given) }).catch(failed(relative));
      made.push(path);
    },
    sync,
    moveTo: async (path) => {
      await sync();
      // Replaces an empty folder in one step, and refuses one with something in it.
      await sftp.rename(root, path).catch(async (error: unknown) => {
        const there = await sftp.lstat(path).catch(() => undefined);
        if (hasCode(error, "ECONNLOST") || there === undefined) {
          return failing(disk, { path, left, changes: true })(error);
        }
        throw new ActionFailure(
          "wrong-input",
          `Something came to ${path} on ${disk.destination} while the step ran; ${left}`,
        );
      });
      await remoteSync(disk, dirname(path));
    },
  };
}

async function dressFile(
  sftp: Sftp,
  handle: Buffer,
  owner: { uid: number; gid: number } | undefined,
  mode: number,
  modifiedAt: number,
): Promise<void> {
  // The owner first: changing it clears the set-user-id bit.
  if (owner) await sftp.fsetstat(handle, owner);
  await sftp.fsetstat(handle, { mode, modifiedAt });
}
