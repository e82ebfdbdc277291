import type { Readable } from "node:stream";
import type { StagingFolder, StagingWords } from "./staging-folder.ts";

/** What stands at a path (the link itself, not its target). Times are milliseconds since 1970. */
export interface FileStat {
  readonly kind: "file" | "directory" | "symlink" | "other";
  readonly size: number;
  /** Permission bits, such as 0o644. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly modifiedAt: number;
  /** The file system it is on: two paths can be renamed into each other only when these are equal. */
  readonly device: number;
  /** With `device`, tells a thing from another one of the same name. Absent where the system has no such number. */
  readonly inode?: number;
}

export interface WalkEntry {
  /** Path below the folder that was walked, with `/`; never empty. */
  readonly relative: string;
  readonly path: string;
  readonly stat: FileStat;
}

/** Looking at files. All paths are absolute. Nothing here can write. */
export interface ReadFiles {
  /** undefined when nothing is there. Throws ActionFailure for anything else (permission, I/O). */
  stat(path: string): Promise<FileStat | undefined>;
  /** The same, following symlinks. */
  statTarget(path: string): Promise<FileStat | undefined>;
  readText(path: string): Promise<string>;
  readBytes(path: string): Promise<Buffer>;
  /** Streams a file, or part of it (`start` inclusive, `end` exclusive). */
  stream(path: string, range?: { start: number; end: number }): Readable;
  readLink(path: string): Promise<string>;
  /** Names in a folder, sorted by code unit. */
  list(path: string): Promise<string[]>;
  /** Everything below a folder, in sorted order, folders before what is in them; symlinks are not followed. */
  walk(path: string): AsyncIterable<WalkEntry>;
  /** Lower-case hex. `onBytes`, here and in `copy`, hears the size of each chunk; what it throws ends the work. */
  sha256(path: string, onBytes?: (count: number) => void): Promise<string>;
  /** Bytes that the current user can still write on the file system of a path (its nearest existing ancestor). */
  freeBytes(path: string): Promise<number>;
}

export interface WriteOptions {
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

/** Also the time, where a file is put back as it was. */
export interface FileOptions extends WriteOptions {
  readonly modifiedAt?: number;
}

/** Looking at files, and changing them. Every write is on disk (fsync of file and folder) when its promise resolves. */
export interface Files extends ReadFiles {
  /** Writes beside the target and renames over it: a reader sees the old or the new text, never half. Keeps mode and owner of the file it replaces unless told otherwise. */
  write(path: string, content: string | Uint8Array, options?: FileOptions): Promise<void>;
  /** Streams into a temporary file beside the target, then renames over it. Resolves with the bytes written. */
  writeStream(path: string, content: Readable, options?: WriteOptions): Promise<number>;
  /** Renames; refuses to replace anything (`ActionFailure`), and says so when the two are on different file systems. */
  move(from: string, to: string): Promise<void>;
  makeDirectory(path: string, options?: WriteOptions): Promise<void>;
  /** Copies a file, symlink or folder with modes, times and, as root, owners. Refuses an existing target. Into a temporary name first, then renamed. */
  copy(from: string, to: string, onBytes?: (count: number) => void): Promise<void>;
  symlink(target: string, path: string): Promise<void>;
  setMode(path: string, mode: number): Promise<void>;
  setOwner(path: string, uid: number, gid: number): Promise<void>;
  setModified(path: string, milliseconds: number): Promise<void>;
  /** Moves what is at a path into the run's trash under the step's name, so that it can come back; returns where it is now. Works across file systems (copy, then remove), and finishes a half-done move when called again. */
  trash(path: string): Promise<string>;
  /** Where `trash` puts, or has put, a path of this step. */
  trashPath(path: string): string;
  /** Removes for good. Only for what the step itself made (a staging folder, a temporary file). */
  removeOwn(path: string): Promise<void>;
  /** Removes the temporary files that an interrupted `write`, `writeStream` or `copy` to a path left beside it. */
  removeLeftovers(path: string): Promise<void>;
  /** Removes a folder that is empty; false when it is not, or is not there. */
  removeEmptyDirectory(path: string): Promise<boolean>;
  /** Makes a folder to fill with many files fast, and to move to its place when it is whole. The folder above `path` is there; nothing is at `path`. */
  stage(path: string, words: StagingWords): Promise<StagingFolder>;
}
