import { basename } from "node:path";
import type { ReadContext } from "../../action/context.ts";
import { ActionFailure } from "../../action/failure.ts";
import { isTemporaryName } from "../../action/temporary-name.ts";
import { pathFilter } from "../paths/path-filter.ts";
import { writeManifestLine } from "./manifest-line.ts";

export interface ManifestSource {
  readonly path: string;
  /** The manifest itself, which is left out when it is in the folder. */
  readonly to: string;
  readonly exclude?: readonly string[];
}

export interface Tally {
  files: number;
  bytes: number;
  /** Symlinks, sockets and the like, which a manifest can't hold. */
  skipped: number;
}

/** The manifest's lines, as the files are read; `tally` grows with them. */
export async function* manifestOf(
  source: ManifestSource,
  { files, signal }: ReadContext,
  tally: Tally,
  onBytes: (count: number) => void,
): AsyncGenerator<string> {
  const stat = await files.statTarget(source.path);
  if (stat === undefined) throw new ActionFailure("wrong-input", `There is no ${source.path}`);
  const line = async (path: string, name: string, size: number) => {
    tally.files += 1;
    tally.bytes += size;
    return writeManifestLine({ sha256: await files.sha256(path, onBytes), name });
  };
  if (stat.kind !== "directory") {
    yield await line(source.path, basename(source.path), stat.size);
    return;
  }
  const filter = pathFilter([], source.exclude);
  for await (const entry of files.walk(source.path)) {
    signal.throwIfAborted();
    if (entry.stat.kind === "directory" || entry.path === source.to) continue;
    if (isTemporaryName(basename(entry.path))) continue; // the manifest while it is written, for one
    if (!filter.selects(entry.relative)) continue;
    if (entry.stat.kind === "file") yield await line(entry.path, entry.relative, entry.stat.size);
    else tally.skipped += 1;
  }
}
