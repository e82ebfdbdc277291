import { ActionFailure } from "../../action/failure.ts";
import type { ArchiveFormat } from "./archive-format.ts";

/** The format that a file name promises. The package behind it is loaded here and not before. */
export async function archiveFormat(path: string): Promise<ArchiveFormat> {
  const name = path.toLowerCase();
  if (name.endsWith(".tar")) return (await import("./tar-format.ts")).tar;
  if (name.endsWith(".tar.gz") || name.endsWith(".tgz")) return (await import("./tar-format.ts")).tarGz;
  if (name.endsWith(".zip")) return (await import("./zip-format.ts")).zip;
  throw new ActionFailure(
    "wrong-input",
    `The kind of archive is told by the name, and ${path} does not end in .tar, .tar.gz, .tgz or .zip`,
  );
}
