/** Reading a stream of chunks by counted bytes. */
export interface ByteReader {
  /** Bytes read so far. */
  readonly position: number;
  /** Exactly `count` bytes; undefined at the end of the stream; fewer bytes where it ends within them. */
  take(count: number): Promise<Buffer | undefined>;
  /** `count` bytes in chunks as they come; it stops early where the stream ends. */
  chunks(count: number): AsyncGenerator<Buffer>;
  /** Passes over `count` bytes; false where the stream ends before. */
  skip(count: number): Promise<boolean>;
  /** Reads to the end of the stream, so that what checks it gets to its end too. */
  drain(): Promise<void>;
}

export function byteReader(source: AsyncIterable<Buffer>): ByteReader {
  const iterator = source[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  let position = 0;

  // Up to `most` bytes of what is at hand; undefined at the end.
  const next = async (most: number): Promise<Buffer | undefined> => {
    while (rest.length === 0) {
      const { done, value } = await iterator.next();
      if (done) return undefined;
      rest = value;
    }
    const piece = rest.subarray(0, most);
    rest = rest.subarray(piece.length);
    position += piece.length;
    return piece;
  };

  async function* chunks(count: number): AsyncGenerator<Buffer> {
    for (let left = count; left > 0; ) {
      const piece = await next(left);
      if (piece === undefined) return;
      left -= piece.length;
      yield piece;
    }
  }

  return {
    get position() {
      return position;
    },
    chunks,
    take: async (count) => {
      const first = await next(count);
      if (first === undefined || first.length === count) return first;
      const pieces = [first];
      for await (const piece of chunks(count - first.length)) pieces.push(piece);
      return Buffer.concat(pieces);
    },
    skip: async (count) => {
      let left = count;
      while (left > 0) {
        const piece = await next(left);
        if (piece === undefined) return false;
        left -= piece.length;
      }
      return true;
    },
    drain: async () => {
      while ((await next(Number.MAX_SAFE_INTEGER)) !== undefined);
    },
  };
}
