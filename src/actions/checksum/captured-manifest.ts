import type { ReadContext, UndoContext } from "../../action/context.ts";
import { type CapturedFile, captureFile, restoreFile } from "../files/captured-file.ts";

export type CapturedManifest = Pick<CapturedFile, "path" | "old">;

export async function captureOld(path: string, context: ReadContext): Promise<CapturedManifest> {
  const { old } = await captureFile(path, Buffer.alloc(0), context);
  return { path, old };
}

/** The digests of the manifests that attempts of this step were about to put in place: what one holds is known only at its end. */
export function writtenDigests({ recall }: Pick<UndoContext, "recall">): string[] {
  const digests = recall("digests");
  return Array.isArray(digests) ? digests.map(String) : [];
}

export function restoreOld(captured: CapturedManifest, context: UndoContext<unknown>): Promise<void> {
  return restoreFile(captured, { digests: writtenDigests(context) }, context);
}
