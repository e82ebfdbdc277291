import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { ActionFailure } from "../../action/failure.ts";
import type { ReadFiles, WalkEntry } from "../../action/files.ts";
import { hasCode } from "../file-failure.ts";
import type { Disk } from "./disk.ts";
import { remoteChunks } from "./remote-chunks.ts";
import { failing } from "./remote-failure.ts";
import { remoteSha256 } from "./remote-sha256.ts";
import { deviceOf, remoteStat, toFileStat } from "./remote-stat.ts";
import type { SftpAttributes } from "./sftp-packet.ts";

interface Entry {
  readonly name: string;
  readonly attributes: SftpAttributes;
}

/** What is in a folder, sorted by code unit. */
async function remoteEntries(disk: Disk, path: string): Promise<Entry[]> {
  const sftp = await disk.sftp();
  const found = await sftp.readdir(path).catch(failing(disk, { path }));
  const entries = found.map(({ name, attributes }) => ({
    name: toName(name, `${path} on ${disk.destination}`),
    attributes,
  }));
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

// A name that is not UTF-8 can't be a string and back again: going on would skip the file, or touch another one.
function toName(bytes: Buffer, folder: string): string {
  const name = bytes.toString("utf8");
  if (Buffer.from(name, "utf8").equals(bytes)) return name;
  throw new ActionFailure(
    "wrong-input",
    `${folder} holds a name that is not UTF-8 (in Latin-1 it reads ${JSON.stringify(bytes.toString("latin1"))}); rename it first`,
  );
}

/** The folder's own answer tells what each name is, so that a walk costs a few round trips a folder. */
async function* walk(disk: Disk, folder: string, above = ""): AsyncIterable<WalkEntry> {
  const entries = await remoteEntries(disk, folder);
  const sftp = await disk.sftp();
  const device = await deviceOf(sftp, folder);
  for (const { name, attributes } of entries) {
    const path = join(folder, name);
    const relative = above + name;
    const stat = toFileStat(attributes, device);
    if (stat.kind !== "directory") yield { relative, path, stat };
    else {
      yield { relative, path, stat: { ...stat, device: await deviceOf(sftp, path) } };
      yield* walk(disk, path, `${relative}/`);
    }
  }
}

async function readBytes(disk: Disk, path: string): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const chunk of remoteChunks(disk, path)) pieces.push(chunk);
  return Buffer.concat(pieces);
}

async function readText(disk: Disk, path: string): Promise<string> {
  const bytes = await readBytes(disk, path);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new ActionFailure("wrong-input", `${path} on ${disk.destination} is not UTF-8 text`);
  }
}

async function freeBytes(disk: Disk, path: string): Promise<number> {
  const sftp = await disk.sftp();
  for (let at = path; ; at = dirname(at)) {
    try {
      return (await sftp.statvfs(at)).availableBytes;
    } catch (error) {
      if (!hasCode(error, "ENOENT") || dirname(at) === at) return failing(disk, { path: at })(error);
    }
  }
}

/** Looking at the files of another machine. There is nothing in it that can write. Times are whole seconds. */
export function remoteReadFiles(disk: Disk): ReadFiles {
  return {
    stat: (path) => remoteStat(disk, path, "lstat"),
    statTarget: (path) => remoteStat(disk, path, "stat"),
    readText: (path) => readText(disk, path),
    readBytes: (path) => readBytes(disk, path),
    stream: (path, range) =>
      Readable.from(remoteChunks(disk, path, range), { objectMode: false, highWaterMark: 1 << 18 }),
    readLink: async (path) => (await disk.sftp()).readlink(path).catch(failing(disk, { path })),
    list: async (path) => (await remoteEntries(disk, path)).map(({ name }) => name),
    walk: (path) => walk(disk, path),
    sha256: (path, onBytes) => remoteSha256(disk, path, onBytes),
    freeBytes: (path) => freeBytes(disk, path),
  };
}
