import { dirname } from "node:path";
import type { FileStat } from "../../action/files.ts";
import { hasCode } from "../file-failure.ts";
import type { Disk } from "./disk.ts";
import { failing } from "./remote-failure.ts";
import type { Sftp } from "./sftp.ts";
import type { SftpAttributes } from "./sftp-packet.ts";

const kinds = new Map<number, FileStat["kind"]>([
  [0o100000, "file"],
  [0o040000, "directory"],
  [0o120000, "symlink"],
]);

export function kindOf({ mode }: SftpAttributes): FileStat["kind"] {
  return kinds.get(mode & 0o170000) ?? "other";
}

export function toFileStat(of: SftpAttributes, device: number): FileStat {
  return {
    kind: kindOf(of),
    size: of.size,
    mode: of.mode & 0o7777,
    uid: of.uid,
    gid: of.gid,
    modifiedAt: of.mtime * 1000,
    device,
  };
}

/** SFTP has no device numbers: the id of the file system stands for it. 0 where the server does not tell it. */
export async function deviceOf(sftp: Sftp, path: string): Promise<number> {
  return sftp.statvfs(path).then(
    ({ device }) => device,
    () => 0,
  );
}

/** undefined when nothing is there. */
export async function remoteStat(disk: Disk, path: string, how: "lstat" | "stat"): Promise<FileStat | undefined> {
  const sftp = await disk.sftp();
  try {
    const [of, device] = await Promise.all([sftp[how](path), deviceOf(sftp, path)]);
    // A link is on the file system of its folder, wherever it leads.
    return toFileStat(of, kindOf(of) === "symlink" ? await deviceOf(sftp, dirname(path)) : device);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    return failing(disk, { path })(error);
  }
}
