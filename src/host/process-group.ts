import { setTimeout as sleep } from "node:timers/promises";
import { isDead, processFacts, processIds } from "./proc.ts";

const look = 50;
/** A killed process can linger in the kernel (a dead NFS mount); it is not waited for longer than this. */
const afterKill = 1000;

/** Asks a whole process group to end, and ends it when the grace is over. Resolves when nobody of it is left. */
export async function endGroup(leader: number, graceMs: number): Promise<void> {
  if (!signalGroup(leader, "SIGTERM")) return;
  if (await gone(leader, graceMs)) return;
  signalGroup(leader, "SIGKILL");
  await gone(leader, afterKill);
}

async function gone(leader: number, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs;
  while (groupLives(leader)) {
    const left = until - performance.now();
    if (left <= 0) return false;
    await sleep(Math.min(look, left));
  }
  return true;
}

/** A container's first process often buries no dead: a group of zombies is not waited for. */
function groupLives(leader: number): boolean {
  if (!signalGroup(leader, 0)) return false;
  const ids = processIds();
  if (ids.length === 0) return true;
  return ids.some((pid) => {
    const facts = processFacts(pid);
    return facts !== undefined && facts.group === leader && !isDead(facts);
  });
}

/** False when the group has no member left. */
function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-leader, signal);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
