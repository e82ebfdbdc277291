import type { Readable } from "node:stream";
import { RandomAccessReader } from "yauzl";
import type { ArchiveSource } from "./archive-format.ts";

const windowSize = 1 << 20;

/**
 * What yauzl reads an archive through. Headers and small files are read one after the other, so they come out of one
 * window of the file: opening it for each of them would cost more than reading it.
 */
export class ZipBytes extends RandomAccessReader {
  readonly #source: ArchiveSource;
  readonly #size: number;
  #window: Buffer = Buffer.alloc(0);
  #start = 0;

  constructor(source: ArchiveSource, size: number) {
    super();
    this.#source = source;
    this.#size = size;
  }

  /** The bytes of a range; fewer where the file ends before. */
  async range(start: number, length: number): Promise<Buffer> {
    const at = start - this.#start;
    if (at >= 0 && at + length <= this.#window.length) return this.#window.subarray(at, at + length);
    const end = Math.min(start + Math.max(length, windowSize), this.#size);
    const pieces: Buffer[] = [];
    if (start < end) for await (const piece of this.stream(start, end)) pieces.push(piece);
    this.#window = Buffer.concat(pieces);
    this.#start = start;
    return this.#window.subarray(0, length);
  }

  /** The bytes from `start` to `end` (exclusive), not through the window. */
  async *stream(start: number, end: number): AsyncGenerator<Buffer> {
    for await (const chunk of this.#source.files.stream(this.#source.path, { start, end })) {
      this.#source.signal.throwIfAborted();
      yield chunk;
    }
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return this.#source.files.stream(this.#source.path, { start, end });
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    this.range(position, length).then(
      (bytes) => callback(null, bytes.copy(buffer, offset)),
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
    );
  }
}
