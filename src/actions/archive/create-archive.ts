import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import type { ChangeContext, ReadContext } from "../../action/context.ts";
import { ActionFailure } from "../../action/failure.ts";
import type { ReadFiles } from "../../action/files.ts";
import { byteProgress } from "../files/byte-progress.ts";
import { ahead } from "./ahead.ts";
import type { ArchiveFormat, NewMember } from "./archive-format.ts";
import type { ArchiveInput } from "./archive-input.ts";
import { counted } from "./counted.ts";
import { inspectCreated } from "./inspect-created.ts";
import { archiveFormat } from "./load-format.ts";
import { type Created, plannedTree } from "./planned-tree.ts";
import type { SourceEntry, SourceTree } from "./source-tree.ts";
import { stagingPath } from "./staging-path.ts";

const smallFile = 1 << 16;
const filesAhead = 16;
const ownerOnly = 0o600;

export async function createArchive(input: ArchiveInput, context: ChangeContext): Promise<Created> {
  const { files, signal } = context;
  const from = context.resolvePath(input.from);
  const to = context.resolvePath(input.to);
  const left = "no archive was made";
  const format = await archiveFormat(to);
  const staged = stagingPath(to, context);
  await files.removeOwn(staged); // left by an interrupted attempt
  if (await files.stat(to)) {
    // An attempt that was interrupted after its last step: there is nothing left to do.
    const there = await inspectCreated(input, context);
    if (there.state === "done" && there.result) return there.result;
    throw new ActionFailure("wrong-input", `${to} exists already, and nothing is overwritten; ${left}`, [there.seen]);
  }
  const tree = await plannedTree(input, context);
  if (tree === undefined) throw new ActionFailure("wrong-input", `There is no ${from}; ${left}`);
  refuseNames(tree, format, from, left);
  tellOddities(tree, context);

  const progress = byteProgress(context, tree.bytes);
  const hash = createHash("sha256");
  let archiveBytes = 0;
  let sha256 = "";
  async function* measured(): AsyncGenerator<Buffer> {
    for await (const chunk of format.write(members(tree!, context, progress))) {
      signal.throwIfAborted();
      hash.update(chunk);
      archiveBytes += chunk.length;
      yield chunk;
    }
  }
  try {
    const folder = await files.stage(staged, { target: dirname(to), left });
    const modifiedAt = Date.now();
    await folder.write(basename(to), measured(), { mode: ownerOnly, modifiedAt });
    await folder.sync();
    signal.throwIfAborted();
    sha256 = hash.digest("hex");
    await context.remember("archive", { archiveBytes, modifiedAt, sha256 }); // so that undo knows it for its own
    await files.move(join(staged, basename(to)), to);
  } catch (error) {
    if (signal.aborted) throw new ActionFailure("failed", `The step was stopped; ${left} at ${to}`);
    throw error;
  } finally {
    await files.removeOwn(staged);
  }
  return { path: to, files: tree.files, bytes: tree.bytes, archiveBytes, sha256, skipped: tree.skipped.length };
}

function refuseNames(tree: SourceTree, format: ArchiveFormat, from: string, left: string): void {
  for (const { path } of tree.entries) {
    const why = format.refuses(path);
    if (why !== undefined) throw new ActionFailure("wrong-input", `${join(from, path)}: ${why}; ${left}`);
  }
}

function tellOddities(tree: SourceTree, context: ReadContext): void {
  const few = (paths: readonly string[]) => paths.slice(0, 3).join(", ") + (paths.length > 3 ? ", …" : "");
  if (tree.skipped.length > 0) {
    context.note(`Sockets, pipes and devices are left out: ${tree.skipped.length} (${few(tree.skipped)})`);
  }
  const absolute = tree.entries.filter(({ target }) => target?.startsWith("/")).map(({ path }) => path);
  if (absolute.length > 0) {
    context.note(`Symlinks to absolute paths, which archive.extract refuses: ${absolute.length} (${few(absolute)})`);
  }
}

async function* members(
  tree: SourceTree,
  context: ReadContext,
  onBytes: (count: number) => void,
): AsyncGenerator<NewMember> {
  // A large file is looked at when its turn comes: what is before it may take minutes.
  const prepare = async (entry: SourceEntry) => {
    const ready = entry.stat.size > smallFile ? undefined : await newMember(entry, context);
    return async () => ready ?? newMember(entry, context);
  };
  for await (const prepared of ahead(tree.entries, filesAhead, prepare)) {
    context.signal.throwIfAborted();
    const member = await prepared();
    yield { ...member, content: () => counted(member.content(), onBytes) };
  }
}

async function newMember({ path, file, kind, stat, target }: SourceEntry, { files }: ReadContext): Promise<NewMember> {
  const common = { path, kind, ...(target === undefined ? {} : { target }) };
  if (kind !== "file") return { ...common, ...stat, kind, size: 0, content: () => chunks([]) };
  // Looked at again: a large tree takes minutes, and its header must state what is read now.
  const now = await files.stat(file);
  if (now?.kind !== "file") {
    throw new ActionFailure("failed", `${file} was removed or replaced while it was packed; no archive was made`);
  }
  const steady = async () => {
    const after = await files.stat(file);
    if (after?.size !== now.size || after.modifiedAt !== now.modifiedAt) throw changed(file);
  };
  if (now.size > smallFile) return { ...now, ...common, content: () => steadyContent(file, now.size, steady, files) };
  const bytes = await files.readBytes(file);
  if (bytes.length !== now.size) throw changed(file);
  await steady();
  return { ...now, ...common, content: () => chunks([bytes]) };
}

async function* chunks(list: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* list;
}

/** The content of a file, or a failure when it is not the same file from the first byte to the last. */
async function* steadyContent(
  file: string,
  expected: number,
  steady: () => Promise<void>,
  files: ReadFiles,
): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const chunk of files.stream(file)) {
    size += chunk.length;
    if (size > expected) throw changed(file);
    yield chunk;
  }
  if (size !== expected) throw changed(file);
  await steady();
}

function changed(file: string): ActionFailure {
  return new ActionFailure("failed", `${file} changed while it was read; no archive was made`, [
    "Stop what writes to it, or leave it out with exclude.",
  ]);
}
