import { createHash } from "node:crypto";
import type { ChangeContext, ReadContext } from "../../action/context.ts";
import { ActionFailure } from "../../action/failure.ts";
import type { FileStat } from "../../action/files.ts";
import { byteWords } from "./byte-words.ts";
import { sameTime, trashMade } from "./made.ts";

const largestCaptured = 16 * 1024 * 1024;

/** A file as it was before a step wrote it, and what the step was going to write. */
export type CapturedFile = {
  path: string;
  /** null when there was no file. */
  old: OldFile | null;
  /** Of the content that the step writes: undo can tell from it whether the file has changed since. */
  wrote: string;
};

type OldFile = {
  encoding: "utf8" | "base64";
  content: string;
  sha256: string;
  mode: number;
  uid: number;
  gid: number;
  modifiedAt: number;
};

/** What a step may have left at a path. */
export interface Written {
  /** SHA-256 of each content that an attempt has put, or was about to put, there. */
  readonly digests: readonly string[];
  /** The mode that it was told to set. */
  readonly mode?: number | undefined;
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export async function captureFile(path: string, after: Buffer, context: ReadContext): Promise<CapturedFile> {
  const wrote = sha256Of(after);
  const stat = await context.files.statTarget(path);
  if (stat === undefined) return { path, old: null, wrote };
  if (stat.size > largestCaptured) {
    throw new ActionFailure(
      "wrong-input",
      `${path} has ${stat.size} bytes; undo keeps the old content of at most ${largestCaptured}. Keep a copy with files.copy, and move the new file in place with files.move; nothing was changed`,
    );
  }
  const bytes = await context.files.readBytes(path);
  const text = bytes.toString("utf8");
  const encoding = Buffer.from(text).equals(bytes) ? "utf8" : "base64";
  const content = encoding === "utf8" ? text : bytes.toString("base64");
  const { mode, uid, gid, modifiedAt } = stat;
  return { path, old: { encoding, content, sha256: sha256Of(bytes), mode, uid, gid, modifiedAt }, wrote };
}

/** Puts a file back as it was, or moves it to the trash when there was none. Leaves it alone when it has changed since. */
export async function restoreFile(
  { path, old }: Pick<CapturedFile, "path" | "old">,
  written: Written,
  context: ChangeContext,
): Promise<void> {
  const { files } = context;
  await files.removeLeftovers(path);
  if (written.digests.length === 0) return; // it never came to write
  if (old === null) {
    await trashMade(path, async (stat) => differenceOf(path, stat, written, context), context);
    return;
  }
  const stat = await files.statTarget(path);
  if (stat === undefined) throw changedSince(path, "it is gone", old);
  const there = stat.kind === "file" ? await files.sha256(path) : undefined;
  if (there === old.sha256 && asBefore(stat, old, written)) return;
  const difference = await differenceOf(path, stat, written, context);
  if (difference !== undefined) throw changedSince(path, difference, old);
  const bytes = Buffer.from(old.content, old.encoding);
  if (sha256Of(bytes) !== old.sha256) {
    throw new ActionFailure(
      "failed",
      `What was kept of ${path} for undo is damaged, or a secret in it has another value now; the file was left as it is`,
    );
  }
  const { mode, uid, gid, modifiedAt } = old;
  await files.write(path, bytes, { mode, uid, gid, modifiedAt });
}

/** The old content stands there. Only where the step wrote that very content again is there more to look at. */
function asBefore(stat: FileStat, old: OldFile, { digests }: Written): boolean {
  return !digests.includes(old.sha256) || (stat.mode === old.mode && sameTime(stat.modifiedAt, old.modifiedAt));
}

async function differenceOf(
  path: string,
  stat: FileStat,
  { digests, mode }: Written,
  { files }: ReadContext,
): Promise<string | undefined> {
  if (stat.kind !== "file") return `it is a ${stat.kind} now`;
  if (!digests.includes(await files.sha256(path)))
    return `somebody changed it since, it holds other ${byteWords(stat.size)}`;
  if (mode !== undefined && stat.mode !== mode) return `its mode is 0${stat.mode.toString(8)} now`;
  return undefined;
}

function changedSince(path: string, difference: string, old: OldFile): ActionFailure {
  return new ActionFailure("failed", `${path} is not as the step left it: ${difference}; it was left alone`, [
    `What it held before (mode 0${old.mode.toString(8)}, sha256 ${old.sha256}) is in the run's journal, where the step was begun. Put it back by hand where it is wanted.`,
  ]);
}
