import { ActionFailure } from "../../action/failure.ts";
import type { Attributes, StagingFolder } from "../../action/staging-folder.ts";
import type { ArchiveMember } from "./archive-format.ts";
import type { CheckedEntry } from "./check-entries.ts";
import { counted } from "./counted.ts";
import { foldersAbove, plainPath } from "./safe-name.ts";

const smallFile = 1 << 18;
const writesAtOnce = 16;

export interface Filling {
  readonly folder: StagingFolder;
  readonly members: AsyncIterable<ArchiveMember>;
  /** The same entries as they were judged before. */
  readonly plan: readonly CheckedEntry[];
  /** For failures. */
  readonly archive: string;
  /** For the folder itself where the archive says nothing of it. */
  readonly top: Attributes | undefined;
  readonly signal: AbortSignal;
  onBytes(count: number): void;
}

/** Extracts what is wanted. Files first; links when nothing can be written through them any more; then the folders' attributes. */
export async function fillFolder(filling: Filling): Promise<void> {
  const { folder, plan, top } = filling;
  const made = new Set<string>();
  await fillFiles(filling, made);
  const wanted = plan.filter((entry) => entry.wanted);
  for (const { kind, path, target } of wanted) {
    if (kind === "hardlink") await inFolder(folder, path, made, () => folder.link(path, plainPath(target ?? "")));
  }
  for (const entry of wanted) {
    const { kind, path, target } = entry;
    if (kind === "symlink") await inFolder(folder, path, made, () => folder.symlink(path, target ?? "", entry));
  }
  // What its folder's mode forbids to open must be on disk before.
  await folder.sync();
  const stated = new Map(wanted.flatMap((entry) => (entry.kind === "directory" ? [[entry.path, entry]] : [])));
  const plain: Attributes = { mode: 0o755, modifiedAt: Date.now() };
  for (const path of [...made].reverse()) await folder.dress(path, stated.get(path) ?? plain);
  await folder.dress("", stated.get("") ?? top ?? plain);
}

async function fillFiles(filling: Filling, made: Set<string>): Promise<void> {
  const { folder, members, plan, signal, onBytes } = filling;
  const running = new Set<Promise<void>>();
  let failure: { error: unknown } | undefined;
  let index = 0;
  try {
    for await (const { entry, content } of members) {
      signal.throwIfAborted();
      if (failure) throw failure.error;
      const expected = plan[index++];
      if (expected?.name !== entry.name || expected.kind !== entry.kind || expected.size !== entry.size) {
        throw changed(filling.archive);
      }
      const { path, kind, size, wanted } = expected;
      if (!wanted) continue;
      if (kind === "directory") await makeFolders(folder, [...foldersAbove(path), path], made);
      if (kind !== "file") continue;
      await makeFolders(folder, foldersAbove(path), made);
      if (size > smallFile) {
        await folder.write(path, counted(content(), onBytes), expected);
        continue;
      }
      const pieces: Buffer[] = [];
      for await (const piece of counted(content(), onBytes)) pieces.push(piece);
      const write = folder
        .write(path, pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces), expected)
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .finally(() => running.delete(write));
      running.add(write);
      if (running.size >= writesAtOnce) await Promise.race(running);
    }
  } finally {
    await Promise.all(running);
  }
  if (failure) throw failure.error;
  if (index !== plan.length) throw changed(filling.archive);
}

function changed(archive: string): ActionFailure {
  return new ActionFailure("failed", `The archive ${archive} changed while it was read; nothing was extracted`);
}

async function inFolder(
  folder: StagingFolder,
  path: string,
  made: Set<string>,
  make: () => Promise<void>,
): Promise<void> {
  await makeFolders(folder, foldersAbove(path), made);
  await make();
}

/** An archive need not list a folder before what is in it, or at all. */
async function makeFolders(folder: StagingFolder, paths: readonly string[], made: Set<string>): Promise<void> {
  for (const path of paths) {
    if (path === "" || made.has(path)) continue;
    await folder.makeDirectory(path);
    made.add(path);
  }
}
