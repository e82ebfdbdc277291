import type { ChangeContext } from "../../action/context.ts";
import { ActionFailure } from "../../action/failure.ts";
import { changeSince, type Made, sameTime, trashMade } from "../files/made.ts";
import { stagingPath } from "./staging-path.ts";

/** `empty` is the empty folder that was there before, null when there was none. */
export type CapturedFolder = {
  to: string;
  empty: { mode: number; uid: number; gid: number; modifiedAt: number } | null;
};

/** A folder that was unpacked. No shape where not all of it could be read, no number where the system has none. */
export type MadeFolder = { shape: string | null; newest: number; inode: number | null };

/** Undoes `archive.create`. What stood at the path before the step is never touched. */
export async function trashArchive({ to }: { to: string }, context: ChangeContext): Promise<void> {
  const { files } = context;
  await files.removeOwn(stagingPath(to, context)); // left by an attempt that was killed
  const made = context.recall("archive") as { archiveBytes: number; modifiedAt: number; sha256: string } | undefined;
  if (made === undefined) return; // it never came so far as to put an archive there
  await trashMade(
    to,
    async (stat) => {
      if (stat.kind !== "file") return `it is a ${stat.kind}, and not the archive that the step made`;
      if (stat.size !== made.archiveBytes) return `it has ${stat.size} bytes, the archive had ${made.archiveBytes}`;
      if (sameTime(stat.modifiedAt, made.modifiedAt) || (await files.sha256(to)) === made.sha256) return undefined;
      return "it is not the archive that the step made: the content is other";
    },
    context,
  );
}

/** Undoes `archive.extract`, and puts back the empty folder that was there before, or removes the folders made above it. */
export async function trashExtracted({ to, empty }: CapturedFolder, context: ChangeContext): Promise<void> {
  const { files } = context;
  await files.removeOwn(stagingPath(to, context));
  const made = context.recall("folder") as MadeFolder | undefined;
  const found = await files.stat(to);
  // An empty folder is not what the step made: this ran before, the step never came so far, or somebody emptied it.
  const emptied = found?.kind === "directory" && empty !== null && (await isEmpty(to, context));
  if (made !== undefined && !emptied) {
    await trashMade(
      to,
      async (stat) => {
        if (stat.kind !== "directory") return `it is a ${stat.kind}, and not the folder that the step made`;
        const change = made.shape === null ? undefined : await changeSince(to, stat, made as Made, context);
        // The folder itself, whatever has been done in it: a server may have run from it. All of that is in the trash then.
        if (change === undefined || made.inode === null || stat.inode !== made.inode) return change;
        context.note(`${to} goes to the trash with what was done in it since: ${change}`);
        return undefined;
      },
      context,
    );
  }
  if (made !== undefined && empty !== null) await putEmptyBack(to, empty, context);
  if (empty === null) await removeFolders(context);
}

async function putEmptyBack(to: string, empty: NonNullable<CapturedFolder["empty"]>, context: ChangeContext) {
  const { files } = context;
  const found = await files.stat(to);
  if (found !== undefined && !(found.kind === "directory" && (await isEmpty(to, context)))) return;
  const { modifiedAt, ...owner } = empty;
  await files.makeDirectory(to, owner);
  await files.setModified(to, modifiedAt);
}

/** Those that are still empty: what somebody has put into one since keeps it. */
async function removeFolders({ files, recall }: ChangeContext): Promise<void> {
  const folders = recall("folders");
  if (!Array.isArray(folders)) return;
  for (const folder of folders) await files.removeEmptyDirectory(String(folder));
}

async function isEmpty(path: string, { files }: ChangeContext): Promise<boolean> {
  try {
    return (await files.list(path)).length === 0;
  } catch (error) {
    if (error instanceof ActionFailure) return false;
    throw error;
  }
}
