import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rmdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file system of its own of 1 MiB at `path`. */
export async function smallDisk(path: string): Promise<{ unmount(): void }> {
  await mkdir(path, { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", path], { stdio: "ignore" });
  return { unmount: () => void execFileSync("umount", ["-l", path], { stdio: "ignore" }) };
}

/** Whether this user may mount one (root, outside most containers); tests that need it are skipped otherwise. */
export async function canMount(): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), "belay-mount-"));
  try {
    (await smallDisk(folder)).unmount();
    return true;
  } catch {
    return false;
  } finally {
    await rmdir(folder);
  }
}
