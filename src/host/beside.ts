import { basename, dirname, join } from "node:path";
import { temporaryName } from "../action/temporary-name.ts";

/** The path of a temporary name in the same folder, so that a rename into place is one step. */
export function beside(path: string, purpose: string): string {
  return join(dirname(path), temporaryName(basename(path), purpose));
}
