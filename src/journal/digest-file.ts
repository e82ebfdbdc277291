import { createHash } from "node:crypto";
import { createReadStream, statSync } from "node:fs";

export interface FileDigest {
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/**
 * The length and digest of a file, or of its first `bytes` bytes; undefined when it is missing or empty. Reads it in
 * chunks. Throws the system's errors.
 */
export async function digestFile(path: string, bytes?: number): Promise<FileDigest | undefined> {
  // What has printed nothing costs a look at its name, and no more.
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile() || found.size === 0) return undefined;
  // A program that goes on writes while this reads: the digest is of what was there when it began.
  const length = Math.min(bytes ?? found.size, found.size);
  const hash = createHash("sha256");
  let read = 0;
  if (length > 0) {
    for await (const chunk of createReadStream(path, { end: length - 1, highWaterMark: 1 << 18 })) {
      hash.update(chunk as Buffer);
      read += (chunk as Buffer).length;
    }
  }
  return { bytes: read, sha256: hash.digest("hex") };
}
