/** What a file or folder gets when it is made in a staging folder. Times are milliseconds since 1970. */
export interface Attributes {
  /** Permission bits. Set-user-id, set-group-id and sticky are kept only by root. */
  readonly mode: number;
  readonly modifiedAt: number;
  /** Owners are set only by root; without them the current user owns it. */
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
}

/**
 * A new, private folder that a step fills and then moves to its place, so that its place holds all of it or nothing.
 * Paths are relative with `/`, and their folder is there already. Nothing is replaced, and no symlink is followed.
 * Many small writes may run at once; nothing is on disk for certain before `sync`.
 */
export interface StagingFolder {
  /** Makes a folder that the current user can fill; `dress` gives it its attributes. */
  makeDirectory(relative: string): Promise<void>;
  write(relative: string, content: Uint8Array | AsyncIterable<Uint8Array>, attributes: Attributes): Promise<void>;
  symlink(relative: string, target: string, attributes: Attributes): Promise<void>;
  /** A second name for a file of this folder. */
  link(relative: string, existing: string): Promise<void>;
  /** Gives a folder its attributes, after everything in it was made; "" is the staging folder itself. */
  dress(relative: string, attributes: Attributes): Promise<void>;
  /** Puts everything that was made on disk. */
  sync(): Promise<void>;
  /** Syncs, then renames the whole folder to a path where nothing is, or an empty folder. */
  moveTo(path: string): Promise<void>;
}

/** What failures say: they name paths below `target` instead of the staging folder, and how things are left. */
export interface StagingWords {
  readonly target: string;
  readonly left: string;
}
