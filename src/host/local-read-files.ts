import type { Stats } from "node:fs";
import { lstat, readdir, readFile, readlink, stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { ActionFailure } from "../action/failure.ts";
import type { FileStat, ReadFiles, WalkEntry } from "../action/files.ts";
import { failingAt, hasCode } from "./file-failure.ts";
import { readChunks } from "./read-chunks.ts";
import { sha256 } from "./sha256.ts";

function toFileStat(stats: Stats): FileStat {
  return {
    kind: stats.isFile() ? "file" : stats.isDirectory() ? "directory" : stats.isSymbolicLink() ? "symlink" : "other",
    size: stats.size,
    mode: stats.mode & 0o7777,
    uid: stats.uid,
    gid: stats.gid,
    modifiedAt: stats.mtimeMs,
    device: stats.dev,
    inode: stats.ino,
  };
}

async function look(path: string, how: (path: string) => Promise<Stats>): Promise<FileStat | undefined> {
  try {
    return toFileStat(await how(path));
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return undefined;
    return failingAt(path)(error);
  }
}

async function list(path: string): Promise<string[]> {
  const names = await readdir(path, { encoding: "buffer" }).catch(failingAt(path));
  return names.map((bytes) => toName(bytes, path)).sort();
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

async function* walk(folder: string, above = ""): AsyncIterable<WalkEntry> {
  for (const name of await list(folder)) {
    const path = join(folder, name);
    const relative = above + name;
    const found = await look(path, lstat);
    if (found === undefined) continue; // removed since its folder was listed
    yield { relative, path, stat: found };
    if (found.kind === "directory") yield* walk(path, `${relative}/`);
  }
}

async function readText(path: string): Promise<string> {
  const bytes = await readFile(path).catch(failingAt(path));
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new ActionFailure("wrong-input", `${path} is not UTF-8 text`);
  }
}

async function freeBytes(path: string): Promise<number> {
  for (let at = path; ; at = dirname(at)) {
    try {
      const { bavail, bsize } = await statfs(at);
      return bavail * bsize;
    } catch (error) {
      if (!hasCode(error, "ENOENT", "ENOTDIR") || dirname(at) === at) return failingAt(at)(error);
    }
  }
}

/** Looking at the files of this machine. There is nothing in it that can write. */
export function localReadFiles(): ReadFiles {
  return {
    stat: (path) => look(path, lstat),
    statTarget: (path) => look(path, stat),
    readText,
    readBytes: (path) => readFile(path).catch(failingAt(path)),
    stream: (path, range) => Readable.from(readChunks(path, range), { objectMode: false, highWaterMark: 1 << 18 }),
    readLink: (path) => readlink(path).catch(failingAt(path)),
    list,
    walk: (path) => walk(path),
    sha256,
    freeBytes,
  };
}
