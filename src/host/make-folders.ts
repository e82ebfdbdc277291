import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { hasCode } from "./file-failure.ts";

/**
 * Makes a folder and the missing ones above it; resolves with the first one made, or undefined when all were there.
 * Node's own recursive form never ends where the system answers "no such folder" to every attempt (below /proc, or a
 * dead mount), so each is made by itself. Rejects with the system's error.
 */
export async function makeFolders(path: string, mode?: number): Promise<string | undefined> {
  const missing: string[] = [];
  for (let at = path; !(await isThere(at)); at = dirname(at)) missing.push(at);
  const first = missing.at(-1);
  for (const folder of missing.reverse()) {
    await mkdir(folder, mode === undefined ? {} : { mode }).catch((error: unknown) => {
      // Somebody else may have made it in between.
      if (!hasCode(error, "EEXIST")) throw error;
    });
  }
  if (first === undefined && !(await stat(path)).isDirectory()) {
    throw Object.assign(new Error(`${path} is not a folder`), { code: "EEXIST" });
  }
  return first;
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return false;
    throw error;
  }
}
