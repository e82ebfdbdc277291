// What a home of the demonstration holds, byte for byte, to compare it with later.
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join, relative } from "node:path";

// Written by a server whenever it starts: they are of the process that runs now.
const ofTheServer =
  /^(wso2carbon\.pid|starts\.log|repository\/logs\/wso2carbon\.log|repository\/database\/.*\.lock\.db)$/;

/** Every file and symlink by its path: content, mode and time, or where it points. */
export function stateOf(home) {
  const found = new Map();
  for (const entry of readdirSync(home, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(home, path);
    if (entry.isDirectory() || ofTheServer.test(name)) continue;
    const { mode, mtimeMs } = lstatSync(path);
    const content = entry.isSymbolicLink() ? readlinkSync(path) : readFileSync(path);
    found.set(name, `${mode} ${mtimeMs} ${createHash("sha256").update(content).digest("hex")}`);
  }
  return found;
}

/** The paths at which two states differ. */
export function changedIn(before, after) {
  return [...new Set([...before.keys(), ...after.keys()])].filter((name) => before.get(name) !== after.get(name));
}
