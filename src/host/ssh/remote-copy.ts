import { dirname, join, sep } from "node:path";
import { ActionFailure } from "../../action/failure.ts";
import type { ReadFiles } from "../../action/files.ts";
import { lastLines } from "../../action/last-lines.ts";
import { beside } from "../beside.ts";
import type { Disk } from "./disk.ts";
import { failing } from "./remote-failure.ts";
import { remoteRemove } from "./remote-remove.ts";
import { noneWhenMissing } from "./remote-replace-file.ts";
import { remoteSync, remoteSyncAll } from "./remote-sync.ts";
import { whileRunning } from "./while-running.ts";

/** What copying takes: the other machine, and a way to look at its files. */
interface RemoteCopying {
  readonly disk: Disk;
  readonly files: ReadFiles;
  /** How things are left when it fails. */
  readonly left: string;
  readonly onBytes?: ((count: number) => void) | undefined;
}

/**
 * Copies over there, with `cp -a`, under a temporary name beside the target, puts it on disk and renames: what stands
 * at `to` is a whole copy or nothing. What an interrupted copy left is cleared by the next.
 */
export async function remoteCopy(from: string, to: string, copying: RemoteCopying): Promise<void> {
  const { disk, left, files } = copying;
  await refuseRemoteOccupied(disk, to, left);
  const bytes = await measure(from, to, copying);
  const staged = beside(to, "copy");
  try {
    await remoteRemove(disk, staged);
    await copyThere(from, staged, to, copying);
    const made = [staged];
    if ((await files.stat(staged))?.kind === "directory") {
      for await (const entry of files.walk(staged)) made.push(entry.path);
    }
    await remoteSyncAll(disk, made);
    if (bytes > 0) copying.onBytes?.(bytes);
    await refuseRemoteOccupied(disk, to, left); // something may have come there while the copy ran
    const sftp = await disk.sftp();
    await sftp.rename(staged, to).catch(failing(disk, { path: to, left, changes: true }));
  } catch (error) {
    await remoteRemove(disk, staged).catch(() => undefined);
    throw error;
  }
  await remoteSync(disk, dirname(to));
}

/** The bytes of all files; refuses what can't be copied. */
async function measure(from: string, to: string, { disk, files, left }: RemoteCopying): Promise<number> {
  const found = await files.stat(from);
  if (found === undefined) {
    throw new ActionFailure("wrong-input", `There is no ${from} on ${disk.destination}; ${left}`);
  }
  const all = [{ path: from, stat: found }];
  if (found.kind === "directory") {
    await refuseInside(disk, from, to, left);
    for await (const entry of files.walk(from)) all.push(entry);
  }
  const odd = all.find(({ stat }) => stat.kind === "other");
  if (odd) {
    const sentence = `${odd.path} on ${disk.destination} is a device, pipe or socket, and can't be copied; ${left}`;
    throw new ActionFailure("wrong-input", sentence);
  }
  return all.reduce((sum, { stat }) => sum + (stat.kind === "file" ? stat.size : 0), 0);
}

async function copyThere(from: string, staged: string, to: string, copying: RemoteCopying): Promise<void> {
  const { disk, left } = copying;
  const result = await whileRunning(disk, ["cp", "-a", "--", from, staged], copying.onBytes);
  if (result?.exitCode === 0) return;
  if (result === undefined) throw new ActionFailure("failed", `There is no cp on ${disk.destination}; ${left}`);
  if (/No space left on device/.test(result.stderr)) {
    throw new ActionFailure("failed", `The disk that holds ${to} on ${disk.destination} is full; ${left}`);
  }
  throw new ActionFailure("failed", `${from} can't be copied to ${to} on ${disk.destination}; ${left}`, [
    ...lastLines(result.stderr, 3),
  ]);
}

export async function refuseRemoteOccupied(disk: Disk, to: string, left: string): Promise<void> {
  const sftp = await disk.sftp();
  const look = (path: string) => sftp.lstat(path).catch(noneWhenMissing).catch(failing(disk, { path, left }));
  if (await look(to)) {
    throw new ActionFailure(
      "wrong-input",
      `${to} exists already on ${disk.destination}, and nothing is overwritten; ${left}`,
    );
  }
  if (await look(dirname(to))) return;
  throw new ActionFailure("wrong-input", `The folder ${dirname(to)} does not exist on ${disk.destination}; ${left}`);
}

/** A copy of a folder into itself would never end. */
async function refuseInside(disk: Disk, from: string, to: string, left: string): Promise<void> {
  const sftp = await disk.sftp();
  const outer = join(await sftp.realpath(from).catch(failing(disk, { path: from, left })), sep);
  const inner = join(await sftp.realpath(dirname(to)).catch(failing(disk, { path: to, left })), sep);
  if (!inner.startsWith(outer)) return;
  throw new ActionFailure("wrong-input", `${to} is inside ${from}; a folder can't be copied into itself; ${left}`);
}
