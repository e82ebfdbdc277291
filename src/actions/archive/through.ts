import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";

/** Sends chunks through a transform (gzip, say). A failure on either side ends both, and is thrown here. */
export async function* through(source: AsyncIterable<Buffer>, transform: Duplex): AsyncGenerator<Buffer> {
  let failure: unknown;
  const feeding = pipeline(source, transform).catch((error: unknown) => {
    failure ??= error;
  });
  try {
    for await (const chunk of transform) yield chunk as Buffer;
  } catch (error) {
    await feeding;
    throw failure ?? error;
  } finally {
    transform.destroy();
    await feeding;
  }
}
