import { dirname } from "node:path";
import { ActionFailure } from "../../action/failure.ts";
import { fileFailure, hasCode } from "../file-failure.ts";
import type { Disk } from "./disk.ts";

export interface About {
  /** What the sentence names; the path that was really used, where it is another, in `real`. */
  readonly path: string;
  readonly real?: string;
  /** How things are left. */
  readonly left?: string | undefined;
  /** The request itself was the change: when its answer is lost, nobody knows. */
  readonly changes?: boolean;
}

/** For `.catch(...)`: throws the error as a sentence about a path there. */
export function failing(disk: Disk, about: About): (error: unknown) => Promise<never> {
  return async (error) => {
    throw await remoteFailure(disk, error, about);
  };
}

/**
 * The error of a remote file operation as a sentence that names the path, the machine and the reason. SFTP has one
 * number for "full", "exists", "read-only" and much else, so what stands there is looked at.
 */
async function remoteFailure(disk: Disk, error: unknown, about: About): Promise<unknown> {
  if (error instanceof ActionFailure || !(error instanceof Error) || !("code" in error)) return error;
  const { left, changes } = about;
  const path = `${about.path} on ${disk.destination}`;
  const end = left === undefined ? "" : `; ${left}`;
  if (hasCode(error, "ECONNLOST")) {
    if (changes) {
      const sentence = `The connection to ${disk.destination} was lost while ${about.path} was changed`;
      return new ActionFailure("in-doubt", `${sentence}; whether that was done is not known`);
    }
    return new ActionFailure("retry", `The connection to ${disk.destination} was lost at ${about.path}${end}`);
  }
  if (hasCode(error, "EACCES")) {
    return new ActionFailure("failed", `Permission denied for ${path} (as user ${disk.user()})${end}`);
  }
  if (hasCode(error, "ENOSYS")) {
    return new ActionFailure("failed", `${path}: ${error.message}, which belay needs for this${end}`);
  }
  if (!hasCode(error, "EFAILURE")) return fileFailure(error, path, left);
  const code = await likelyCode(disk, about.real ?? about.path);
  if (code !== undefined) return fileFailure(Object.assign(new Error(code), { code }), path, left);
  return new ActionFailure("failed", `${path}: the SFTP server reported a failure and no reason${end}`);
}

/** Less room than this is none, for what writes in larger pieces. */
const crumbs = 1 << 18;

async function likelyCode(disk: Disk, path: string): Promise<string | undefined> {
  try {
    const sftp = await disk.sftp();
    const volume = await sftp.statvfs(path).catch(() => sftp.statvfs(dirname(path)));
    if (volume.readOnly) return "EROFS";
    if (volume.availableBytes < crumbs || volume.freeNodes === 0) return "ENOSPC";
    return (await sftp.lstat(path).catch(() => undefined)) === undefined ? undefined : "EEXIST";
  } catch {
    return undefined;
  }
}
