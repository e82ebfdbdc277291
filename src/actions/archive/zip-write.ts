import { Readable } from "node:stream";
import { ZipFile } from "yazl";
import type { NewMember } from "./archive-format.ts";

/** Zip counts seconds since 1970 in 31 bits; yazl ends the whole process on a time before that. */
export function zipSeconds(modifiedAt: number): number {
  return Math.min(Math.max(Math.floor(modifiedAt / 1000), 0), 0x7fffffff);
}

/** The bytes of a zip archive with unix modes and symlinks, as Info-ZIP writes them. */
export async function* writeZip(members: AsyncIterable<NewMember>): AsyncGenerator<Buffer> {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  const stop = (error: unknown) => void output.destroy(error instanceof Error ? error : new Error(String(error)));
  zip.on("error", stop);
  let current: Readable | undefined;
  let stopped = false;
  const feed = async () => {
    for await (const member of members) {
      if (stopped) return;
      const mtime = new Date(zipSeconds(member.modifiedAt) * 1000);
      if (member.kind === "directory") {
        if (member.path !== "") zip.addEmptyDirectory(member.path, { mtime, mode: 0o040000 | member.mode });
      } else if (member.kind === "symlink") {
        zip.addBuffer(Buffer.from(member.target ?? ""), member.path, { mtime, mode: 0o120777, compress: false });
      } else {
        const content = Readable.from(member.content(), { objectMode: false });
        current = content;
        // One at a time: yazl would open them all, and keep what it can't write yet.
        const ended = new Promise<void>((resolve, reject) => {
          content.once("error", reject);
          content.once("close", resolve);
        });
        zip.addReadStream(content, member.path, { mtime, mode: 0o100000 | member.mode, size: member.size });
        await ended;
        if (stopped) return;
      }
    }
    zip.end();
  };
  const feeding = feed().catch(stop);
  try {
    for await (const chunk of output) yield chunk as Buffer;
  } finally {
    stopped = true;
    current?.destroy();
    output.destroy();
    await feeding;
  }
}
