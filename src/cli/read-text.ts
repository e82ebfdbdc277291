import { readFileSync, statSync } from "node:fs";

/** More than this is no runbook; it is not even read. */
const largest = 16 * 1024 * 1024;

/** The text of a runbook's file, or a sentence on why there is none. Devices and pipes are not opened. */
export function readText(path: string): { readonly text: string } | { readonly problem: string } {
  try {
    const stat = statSync(path);
    if (!stat.isFile())
      return { problem: stat.isDirectory() ? "it is a folder" : "it is a device, pipe or socket, not a file" };
    if (stat.size > largest)
      return { problem: `the file has ${Math.round(stat.size / 1e6)} MB; a runbook has at most 1 MB` };
    return { text: readFileSync(path, "utf8") };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === "ENOENT" || code === "ENOTDIR"
        ? "there is no such file"
        : code === "EACCES"
          ? "it may not be read"
          : code === "EISDIR"
            ? "it is a folder"
            : String(code);
    return { problem: `it can't be read: ${why}` };
  }
}
