import type { ChangeContext, ReadContext } from "../../action/context.ts";
import { ActionFailure } from "../../action/failure.ts";
import { type CapturedFile, captureFile, sha256Of } from "../files/captured-file.ts";

export type CapturedManifest = Pick<CapturedFile, "path" | "old">;

export async function captureOld(path: string, context: ReadContext): Promise<CapturedManifest> {
  const { old } = await captureFile(path, Buffer.alloc(0), context);
  return { path, old };
}

/** What the manifest would hold is known only once it is written: `remember` has its digest. */
export async function restoreOld({ path, old }: CapturedManifest, { files, recall }: ChangeContext): Promise<void> {
  const there = (await files.statTarget(path)) === undefined ? undefined : await files.sha256(path);
  if (there === old?.sha256) return; // an earlier undo did it
  const wrote = recall("digest");
  if (there === undefined && old === null) return;
  if (there !== undefined && wrote !== undefined && there !== wrote) {
    throw new ActionFailure(
      "failed",
      `${path} is not as the step left it: somebody changed it since; it was left alone`,
    );
  }
  if (old === null) {
    await files.trash(path);
    return;
  }
  const bytes = Buffer.from(old.content, old.encoding);
  if (sha256Of(bytes) !== old.sha256) {
    throw new ActionFailure("failed", `What was kept of ${path} for undo is damaged; the file was left as it is`);
  }
  await files.write(path, bytes, { mode: old.mode });
}
