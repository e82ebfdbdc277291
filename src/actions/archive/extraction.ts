import type { ReadContext } from "../../action/context.ts";
import { ActionFailure } from "../../action/failure.ts";
import { pathFilter } from "../paths/path-filter.ts";
import type { ArchiveFormat } from "./archive-format.ts";
import type { ArchiveInput } from "./archive-input.ts";
import { type CheckedEntry, checkEntries } from "./check-entries.ts";
import { listArchive } from "./list-archive.ts";

/** What extracting an archive comes to. */
export interface Extraction {
  readonly format: ArchiveFormat;
  /** All entries in the order of the archive. */
  readonly entries: readonly CheckedEntry[];
  /** Whatever is wanted and not a folder. */
  readonly files: number;
  readonly bytes: number;
}

/** Reads the whole archive, judges it and selects from it. */
export async function extraction(input: ArchiveInput, context: ReadContext): Promise<Extraction> {
  const from = context.resolvePath(input.from);
  const filter = pathFilter(input.include, input.exclude);
  const { format, entries: listed } = await listArchive(from, context);
  const entries = checkEntries(from, listed, filter);
  for (const pattern of filter.unused())
    context.note(`The pattern ${JSON.stringify(pattern)} matches nothing in ${from}`);
  const wanted = entries.filter((entry) => entry.wanted);
  if (wanted.every(({ path }) => path === "")) {
    const empty = listed.every(({ name }) => name === "." || name === "./");
    const why = empty ? `The archive ${from} is empty` : `The patterns select nothing in the archive ${from}`;
    throw new ActionFailure("wrong-input", `${why}; nothing was extracted`);
  }
  return {
    format,
    entries,
    files: wanted.filter(({ kind }) => kind !== "directory").length,
    bytes: wanted.reduce((sum, { size }) => sum + size, 0),
  };
}
