import type { ArchiveFormat } from "./archive-format.ts";
import { coalesce } from "./coalesce.ts";
import { readZip } from "./zip-read.ts";
import { writeZip, zipSeconds } from "./zip-write.ts";

/** Zip. It keeps modes and symlinks, and times to the second; it has no owners, and no entry for the folder itself. */
export const zip: ArchiveFormat = {
  keepsTop: false,
  seconds: zipSeconds,
  refuses: (path) => (path.includes("\\") ? "a zip archive can't hold a name with a backslash" : undefined),
  read: readZip,
  write: (members) => coalesce(writeZip(members)),
};
