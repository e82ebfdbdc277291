import { createHash } from "node:crypto";
import type { Disk } from "./disk.ts";
import { remoteChunks } from "./remote-chunks.ts";
import { failing } from "./remote-failure.ts";
import { kindOf } from "./remote-stat.ts";
import { whileRunning } from "./while-running.ts";

/** Past this many bytes a program on the other side is faster than moving them. */
const worthProgram = 1 << 18;

/** Lower-case hex. A large file is read over there, where `sha256sum` is; else its bytes come here. */
export async function remoteSha256(disk: Disk, path: string, onBytes?: (count: number) => void): Promise<string> {
  const sftp = await disk.sftp();
  const of = await sftp.stat(path).catch(failing(disk, { path }));
  if (kindOf(of) === "file" && of.size > worthProgram) {
    const sum = await whileRunning(disk, ["sha256sum", "--", path], onBytes);
    // In front of a name with odd characters stands a backslash.
    const hex = /^\\?([0-9a-f]{64}) /.exec(sum?.exitCode === 0 ? sum.stdout : "")?.[1];
    if (hex !== undefined) {
      onBytes?.(of.size);
      return hex;
    }
  }
  const hash = createHash("sha256");
  for await (const chunk of remoteChunks(disk, path)) {
    hash.update(chunk);
    onBytes?.(chunk.length);
  }
  return hash.digest("hex");
}
