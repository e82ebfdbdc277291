import { createHash } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import type { StreamMask } from "../action/systems.ts";
import { hasCode } from "./file-failure.ts";

/**
 * Puts a masked copy in the place of a file that a program wrote by itself. A file that is not there is fine; one that
 * holds nothing to mask stays the same file, since a program that lives on may write to it.
 */
export async function maskFile(path: string, mask: StreamMask): Promise<void> {
  const source = await open(path, "r").catch((error: unknown) => {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  });
  if (source === undefined) return;
  const masked = `${path}.masked`;
  try {
    await rm(masked, { force: true }); // left by a belay that was killed here
    const target = await open(masked, "wx", 0o600);
    const [before, after] = [createHash("sha256"), createHash("sha256")];
    try {
      const space = Buffer.allocUnsafe(1 << 20);
      for (;;) {
        const { bytesRead } = await source.read(space, 0, space.length);
        // A copy: the mask may keep what it was given until the next chunk.
        const chunk = Buffer.from(space.subarray(0, bytesRead));
        const hidden = bytesRead === 0 ? mask.end() : mask.push(chunk);
        before.update(chunk);
        after.update(hidden);
        await target.writeFile(hidden);
        if (bytesRead === 0) break;
      }
      await target.sync();
    } finally {
      await target.close();
    }
    if (before.digest("hex") === after.digest("hex")) await rm(masked);
    else await rename(masked, path);
  } finally {
    await source.close();
  }
}
