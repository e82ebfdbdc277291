import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

export type ReadFile =
  | { readonly kind: "file"; readonly text: string; readonly uid: number; readonly at: string }
  | { readonly kind: "absent" }
  /** This user may not come to it. */
  | { readonly kind: "closed" }
  | { readonly kind: "bad"; readonly why: string };

const bad = (why: string): ReadFile => ({ kind: "bad", why });

/**
 * Reads a small file in a folder where any user may put files. Never follows a symlink, waits for a pipe, or reads more
 * than `limit` bytes. `owned` says whose file it may be. `at` is when the system last saw it change (its ctime): the
 * time that a user can't set.
 */
export function readForeign(path: string, limit: number, owned: (uid: number) => boolean): ReadFile {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return { kind: "absent" };
    if (code === "EACCES") return { kind: "closed" };
    if (code === "ELOOP") return bad("it is a symlink");
    return bad(code ?? message);
  }
  try {
    const found = fstatSync(fd);
    if (!found.isFile()) return bad("it is not a file");
    if (!owned(found.uid)) return bad(`it belongs to user id ${found.uid}`);
    // A file that others can write to, linked here by one of them, has its owner and their words.
    if ((found.mode & 0o022) !== 0) return bad("others than its owner may write to it");
    if (found.size > limit) return bad(`it has ${found.size} bytes; more than ${limit} are not read`);
    const bytes = Buffer.alloc(found.size + 1);
    let size = 0;
    for (let read = -1; read !== 0 && size < bytes.length; size += read)
      read = readSync(fd, bytes, size, bytes.length - size, null);
    if (size > found.size) return bad("it grew while it was read");
    return { kind: "file", text: bytes.toString("utf8", 0, size), uid: found.uid, at: found.ctime.toISOString() };
  } catch (error) {
    return bad((error as NodeJS.ErrnoException).code ?? String(error));
  } finally {
    closeSync(fd);
  }
}
