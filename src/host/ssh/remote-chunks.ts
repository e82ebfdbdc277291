import { ActionFailure } from "../../action/failure.ts";
import type { Disk } from "./disk.ts";
import { type About, failing } from "./remote-failure.ts";
import { kindOf } from "./remote-stat.ts";
import type { Sftp } from "./sftp.ts";
import { openFor } from "./sftp-packet.ts";

/** Requests that are under way at once: a line with a round trip of 50 ms still gives tens of MB a second. */
const atOnce = 16;

/** The bytes of a file, or of `start` (inclusive) to `end` (exclusive), in chunks that the reader may keep. */
export async function* remoteChunks(
  disk: Disk,
  path: string,
  range?: { start: number; end: number },
): AsyncGenerator<Buffer> {
  const sftp = await disk.sftp();
  const failed = failing(disk, { path });
  const found = kindOf(await sftp.stat(path).catch(failed));
  // Opening a pipe that nobody writes to would stop the other side's SFTP server for ever.
  if (found !== "file") {
    const what = found === "directory" ? "a folder" : "a device, pipe or socket";
    throw new ActionFailure("wrong-input", `${path} on ${disk.destination} is ${what}, not a file`);
  }
  const handle = await sftp.open(path, openFor.read).catch(failed);
  const end = range?.end ?? Number.POSITIVE_INFINITY;
  let next = range?.start ?? 0;
  const asked: Promise<Buffer>[] = [];
  try {
    for (;;) {
      while (asked.length < atOnce && next < end) {
        const piece = readWhole(sftp, handle, next, Math.min(sftp.chunkBytes, end - next));
        piece.catch(() => {}); // those behind the first that fails are not looked at
        asked.push(piece);
        next += sftp.chunkBytes;
      }
      const first = asked.shift();
      const bytes = first && (await first.catch(failed));
      if (bytes === undefined || bytes.length === 0) return;
      yield bytes;
    }
  } finally {
    await sftp.close(handle).catch(() => undefined);
  }
}

/** As many bytes as were asked for, unless the file ends; a server may give less at a time. */
async function readWhole(sftp: Sftp, handle: Buffer, at: number, length: number): Promise<Buffer> {
  let got = await sftp.read(handle, at, length);
  while (got.length > 0 && got.length < length) {
    const more = await sftp.read(handle, at + got.length, length - got.length);
    if (more.length === 0) break;
    got = Buffer.concat([got, more]);
  }
  return got;
}

interface RemoteWriter {
  write(chunk: Uint8Array): Promise<void>;
  /** Resolves when everything is written; not yet on disk. */
  flush(): Promise<void>;
}

/** Writes a file from its beginning, several pieces at once. */
export function remoteWriter(disk: Disk, sftp: Sftp, handle: Buffer, about: About): RemoteWriter {
  const underWay: Promise<void>[] = [];
  let at = 0;
  const oldest = async () => underWay.shift()?.catch(failing(disk, about));
  return {
    write: async (chunk) => {
      for (let from = 0; from < chunk.length; from += sftp.chunkBytes) {
        const piece = chunk.subarray(from, from + sftp.chunkBytes);
        if (underWay.length >= atOnce) await oldest();
        const written = sftp.write(handle, at, piece);
        written.catch(() => {}); // looked at in its turn
        underWay.push(written);
        at += piece.length;
      }
    },
    flush: async () => {
      while (underWay.length > 0) await oldest();
    },
  };
}
