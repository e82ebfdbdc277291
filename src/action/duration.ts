/** What a duration looks like in a runbook: `1h30m`, `90s`, `500ms`. Largest unit first; a bare number is refused, since nobody knows its unit. */
export const durationPattern = "^(?=[0-9])([0-9]{1,6}d)?([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,9}s)?([0-9]{1,9}ms)?$";

const shape = new RegExp(durationPattern);
const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const sizes = [day, hour, minute, second, 1];

/** Milliseconds; undefined for anything that is not a duration. */
export function parseDuration(text: string): number | undefined {
  const parts = shape.exec(text);
  if (parts === null) return undefined;
  return sizes.reduce((sum, size, i) => sum + size * Number.parseInt(parts[i + 1] ?? "0", 10), 0);
}

/** For people: `850 ms`, `4.2 s`, `2 min 10 s`, `1 h 30 min`, `2 d 3 h`. The two largest units, no more. */
export function formatDuration(milliseconds: number): string {
  const ms = Math.max(0, Math.round(milliseconds));
  if (ms < second) return `${ms} ms`;
  if (ms < 9950) return `${Number((ms / second).toFixed(1))} s`;
  const toSeconds = Math.round(ms / second) * second;
  if (toSeconds < minute) return `${toSeconds / second} s`;
  if (toSeconds < hour) return pair(toSeconds, minute, "min", second, "s");
  const toMinutes = Math.round(ms / minute) * minute;
  if (toMinutes < day) return pair(toMinutes, hour, "h", minute, "min");
  return pair(Math.round(ms / hour) * hour, day, "d", hour, "h");
}

function pair(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = (ms % large) / small;
  return `${Math.floor(ms / large)} ${largeName}${rest > 0 ? ` ${rest} ${smallName}` : ""}`;
}
