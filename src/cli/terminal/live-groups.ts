import { formatDuration } from "../../action/duration.ts";
import type { RunState } from "../../event/run-state.ts";
import { pad } from "../../render/layout.ts";
import type { LiveText } from "./live-region.ts";
import type { LiveLook } from "./live-step.ts";

/** A repeated step or group at work. */
export interface LiveGroup {
  readonly title: string;
  readonly depth: number;
  readonly begunAt: number;
  readonly total: number;
  done: number;
  failed: number;
}

const through = ["done", "already-done", "skipped", "done-by-hand", "undone"];

/** How far the instances of a repeated step or group came in earlier turns. */
export function earlierInstances(state: RunState, address: string): Pick<LiveGroup, "done" | "total"> {
  const instances = state.steps.get(address)?.group?.instances ?? [];
  const done = instances.filter(({ key }) => through.includes(state.steps.get(`${address}[${key}]`)?.status ?? ""));
  return { total: instances.length, done: done.length };
}

/** `sites  Restart every site  3 of 12 · 1 failed · 2 min`. */
export function groupText(address: string, group: LiveGroup, { now, paint, idWidth }: LiveLook): LiveText {
  const elapsed = now - group.begunAt;
  const facts = [
    `${group.done} of ${group.total}`,
    ...(group.failed > 0 ? [`${group.failed} failed`] : []),
    ...(elapsed < 1000 ? [] : [formatDuration(Math.floor(elapsed / 1000) * 1000)]),
  ];
  const name = pad("  ".repeat(group.depth) + paint.bold(address), idWidth);
  return { title: [name, group.title, facts.join(" · ")].filter((part) => part !== "").join("  "), below: [] };
}

/** The repeated nodes that an address is below, from the outermost: `a[x]/b[y]/c` → `a`, `a[x]/b`. */
export function repeatedAbove(address: string): string[] {
  return [...address.matchAll(/\[/g)].map(({ index }) => address.slice(0, index));
}
