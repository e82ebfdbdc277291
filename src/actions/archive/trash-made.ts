import type { ChangeContext } from "../../action/context.ts";
import { ActionFailure } from "../../action/failure.ts";

/** Undoes `archive.create`. What stood at the path before the step is never touched. */
export async function trashArchive(
  { to, existed }: { to: string; existed: boolean },
  context: ChangeContext,
): Promise<void> {
  const made = context.recall("archive");
  if (existed && made === undefined) return;
  const found = await context.files.stat(to);
  if (found !== undefined && typeof made === "object" && made !== null && "archiveBytes" in made) {
    if (found.kind !== "file" || found.size !== made["archiveBytes"]) {
      throw new ActionFailure("failed", `${to} is not the archive that the step made; it was left alone`);
    }
  }
  await trashIfThere(to, context);
}

/** Undoes `archive.extract`, and puts back the empty folder that was there before. */
export async function trashExtracted(
  { to, existed, empty }: { to: string; existed: boolean; empty: { mode: number; uid: number; gid: number } | null },
  context: ChangeContext,
): Promise<void> {
  if (existed && empty === null && context.recall("folder") === undefined) return;
  const { files } = context;
  const found = await files.stat(to);
  if (found !== undefined && found.kind !== "directory") {
    throw new ActionFailure("failed", `${to} is not the folder that the step made; it was left alone`);
  }
  // An empty folder is not what the step made: this ran before, or somebody emptied it.
  if (found === undefined || (await files.list(to)).length > 0) await trashIfThere(to, context);
  if (empty !== null) await files.makeDirectory(to, empty);
}

async function trashIfThere(to: string, { files, note }: ChangeContext): Promise<void> {
  // Also when only the trash has it: an earlier undo may have been ended half-way.
  if ((await files.stat(to)) ?? (await files.stat(files.trashPath(to)))) await files.trash(to);
  else note(`${to} is gone already`);
}
