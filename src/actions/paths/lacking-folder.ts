import { dirname } from "node:path";
import type { ReadFiles } from "../../action/files.ts";

/** What a step still lacks that is to make `path`: the folder that it goes into. Empty when that is there. */
export async function lackingFolder(path: string, files: ReadFiles): Promise<{ readonly lacks?: string }> {
  const folder = await files.statTarget(dirname(path));
  return folder?.kind === "directory" ? {} : { lacks: `there is no folder ${dirname(path)}` };
}
