import { Header } from "tar";
import type { ActionFailure } from "../../action/failure.ts";
import { type ArchiveEntry, type ArchiveMember, damaged } from "./archive-format.ts";
import { type ByteReader, byteReader } from "./byte-reader.ts";
import { type Pax, parsePax } from "./pax.ts";

const blockSize = 512;
const largestMeta = 1 << 20;

/**
 * The members of a tar stream (ustar, pax and GNU). The blocks are decoded by node-tar, whose own Parser is not used:
 * it takes an archive that ends between two entries for a whole one, passes over sparse files, tears a long UTF-8 name
 * where two chunks meet, and loses a name with a newline in it.
 */
export async function* readTar(bytes: AsyncIterable<Buffer>, path: string): AsyncGenerator<ArchiveMember> {
  const reader = byteReader(bytes);
  const broken = (why: string) => damaged(path, why);
  let everywhere: Pax = {};
  let next: Pax = {};
  for (;;) {
    const at = reader.position;
    const header = await readHeader(reader, broken);
    if (header === undefined) break;
    if (isMeta(header.type)) {
      const body = await meta(reader, storedSize(header, undefined, at, broken), at, broken);
      const [text = ""] = body.toString("utf8").split("\0", 1);
      if (header.type === "NextFileHasLongPath") next = { ...next, path: text };
      else if (header.type === "NextFileHasLongLinkpath") next = { ...next, linkpath: text };
      else {
        const pax = parsePax(body);
        if (pax === undefined) throw broken(`the extended header at byte ${at} is malformed`);
        if (header.type === "GlobalExtendedHeader") everywhere = { ...everywhere, ...pax };
        else next = { ...next, ...pax };
      }
      continue;
    }
    const stored = storedSize(header, next.size, at, broken);
    const { path: _path, linkpath: _linkpath, size: _size, ...common } = everywhere;
    const entry = toEntry(header, { ...common, ...next }, stored);
    next = {};
    const end = reader.position + stored;
    const cutOff = () => broken(`it ends in the middle of ${JSON.stringify(entry.name)}`);
    // A volume's label says nothing of the file system.
    if (header.type !== "TapeVolumeHeader") {
      yield {
        entry,
        async *content() {
          yield* reader.chunks(stored);
          if (reader.position < end) throw cutOff();
        },
      };
    }
    if (!(await reader.skip(end - reader.position + padding(stored)))) throw cutOff();
  }
  await reader.drain(); // the checksum of a gzip stream is at its end
}

export function padding(size: number): number {
  return (blockSize - (size % blockSize)) % blockSize;
}

/** undefined at the mark that ends every whole archive: two blocks of zeros, or one and nothing more. */
async function readHeader(reader: ByteReader, broken: (why: string) => ActionFailure): Promise<Header | undefined> {
  const at = reader.position;
  const block = await reader.take(blockSize);
  if (block === undefined) {
    throw broken(
      at === 0 ? "it is empty" : `it ends at byte ${at} without the mark that ends an archive: it was cut off`,
    );
  }
  if (block.length < blockSize) throw broken(`it ends at byte ${reader.position}, within a header`);
  if (isZero(block)) {
    const second = await reader.take(blockSize);
    if (second === undefined || isZero(second)) return undefined;
    throw broken(`there are zeros at byte ${at} where a header should be`);
  }
  // What a pax header says is put over this in `toEntry`: given to the Header, it would be mixed with the ustar prefix.
  const header = new Header(block);
  if (!header.cksumValid) {
    throw broken(
      at === 0 ? "it does not start like a tar archive" : `the header at byte ${at} does not match its checksum`,
    );
  }
  // More blocks of an old GNU sparse map; they are not counted in the size.
  let more = header.type === "SparseFile" && block[482] === 1;
  while (more) more = (await reader.take(blockSize))?.[504] === 1;
  return header;
}

function isZero(block: Buffer): boolean {
  return block.every((byte) => byte === 0);
}

function isMeta(type: Header["type"]): boolean {
  return (
    type === "ExtendedHeader" ||
    type === "OldExtendedHeader" ||
    type === "GlobalExtendedHeader" ||
    type === "NextFileHasLongPath" ||
    type === "NextFileHasLongLinkpath"
  );
}

function storedSize(
  header: Header,
  overriding: number | undefined,
  at: number,
  broken: (why: string) => ActionFailure,
): number {
  // Some writers state the size of the file that a hard link names; its content is never there.
  if (header.type === "Link" || header.type === "Directory") return 0;
  const size = overriding ?? header.size;
  if (size === undefined || !Number.isSafeInteger(size)) throw broken(`the header at byte ${at} has no valid size`);
  return size;
}

async function meta(
  reader: ByteReader,
  size: number,
  at: number,
  broken: (why: string) => ActionFailure,
): Promise<Buffer> {
  if (size > largestMeta) throw broken(`the extended header at byte ${at} is ${size} bytes long`);
  const body = (await reader.take(size + padding(size))) ?? Buffer.alloc(0);
  if (body.length < size) throw broken(`it ends at byte ${reader.position}, within a header`);
  return body.subarray(0, size);
}

type Judged = Pick<ArchiveEntry, "kind"> & { readonly what?: string };

function judge(header: Header, sparse: boolean): Judged {
  if (sparse || header.type === "SparseFile") {
    return { kind: "unsupported", what: "a sparse file, stored without its holes (tar --sparse)" };
  }
  switch (header.type) {
    case "File":
    case "OldFile":
    case "ContiguousFile":
      return { kind: "file" };
    case "Directory":
    case "GNUDumpDir":
      return { kind: "directory" };
    case "SymbolicLink":
      return { kind: "symlink" };
    case "Link":
      return { kind: "hardlink" };
    case "CharacterDevice":
    case "BlockDevice":
      return { kind: "device", what: "a device" };
    case "FIFO":
      return { kind: "unsupported", what: "a named pipe" };
    case "ContinuationFile":
      return { kind: "unsupported", what: "a part of a file that starts on another volume" };
    default:
      return { kind: "unsupported", what: `of a type that belay does not know (${header.type})` };
  }
}

function toEntry(header: Header, pax: Pax, stored: number): ArchiveEntry {
  const name = pax.path ?? header.path ?? "";
  const modifiedAt = pax.mtime ?? header.mtime?.getTime() ?? 0;
  const stated = judge(header, pax.sparse === true);
  // Old writers know no folders, only files whose name ends in a slash.
  const judged: Judged = stated.kind === "file" && name.endsWith("/") ? { kind: "directory" } : stated;
  return {
    ...judged,
    name,
    size: judged.kind === "file" ? stored : 0,
    mode: (header.mode ?? 0o644) & 0o7777,
    modifiedAt: Number.isFinite(modifiedAt) ? modifiedAt : 0,
    uid: pax.uid ?? header.uid,
    gid: pax.gid ?? header.gid,
    ...(judged.kind === "symlink" || judged.kind === "hardlink"
      ? { target: pax.linkpath ?? header.linkpath ?? "" }
      : {}),
  };
}
