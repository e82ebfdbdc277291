import { createGunzip, createGzip } from "node:zlib";
import { ActionFailure } from "../../action/failure.ts";
import { type ArchiveFormat, type ArchiveSource, damaged } from "./archive-format.ts";
import { coalesce } from "./coalesce.ts";
import { readTar } from "./tar-read.ts";
import { writeTar } from "./tar-write.ts";
import { through } from "./through.ts";

async function* archiveBytes({ files, path, signal, onBytes }: ArchiveSource): AsyncGenerator<Buffer> {
  for await (const chunk of files.stream(path)) {
    signal.throwIfAborted();
    onBytes(chunk.length);
    yield chunk;
  }
}

async function* gunzipped(source: ArchiveSource): AsyncGenerator<Buffer> {
  try {
    yield* through(archiveBytes(source), createGunzip({ chunkSize: 1 << 17 }));
  } catch (error) {
    if (error instanceof ActionFailure || !(error instanceof Error) || !("code" in error)) throw error;
    // zlib's words for a cut-off stream, a wrong checksum and something that is no gzip file at all.
    if (!/^Z_/.test(String(error.code))) throw error;
    throw damaged(source.path, `gzip says "${error.message}"`);
  }
}

const seconds = (modifiedAt: number) => Math.floor(modifiedAt / 1000);

/** Plain tar. */
export const tar: ArchiveFormat = {
  keepsTop: true,
  seconds,
  refuses: () => undefined,
  read: (source) => readTar(archiveBytes(source), source.path),
  write: (members) => coalesce(writeTar(members)),
};

/** Tar within gzip. */
export const tarGz: ArchiveFormat = {
  keepsTop: true,
  seconds,
  refuses: () => undefined,
  read: (source) => readTar(gunzipped(source), source.path),
  write: (members) => through(coalesce(writeTar(members)), createGzip({ chunkSize: 1 << 16 })),
};
