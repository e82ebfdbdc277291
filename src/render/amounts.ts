import { formatDuration } from "../action/duration.ts";
import type { EventOf } from "../event/event.ts";

const sizes = [
  [1e12, "TB"],
  [1e9, "GB"],
  [1e6, "MB"],
  [1e3, "kB"],
] as const;

/** `812 B`, `4.2 MB`, `12 GB`: powers of ten, as disks are sold. */
export function formatBytes(bytes: number): string {
  for (const [size, name] of sizes)
    if (bytes >= size) return `${bytes / size >= 10 ? Math.round(bytes / size) : (bytes / size).toFixed(1)} ${name}`;
  return `${Math.round(bytes)} B`;
}

/** Where a step's work was when its progress was first heard of. */
export interface ProgressStart {
  readonly at: number;
  readonly done: number;
}

/** `42 % · 1.2 GB of 2.9 GB · 88 MB/s · 20 s left`. Rates only once there is enough to tell. */
export function progressWords(
  event: Pick<EventOf<"progress">, "done" | "total" | "unit">,
  start?: ProgressStart,
  now = 0,
): string {
  const { done, total, unit } = event;
  const amount = (value: number) => (unit === "bytes" ? formatBytes(value) : `${value} ${unit}`);
  const parts: string[] = [];
  if (total !== undefined && total > 0)
    parts.push(`${percent(done, total)} %`, `${unit === "bytes" ? amount(done) : done} of ${amount(total)}`);
  else parts.push(amount(done));
  const seconds = start ? (now - start.at) / 1000 : 0;
  if (start && seconds >= 2 && done > start.done) {
    const rate = (done - start.done) / seconds;
    if (unit === "bytes") parts.push(`${formatBytes(rate)}/s`);
    if (total !== undefined && total > done)
      parts.push(`${formatDuration(Math.max(1, Math.round((total - done) / rate)) * 1000)} left`);
  }
  return parts.join(" · ");
}

/** Never 100 before it is all there. */
export function percent(done: number, total: number): number {
  if (total <= 0 || done >= total) return 100;
  return Math.min(99, Math.max(0, Math.floor((done / total) * 100)));
}

/** `████░░░░`, of so many columns. */
export function bar(done: number, total: number, width: number): string {
  const full = Math.floor((percent(done, total) / 100) * width);
  return "█".repeat(full) + "░".repeat(width - full);
}

/** How a step's time stands to what its author expects: "" where nothing was said, or it is as expected. */
export function againstExpected(elapsedMs: number, expectedMs: number | undefined, running: boolean): string {
  if (expectedMs === undefined || expectedMs <= 0) return "";
  const ratio = elapsedMs / expectedMs;
  const expected = `(about ${formatDuration(expectedMs)})`;
  if (ratio < 1.3) return running ? `still normal ${expected}` : "";
  if (ratio < 2) return `longer than expected ${expected}`;
  if (ratio < 3) return `twice as long as expected ${expected}`;
  return `${Math.floor(ratio)} times as long as expected ${expected}`;
}
