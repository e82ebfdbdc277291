import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join, relative } from "node:path";

// Written by a server that is started, whoever starts it: they are of the process that runs now, not of what it serves.
const ofTheServer = new Set([
  "wso2carbon.pid", // its number
  "starts.log", // how often the stand-in was started, by its own count
  "repository/database/WSO2CARBON_DB.lock.db", // there while it runs, with its number
  "repository/logs/wso2carbon.log", // the next start is written below the last one
]);

/** Everything in a home, byte for byte: content, mode and time of files, modes of folders, targets of symlinks. */
export function exactTreeOf(home: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const entry of readdirSync(home, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(home, path);
    if (ofTheServer.has(name)) continue;
    const { mode, mtimeMs } = lstatSync(path);
    const what = entry.isSymbolicLink()
      ? `→ ${readlinkSync(path)}`
      : entry.isFile()
        ? `${createHash("sha256").update(readFileSync(path)).digest("hex")} ${mtimeMs}`
        : "folder"; // its time tells of renames in it
    found.set(name, `${(mode & 0o7777).toString(8)} ${what}`);
  }
  return found;
}
