/** The same bytes in fewer, larger chunks: a trip through gzip or the disk for each header of 512 bytes is slow. */
export async function* coalesce(source: AsyncIterable<Buffer>, size = 1 << 16): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of source) {
    waiting.push(chunk);
    bytes += chunk.length;
    if (bytes < size) continue;
    yield waiting.length === 1 ? chunk : Buffer.concat(waiting, bytes);
    waiting = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(waiting, bytes);
}
