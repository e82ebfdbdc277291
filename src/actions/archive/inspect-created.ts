import type { ReadContext } from "../../action/context.ts";
import { ActionFailure } from "../../action/failure.ts";
import type { Inspection } from "../../action/inspection.ts";
import { byteWords } from "../files/byte-words.ts";
import { lackingFolder } from "../paths/lacking-folder.ts";
import { amount } from "./amount.ts";
import type { ArchiveEntry, ArchiveFormat } from "./archive-format.ts";
import type { ArchiveInput } from "./archive-input.ts";
import { listArchive } from "./list-archive.ts";
import { archiveFormat } from "./load-format.ts";
import { type Created, plannedTree } from "./planned-tree.ts";
import { plainPath } from "./safe-name.ts";
import type { SourceEntry, SourceTree } from "./source-tree.ts";
import { stagingPath } from "./staging-path.ts";

/** Whether the archive is there and lists what it would be made of now: the same paths, sizes, modes and times. */
export async function inspectCreated(input: ArchiveInput, context: ReadContext): Promise<Inspection<Created>> {
  const from = context.resolvePath(input.from);
  const to = context.resolvePath(input.to);
  await archiveFormat(to);
  const found = await context.files.stat(to);
  const tree = await plannedTree(input, context);
  if (found === undefined) {
    const summary = tree === undefined ? `what is in ${from} by then` : amount(tree.files, tree.bytes);
    const seen = tree === undefined ? `neither ${from} nor ${to} is there` : `${to} is not there`;
    return {
      state: "not-done",
      seen,
      changes: [{ kind: "create", target: to, summary }],
      ...(await lackingFolder(to, context.files)),
    };
  }
  const partial = (why: string): Inspection<Created> => ({
    state: "partial",
    seen: `${to} is there, but ${why}`,
    changes: [],
  });
  const staged = stagingPath(to, context);
  if (await context.files.stat(staged)) return partial(`${staged} is left of an interrupted attempt`);
  if (tree === undefined) return partial(`${from} is not, so they can't be compared`);
  if (found.kind !== "file") return partial("is no file");
  let listed: Awaited<ReturnType<typeof listArchive>>;
  try {
    listed = await listArchive(to, context);
  } catch (error) {
    if (error instanceof ActionFailure && error.kind === "failed") return partial(`can't be read: ${error.message}`);
    throw error;
  }
  const difference = firstDifference(tree, listed.entries, listed.format);
  if (difference !== undefined) return partial(`is not what ${from} holds now: ${difference}`);
  const sha256 = await context.files.sha256(to);
  return {
    state: "done",
    seen: `${to} lists what ${from} holds: ${amount(tree.files, tree.bytes)}, same sizes, modes and times (the content was not compared)`,
    result: {
      path: to,
      files: tree.files,
      bytes: tree.bytes,
      archiveBytes: found.size,
      sha256,
      skipped: tree.skipped.length,
    },
  };
}

function firstDifference(
  tree: SourceTree,
  entries: readonly ArchiveEntry[],
  format: ArchiveFormat,
): string | undefined {
  const archived = new Map(entries.map((entry) => [plainPath(entry.name), entry]));
  for (const source of tree.entries) {
    const entry = archived.get(source.path);
    archived.delete(source.path);
    if (source.path === "" && !format.keepsTop) continue;
    if (entry === undefined) return `${source.path} is not in the archive`;
    const difference = entryDifference(source, entry, format);
    if (difference !== undefined) return `${source.path === "" ? "the folder itself" : source.path} ${difference}`;
  }
  const [extra] = archived.keys();
  return extra === undefined ? undefined : `${extra} is only in the archive`;
}

function entryDifference(
  { kind, stat, target }: SourceEntry,
  entry: ArchiveEntry,
  format: ArchiveFormat,
): string | undefined {
  if (entry.kind !== kind) return `is a ${kind}, and a ${entry.kind} in the archive`;
  if (kind === "symlink")
    return entry.target === target ? undefined : `points to ${target}, and to ${entry.target} in the archive`;
  if (entry.mode !== stat.mode)
    return `has mode ${stat.mode.toString(8)}, and ${entry.mode.toString(8)} in the archive`;
  if (kind !== "file") return undefined;
  if (entry.size !== stat.size) return `has ${byteWords(stat.size)}, and ${byteWords(entry.size)} in the archive`;
  // A folder's time is changed by what is put into it, such as the archive itself.
  return format.seconds(entry.modifiedAt) === format.seconds(stat.modifiedAt)
    ? undefined
    : "was modified at another time than in the archive";
}
