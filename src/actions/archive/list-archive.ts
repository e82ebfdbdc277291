import type { ReadContext } from "../../action/context.ts";
import { byteProgress } from "../files/byte-progress.ts";
import type { ArchiveEntry, ArchiveFormat } from "./archive-format.ts";
import { archiveFormat } from "./load-format.ts";

/** All entries of an archive, read to its end: it is whole when this returns (the content of a zip is not looked at). */
export async function listArchive(
  path: string,
  context: ReadContext,
): Promise<{ format: ArchiveFormat; entries: ArchiveEntry[] }> {
  const format = await archiveFormat(path);
  const { files, signal } = context;
  const progress = byteProgress(context, (await files.statTarget(path))?.size ?? 0);
  const entries: ArchiveEntry[] = [];
  for await (const { entry } of format.read({ path, files, signal, onBytes: progress })) {
    signal.throwIfAborted();
    entries.push(entry);
  }
  return { format, entries };
}
