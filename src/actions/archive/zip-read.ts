import { isUtf8 } from "node:buffer";
import { crc32, createInflateRaw, inflateRawSync } from "node:zlib";
import { type Entry, fromRandomAccessReaderPromise, getFileNameLowLevel, type ZipFile } from "yauzl";
import { ActionFailure } from "../../action/failure.ts";
import { type ArchiveEntry, type ArchiveMember, type ArchiveSource, damaged } from "./archive-format.ts";
import { through } from "./through.ts";
import { ZipBytes } from "./zip-bytes.ts";

const smallFile = 1 << 18;
const longestTarget = 4096;
const unix = 3;
const utf8Flag = 0x800;

/** The members of a zip archive, as its central directory states them. */
export async function* readZip(source: ArchiveSource): AsyncGenerator<ArchiveMember> {
  const stat = await source.files.statTarget(source.path);
  const bytes = new ZipBytes(source, stat?.size ?? 0);
  const words = (error: unknown) => {
    if (error instanceof ActionFailure || source.signal.aborted || !(error instanceof Error)) return error;
    return damaged(source.path, error.message);
  };
  const options = { lazyEntries: true, autoClose: false, decodeStrings: false };
  let zip: ZipFile;
  let entries: AsyncIterableIterator<Entry>;
  try {
    zip = await fromRandomAccessReaderPromise(bytes, stat?.size ?? 0, options);
    entries = zip.eachEntry();
  } catch (error) {
    throw words(error);
  }
  try {
    for (;;) {
      const { done, value } = await entries.next();
      if (done) return;
      yield await member(zip, bytes, value, source);
    }
  } catch (error) {
    throw words(error);
  } finally {
    zip.close();
  }
}

async function member(zip: ZipFile, bytes: ZipBytes, raw: Entry, source: ArchiveSource): Promise<ArchiveMember> {
  const entry = toEntry(raw);
  const content = () => contentOf(zip, bytes, raw, entry.name, source);
  if (entry.kind !== "symlink") return { entry, content };
  // The target of a symlink is its content.
  if (raw.uncompressedSize > longestTarget) {
    throw damaged(
      source.path,
      `the symlink ${JSON.stringify(entry.name)} has a target of ${raw.uncompressedSize} bytes`,
    );
  }
  const pieces: Buffer[] = [];
  for await (const piece of content()) pieces.push(piece);
  return { entry: { ...entry, target: Buffer.concat(pieces).toString("utf8") }, content };
}

function toEntry(raw: Entry): ArchiveEntry {
  const fromUnix = raw.versionMadeBy >> 8 === unix;
  // Info-ZIP on unix writes a name as the bytes that it has there, without the flag for UTF-8.
  const flags = raw.generalPurposeBitFlag | (fromUnix && isUtf8(raw.fileNameRaw) ? utf8Flag : 0);
  // Decoded here, and not by yauzl, which would take a backslash for a slash.
  const name = getFileNameLowLevel(flags, raw.fileNameRaw, raw.extraFields, true);
  const attributes = fromUnix ? raw.externalFileAttributes >>> 16 : 0;
  const folder = name.endsWith("/");
  const common = { name, modifiedAt: raw.getLastModDate().getTime(), crc32: raw.crc32 };
  const mode = attributes & 0o7777 || (folder ? 0o755 : 0o644);
  const type = attributes & 0o170000;
  if (raw.isEncrypted()) return { ...common, kind: "unsupported", what: "encrypted", size: 0, mode };
  if (!raw.canDecodeFileData()) {
    const what = `compressed in a way that belay does not know (method ${raw.compressionMethod})`;
    return { ...common, kind: "unsupported", what, size: 0, mode };
  }
  if (type === 0o120000) return { ...common, kind: "symlink", size: 0, mode };
  if (type === 0o020000 || type === 0o060000) return { ...common, kind: "device", what: "a device", size: 0, mode };
  if (type === 0o010000 || type === 0o140000) {
    return { ...common, kind: "unsupported", what: "a named pipe or socket", size: 0, mode };
  }
  if (folder || type === 0o040000) return { ...common, kind: "directory", size: 0, mode };
  return { ...common, kind: "file", size: raw.uncompressedSize, mode };
}

/** The content of an entry, with its size and its checksum compared with what the archive states. */
async function* contentOf(
  zip: ZipFile,
  bytes: ZipBytes,
  raw: Entry,
  name: string,
  source: ArchiveSource,
): AsyncGenerator<Buffer> {
  const broken = (why: string) => damaged(source.path, `${JSON.stringify(name)} ${why}`);
  const { fileDataStart } = await zip.readLocalFileHeaderPromise(raw, { minimal: true }).catch((error: unknown) => {
    if (error instanceof ActionFailure || source.signal.aborted || !(error instanceof Error)) throw error;
    throw broken(`can't be read: ${error.message}`);
  });
  const inflate = raw.compressionMethod !== 0;
  let size = 0;
  let sum = 0;
  try {
    for await (const chunk of inflated(bytes, raw, fileDataStart, inflate)) {
      size += chunk.length;
      if (size > raw.uncompressedSize) throw broken(`holds more than the ${raw.uncompressedSize} bytes it states`);
      sum = crc32(chunk, sum);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof ActionFailure || !(error instanceof Error) || !("code" in error)) throw error;
    if (error.code === "ERR_BUFFER_TOO_LARGE")
      throw broken(`holds more than the ${raw.uncompressedSize} bytes it states`);
    if (/^Z_/.test(String(error.code))) throw broken(`can't be unpacked (${error.message})`);
    throw error;
  }
  if (size < raw.uncompressedSize) throw broken(`holds ${size} bytes and states ${raw.uncompressedSize}`);
  if (sum !== raw.crc32) throw broken("does not match its checksum");
}

async function* inflated(bytes: ZipBytes, raw: Entry, start: number, inflate: boolean): AsyncGenerator<Buffer> {
  const { compressedSize, uncompressedSize } = raw;
  if (compressedSize > smallFile || uncompressedSize > smallFile) {
    const packed = bytes.stream(start, start + compressedSize);
    yield* inflate ? through(packed, createInflateRaw({ chunkSize: 1 << 17 })) : packed;
    return;
  }
  const packed = await bytes.range(start, compressedSize);
  // A stream for each of thousands of small files would cost ten times what this does.
  const content = inflate ? inflateRawSync(packed, { maxOutputLength: Math.max(1, uncompressedSize) }) : packed;
  if (content.length > 0) yield content;
}
