import { createHash } from "node:crypto";
import type { ChangeContext, ReadContext } from "../../action/context.ts";
import { ActionFailure } from "../../action/failure.ts";

const largestCaptured = 16 * 1024 * 1024;

/** A file as it was before a step wrote it, and what the step was going to write. */
export type CapturedFile = {
  path: string;
  /** null when there was no file. */
  old: { encoding: "utf8" | "base64"; content: string; sha256: string; mode: number } | null;
  /** Of the content that the step writes: undo can tell from it whether the file has changed since. */
  wrote: string;
};

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
  return { path, old: { encoding, content, sha256: sha256Of(bytes), mode: stat.mode }, wrote };
}

/** Puts a file back as it was, or moves it to the trash when there was none. Leaves it alone when it has changed since. */
export async function restoreFile({ path, old, wrote }: CapturedFile, context: ChangeContext): Promise<void> {
  const there = (await context.files.statTarget(path)) === undefined ? undefined : await context.files.sha256(path);
  if (old === null) {
    if (there === undefined) return;
    if (there !== wrote) throw changedSince(path);
    await context.files.trash(path);
    return;
  }
  if (there !== wrote && there !== old.sha256) throw changedSince(path);
  const bytes = Buffer.from(old.content, old.encoding);
  if (sha256Of(bytes) !== old.sha256) {
    throw new ActionFailure("failed", `What was kept of ${path} for undo is damaged; the file was left as it is`);
  }
  await context.files.write(path, bytes, { mode: old.mode });
}

function changedSince(path: string): ActionFailure {
  return new ActionFailure(
    "failed",
    `${path} is not as the step left it: somebody changed it since; it was left alone`,
  );
}
