import { createHash } from "node:crypto";
import { readChunks } from "./read-chunks.ts";

/** The SHA-256 of a file in lower-case hex; `onBytes` hears the size of each chunk. */
export async function sha256(path: string, onBytes?: (count: number) => void): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of readChunks(path)) {
    hash.update(chunk);
    onBytes?.(chunk.length);
  }
  return hash.digest("hex");
}
