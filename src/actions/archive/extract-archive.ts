import { dirname } from "node:path";
import type { ChangeContext } from "../../action/context.ts";
import { ActionFailure } from "../../action/failure.ts";
import type { Attributes } from "../../action/staging-folder.ts";
import { byteProgress } from "../files/byte-progress.ts";
import { byteWords } from "../files/byte-words.ts";
import { measureTree } from "../files/measure-tree.ts";
import type { ArchiveInput } from "./archive-input.ts";
import { type Extraction, extraction } from "./extraction.ts";
import { fillFolder } from "./fill-folder.ts";
import { type Extracted, inspectExtracted } from "./inspect-extracted.ts";
import { stagingPath } from "./staging-path.ts";
import type { MadeFolder } from "./trash-made.ts";

const diskBlock = 4096;

export async function extractArchive(input: ArchiveInput, context: ChangeContext): Promise<Extracted> {
  const { files, signal } = context;
  const from = context.resolvePath(input.from);
  const to = context.resolvePath(input.to);
  const left = `nothing was extracted to ${to}`;
  try {
    const found = await files.statTarget(from);
    if (found?.kind !== "file") {
      throw new ActionFailure("wrong-input", `${found ? `${from} is no file` : `There is no ${from}`}; ${left}`);
    }
    const target = await targetFolder(input, context, left);
    if (target.done) return target.done;
    const plan = await extraction(input, context);
    await refuseFull(plan, to, context);
    const missing = await missingFolders(dirname(to), files);
    const before = context.recall("folders");
    const earlier = Array.isArray(before) ? before.filter((path) => !missing.includes(String(path))) : [];
    if (missing.length > 0) await context.remember("folders", [...missing, ...earlier]); // so that undo knows them for its own
    await files.makeDirectory(dirname(to));
    await fill(plan, from, to, target.replaced, context, left);
    return { path: to, files: plan.files, bytes: plan.bytes };
  } catch (error) {
    if (signal.aborted && !(await files.stat(to))) throw new ActionFailure("failed", `The step was stopped; ${left}`);
    throw error;
  }
}

async function fill(
  plan: Extraction,
  from: string,
  to: string,
  replaced: Attributes | undefined,
  context: ChangeContext,
  left: string,
): Promise<void> {
  const { files, signal } = context;
  const staged = stagingPath(to, context);
  await files.removeOwn(staged); // left by an interrupted attempt
  const progress = byteProgress(context, plan.bytes);
  try {
    const folder = await files.stage(staged, { target: to, left });
    const members = plan.format.read({ path: from, files, signal, onBytes: () => undefined });
    await fillFolder({
      folder,
      members,
      plan: plan.entries,
      archive: from,
      top: replaced,
      signal,
      onBytes: progress,
    });
    signal.throwIfAborted();
    await context.remember("folder", await madeFolder(staged, context)); // so that undo knows it for its own
    await folder.moveTo(to);
  } catch (error) {
    await files.removeOwn(staged);
    throw error;
  }
}

/** Deepest first. */
async function missingFolders(path: string, files: ChangeContext["files"]): Promise<string[]> {
  const missing: string[] = [];
  for (let at = path; (await files.statTarget(at)) === undefined; at = dirname(at)) missing.push(at);
  return missing;
}

/** Without a shape where a folder in it can't be read by its owner: then undo can't compare. */
async function madeFolder(staged: string, context: ChangeContext): Promise<MadeFolder> {
  const stat = await context.files.stat(staged);
  const inode = stat?.inode ?? null; // a rename leaves it its number
  try {
    if (stat) {
      const { shape, newest } = await measureTree(staged, stat, context);
      return { shape, newest, inode };
    }
  } catch (error) {
    if (!(error instanceof ActionFailure)) throw error;
  }
  return { shape: null, newest: 0, inode };
}

interface Target {
  /** Set when an interrupted attempt has done everything. */
  readonly done?: Extracted;
  /** The attributes of an empty folder, which the new one takes over. */
  readonly replaced?: Attributes;
}

/** Refuses a target with something else in it. */
async function targetFolder(input: ArchiveInput, context: ChangeContext, left: string): Promise<Target> {
  const { files } = context;
  const to = context.resolvePath(input.to);
  const found = await files.stat(to);
  if (found === undefined) return {};
  if (found.kind !== "directory") {
    throw new ActionFailure("wrong-input", `${to} exists already, and is no folder; ${left}`);
  }
  if ((await files.list(to)).length > 0) {
    const there = await inspectExtracted(input, context);
    if (there.state === "done" && there.result) return { done: there.result };
    throw new ActionFailure("wrong-input", `${to} is not empty; ${left}`, [there.seen]);
  }
  const above = await files.statTarget(dirname(to));
  if (above !== undefined && above.device !== found.device) {
    throw new ActionFailure("wrong-input", `${to} is a mount point, and can't be replaced in one step; ${left}`, [
      `Extract into a new folder below it, such as ${to}/restored.`,
    ]);
  }
  return { replaced: found };
}

/** What the archive states may be a lie (then the extraction stops at the first byte too many), but never too little. */
async function refuseFull({ entries }: Extraction, to: string, { files }: ChangeContext): Promise<void> {
  const needs = entries
    .filter((entry) => entry.wanted)
    .reduce(
      (sum, { kind, size }) => sum + (kind === "directory" ? diskBlock : Math.ceil(size / diskBlock) * diskBlock),
      0,
    );
  const has = await files.freeBytes(to);
  if (needs <= has) return;
  throw new ActionFailure(
    "failed",
    `There is not enough room for ${to}: the archive needs ${byteWords(needs)}, the disk has ${byteWords(has)}; nothing was extracted`,
  );
}
