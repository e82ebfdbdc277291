import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A socket's path has room for about 108 bytes, and ssh adds 17 while it makes one. */
const longest = 88;
/** ssh expands % and splits at spaces. */
const harmless = /^[A-Za-z0-9/._+@,:=-]+$/;

/** A new path for the socket of one connection, and the folder that was made for it, where `folder` will not do. */
export function controlPath(folder: string, destination: string): { path: string; made?: string } {
  const name = createHash("sha256").update(destination).update(randomBytes(16)).digest("hex").slice(0, 12);
  const path = join(folder, name);
  if (Buffer.byteLength(path) <= longest && harmless.test(path)) return { path };
  const made = mkdtempSync(join(tmpdir(), "belay-"));
  return { path: join(made, name), made };
}
