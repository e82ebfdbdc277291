import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { failingAt } from "./file-failure.ts";

const chunkSize = 1 << 18;

/** The bytes of a file, or of `start` (inclusive) to `end` (exclusive), in chunks that the reader may keep. */
export async function* readChunks(path: string, range?: { start: number; end: number }): AsyncGenerator<Buffer> {
  // Without O_NONBLOCK, opening a named pipe that nobody writes to would wait for ever.
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(failingAt(path));
  try {
    let at = range?.start ?? 0;
    const end = range?.end ?? Number.POSITIVE_INFINITY;
    while (at < end) {
      const buffer = Buffer.allocUnsafe(Math.min(chunkSize, end - at));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, at).catch(failingAt(path));
      if (bytesRead === 0) return;
      at += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
