/** A stretch of the time line: a turn at work, or the pause before the next one. */
export interface AxisPart {
  readonly from: number;
  readonly to: number;
  readonly x: number;
  readonly width: number;
  readonly work: boolean;
  /** A long pause that is drawn shorter than it was. */
  readonly cut: boolean;
}

export interface TimeAxis {
  readonly parts: readonly AxisPart[];
  x(time: number): number;
  readonly ticks: readonly { readonly time: number; readonly x: number }[];
}

const cutWidth = 56;
const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400, 604_800];

/**
 * Places times between two columns. Pauses can last the night and work a minute: a pause that would leave no room for
 * the work is cut.
 */
export function timeAxis(
  turns: readonly { readonly from: number; readonly to: number }[],
  left: number,
  right: number,
  tickRoom: number,
): TimeAxis {
  const spans = spansOf(turns);
  const worked = spans.reduce((sum, { from, to, work }) => sum + (work ? to - from : 0), 0) || 1;
  const width = Math.max(1, right - left);
  const long = spans.filter(({ from, to, work }) => !work && to - from > worked * 0.2);
  const forOne = long.length === 0 ? 0 : Math.min(cutWidth, (width * 0.35) / long.length);
  const shared = spans.reduce((sum, one) => sum + (long.includes(one) ? 0 : one.to - one.from), 0) || 1;
  const room = width - forOne * long.length;
  let x = left;
  const parts = spans.map((span): AxisPart => {
    const cut = long.includes(span);
    const own = cut ? forOne : ((span.to - span.from) / shared) * room;
    const part = { ...span, x, width: own, cut };
    x += own;
    return part;
  });
  const place = (time: number): number => {
    const part = parts.find(({ to }) => time <= to) ?? parts.at(-1);
    if (!part) return left;
    const share = part.to === part.from ? 0 : (time - part.from) / (part.to - part.from);
    return part.x + Math.min(1, Math.max(0, share)) * part.width;
  };
  return { parts, x: place, ticks: ticksOf(parts, place, shared / Math.max(1, room), tickRoom) };
}

function spansOf(turns: readonly { readonly from: number; readonly to: number }[]) {
  const spans: { from: number; to: number; work: boolean }[] = [];
  for (const { from, to } of turns) {
    const last = spans.at(-1)?.to;
    if (last !== undefined && from > last) spans.push({ from: last, to: from, work: false });
    spans.push({ from: Math.max(from, last ?? from), to: Math.max(to, last ?? to), work: true });
  }
  return spans;
}

/** Round times, as far apart as their labels need. */
function ticksOf(
  parts: readonly AxisPart[],
  place: (time: number) => number,
  msOfColumn: number,
  room: number,
): TimeAxis["ticks"] {
  const step = (steps.find((one) => (one * 1000) / msOfColumn >= room) ?? 604_800 * 4) * 1000;
  const ticks: { time: number; x: number }[] = [];
  let free = Number.NEGATIVE_INFINITY;
  for (const { from, to, cut } of parts) {
    if (cut) continue;
    for (let time = Math.ceil(from / step) * step; time <= to && ticks.length < 60; time += step) {
      const x = place(time);
      if (x < free) continue;
      ticks.push({ time, x });
      free = x + room;
    }
  }
  // Less than a round time long: its beginning is better than nothing.
  const [first] = parts;
  if (ticks.length === 0 && first) ticks.push({ time: first.from, x: first.x });
  return ticks;
}
