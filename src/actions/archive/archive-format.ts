import { ActionFailure } from "../../action/failure.ts";
import type { ReadFiles } from "../../action/files.ts";

/** One entry as an archive states it, before it is judged. Times are milliseconds since 1970. */
export interface ArchiveEntry {
  readonly name: string;
  readonly kind: "file" | "directory" | "symlink" | "hardlink" | "device" | "unsupported";
  /** What a device or an unsupported entry is, in words: "a named pipe". */
  readonly what?: string;
  /** Bytes of content; 0 for what is not a file. */
  readonly size: number;
  readonly mode: number;
  readonly modifiedAt: number;
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  /** What a symlink points to, or the name of the entry that a hard link is another name of. */
  readonly target?: string;
  /** Where the format states one for the content. */
  readonly crc32?: number;
}

/** An entry while the archive is read. Content that is not taken before the next member is passed over. */
export interface ArchiveMember {
  readonly entry: ArchiveEntry;
  /** Exactly `entry.size` bytes, checked as far as the format allows. May be called once. */
  content(): AsyncIterable<Buffer>;
}

/** An entry to be written. */
export interface NewMember {
  /** Relative with `/`; "" is the folder that is archived. */
  readonly path: string;
  readonly kind: "file" | "directory" | "symlink";
  readonly size: number;
  readonly mode: number;
  readonly modifiedAt: number;
  readonly uid: number;
  readonly gid: number;
  readonly target?: string;
  content(): AsyncIterable<Buffer>;
}

export interface ArchiveSource {
  readonly path: string;
  readonly files: ReadFiles;
  readonly signal: AbortSignal;
  /** Hears how many bytes of the archive itself were read. */
  onBytes(count: number): void;
}

export interface ArchiveFormat {
  /** Whether it has an entry for the archived folder itself, so that its mode and owner are kept. */
  readonly keepsTop: boolean;
  /** What it keeps of a time in milliseconds since 1970, in whole seconds. */
  seconds(modifiedAt: number): number;
  /** Why a path can't be written in this format; undefined when it can. */
  refuses(path: string): string | undefined;
  /** The members in the order of the archive. Throws ActionFailure `failed` where it is damaged or cut off. */
  read(source: ArchiveSource): AsyncIterable<ArchiveMember>;
  /** The bytes of an archive of these members. */
  write(members: AsyncIterable<NewMember>): AsyncIterable<Buffer>;
}

/** The failure of an archive that can't be read to its end. */
export function damaged(path: string, why: string): ActionFailure {
  return new ActionFailure("failed", `The archive ${path} is damaged: ${why}`);
}
