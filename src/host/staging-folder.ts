import * as fs from "node:fs";
import { chmod, lchown, link, lutimes, mkdir, rename, symlink, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { ActionFailure } from "../action/failure.ts";
import type { Attributes, StagingFolder, StagingWords } from "../action/staging-folder.ts";
import { failingAt, hasCode } from "./file-failure.ts";
import { syncPath } from "./sync-path.ts";

const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = fs.constants;
const exclusive = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
const syncsAtOnce = 8;

// The calls with a plain descriptor cost half of what a FileHandle's do, which shows with thousands of small files.
const open = promisify(fs.open);
const writeSome = promisify(fs.write);
const fchown = promisify(fs.fchown);
const fchmod = promisify(fs.fchmod);
const futimes = promisify(fs.futimes);
const fsync = promisify(fs.fsync);
const close = promisify(fs.close);

/** Makes the staging folder `root`; the folder above it is there, and nothing is at `root` itself. */
export async function stageFolder(root: string, { target, left }: StagingWords): Promise<StagingFolder> {
  const asRoot = process.geteuid?.() === 0;
  const made: string[] = [root];
  const failed = (relative: string) => failingAt(join(target, relative), left);
  const modeOf = ({ mode }: Attributes) => mode & (asRoot ? 0o7777 : 0o777);
  await mkdir(root, { mode: 0o700 }).catch(failed(""));

  const sync = async () => {
    // One sync after everything was written costs a fraction of one after each file. Deepest and latest first.
    const waiting = made.splice(0);
    await Promise.all(
      Array.from({ length: syncsAtOnce }, async () => {
        for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) await syncPath(path);
      }),
    );
  };

  return {
    makeDirectory: async (relative) => {
      await mkdir(join(root, relative), { mode: 0o700 }).catch(failed(relative));
      made.push(join(root, relative));
    },
    write: async (relative, content, attributes) => {
      const path = join(root, relative);
      const handle = await open(path, exclusive, 0o600).catch(failed(relative));
      try {
        if (content instanceof Uint8Array) await writeAll(handle, content).catch(failed(relative));
        else for await (const chunk of content) await writeAll(handle, chunk).catch(failed(relative));
        await dressFile(handle, attributes, modeOf(attributes), asRoot).catch(failed(relative));
        // What its owner may not read can't be opened again for the sync.
        if ((attributes.mode & 0o400) === 0) await fsync(handle).catch(failed(relative));
        else made.push(path);
      } finally {
        await close(handle);
      }
    },
    symlink: async (relative, to, { uid, gid, modifiedAt }) => {
      const path = join(root, relative);
      await symlink(to, path).catch(failed(relative));
      if (asRoot) await lchown(path, uid ?? -1, gid ?? -1).catch(failed(relative));
      await lutimes(path, new Date(modifiedAt), new Date(modifiedAt)).catch(failed(relative));
    },
    link: (relative, existing) => link(join(root, existing), join(root, relative)).catch(failed(relative)),
    dress: async (relative, attributes) => {
      const path = join(root, relative);
      if (asRoot) await lchown(path, attributes.uid ?? -1, attributes.gid ?? -1).catch(failed(relative));
      await utimes(path, new Date(attributes.modifiedAt), new Date(attributes.modifiedAt)).catch(failed(relative));
      await chmod(path, modeOf(attributes)).catch(failed(relative));
      made.push(path);
    },
    sync,
    moveTo: async (path) => {
      await sync();
      // rename(2) replaces an empty folder in one step, and refuses one with something in it.
      await rename(root, path).catch((error: unknown) => {
        if (!hasCode(error, "EEXIST", "ENOTEMPTY", "ENOTDIR")) failingAt(path, left)(error);
        throw new ActionFailure("wrong-input", `Something came to ${path} while the step ran; ${left}`);
      });
      await syncPath(dirname(path));
    },
  };
}

async function writeAll(handle: number, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.length; ) at += (await writeSome(handle, chunk, at)).bytesWritten;
}

async function dressFile(handle: number, attributes: Attributes, mode: number, asRoot: boolean): Promise<void> {
  const { uid, gid, modifiedAt } = attributes;
  // The owner first: changing it clears the set-user-id bit.
  const mine =
    (uid ?? process.geteuid?.()) === process.geteuid?.() && (gid ?? process.getegid?.()) === process.getegid?.();
  if (asRoot && !mine) await fchown(handle, uid ?? 0, gid ?? 0);
  if (mode !== 0o600) await fchmod(handle, mode);
  // A Date: Node takes a negative number, a time before 1970, for the present.
  await futimes(handle, new Date(modifiedAt), new Date(modifiedAt));
}
