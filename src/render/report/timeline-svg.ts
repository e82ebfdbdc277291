import { formatDuration } from "../../action/duration.ts";
import { displayWidth, fit } from "../layout.ts";
import { escapeHtml } from "./escape-html.ts";
import { type TimeAxis, timeAxis } from "./time-axis.ts";
import type { Timeline, TimelineRow } from "./timeline.ts";

export interface PictureOptions {
  /** Of the picture, in its own units. */
  readonly width: number;
  /** Labels stand above their bars instead of beside them. */
  readonly narrow: boolean;
  /** `03:02:11`. */
  time(iso: string): string;
}

const letter = 6.3;
const headHeight = 46;
const round = (value: number) => Math.round(value * 10) / 10;
const glyph = { agreed: "☛", approved: "◆", doubt: "?", decided: "↻", limit: "", instant: "✔", skipped: "⊘" } as const;

/** The time line as one SVG picture: turns as bands, steps as bars, what was agreed and doubted as marks. */
export function timelineSvg(timeline: Timeline, options: PictureOptions): string {
  const { width, narrow } = options;
  const labels = narrow ? 0 : Math.min(260, 24 + letter * Math.max(10, ...timeline.rows.map(labelWidth)));
  const rowHeight = narrow ? 30 : 19;
  const axis = timeAxis(timeline.turns, labels + 4, width - 6, narrow ? 58 : 66);
  const bottom = headHeight + timeline.rows.length * rowHeight;
  const label = `Time line of the run: ${timeline.turns.length} turns, ${timeline.rows.length} rows`;
  const lines = [
    `<svg class="picture ${narrow ? "narrow" : "wide"}" viewBox="0 0 ${width} ${bottom + 8}" role="img" aria-label="${escapeHtml(label)}">`,
    ...pauses(axis, bottom),
    ...ticks(axis, bottom, options),
    ...turns(timeline, axis),
    ...rails(timeline.rows, labels, rowHeight, narrow),
    ...timeline.rows.flatMap((row, index) =>
      drawRow(row, { axis, top: headHeight + index * rowHeight, labels, narrow, width }),
    ),
    "</svg>",
  ];
  return lines.join("\n");
}

const labelWidth = ({ label, depth }: TimelineRow) => displayWidth(label) + depth * 1.5;

function text(x: number, y: number, words: string, kind: string, anchor = ""): string {
  return `<text x="${round(x)}" y="${round(y)}" class="${kind}"${anchor === "" ? "" : ` text-anchor="${anchor}"`}>${escapeHtml(words)}</text>`;
}

function pauses(axis: TimeAxis, bottom: number): string[] {
  return axis.parts
    .filter(({ work }) => !work)
    .flatMap(({ x, width, from, to }) => {
      const words = `‖ ${formatDuration(to - from)}`;
      const fits = displayWidth(words) * letter < width - 2;
      return [
        `<rect x="${round(x)}" y="20" width="${round(Math.max(1, width))}" height="${bottom - 20}" class="pause"><title>${escapeHtml(`paused for ${formatDuration(to - from)}`)}</title></rect>`,
        ...(fits ? [text(x + width / 2, 33, words, "small", "middle")] : []),
      ];
    });
}

function ticks(axis: TimeAxis, bottom: number, options: PictureOptions): string[] {
  let free = Number.NEGATIVE_INFINITY;
  return axis.ticks.flatMap(({ time, x }) => {
    const words = options.time(new Date(time).toISOString());
    // The last label would leave the picture.
    const anchor = x + words.length * letter > options.width ? "end" : "";
    const from = anchor === "end" ? x - 2 - words.length * letter : x;
    if (from < free) return [];
    free = from + words.length * letter;
    return [
      `<line x1="${round(x)}" y1="16" x2="${round(x)}" y2="${bottom}" class="tick"/>`,
      text(anchor === "end" ? x - 2 : x + 2, 11, words, "small", anchor),
    ];
  });
}

function turns({ turns }: Timeline, axis: TimeAxis): string[] {
  return turns.flatMap(({ from, to, label }, index) => {
    const x = axis.x(from);
    const width = Math.max(3, axis.x(to) - x);
    const room = Math.floor((width - 8) / letter);
    const words = displayWidth(label) <= room ? label : room >= 2 ? fit(`${index + 1}`, room) : "";
    return [
      `<rect x="${round(x)}" y="20" width="${round(width)}" height="18" rx="3" class="turn"><title>${escapeHtml(label)}</title></rect>`,
      ...(words === "" ? [] : [text(x + 5, 33, words, "in-turn")]),
    ];
  });
}

/** What runs at the same time stands behind one rail. */
function rails(rows: readonly TimelineRow[], labels: number, height: number, narrow: boolean): string[] {
  const found: string[] = [];
  for (let from = 0; from < rows.length; ) {
    const branch = rows[from]?.branchOf;
    let to = from + 1;
    while (branch !== undefined && to < rows.length && rows[to]?.branchOf === branch) to += 1;
    if (branch !== undefined)
      found.push(
        `<rect x="${round(narrow ? 0 : labels - 3)}" y="${headHeight + from * height + 2}" width="3" height="${(to - from) * height - 4}" class="rail"><title>${escapeHtml(`branches of ${branch}`)}</title></rect>`,
      );
    from = to;
  }
  return found;
}

interface Ground {
  readonly axis: TimeAxis;
  readonly top: number;
  readonly labels: number;
  readonly narrow: boolean;
  readonly width: number;
}

function drawRow(row: TimelineRow, { axis, top, labels, narrow, width }: Ground): string[] {
  const indent = 4 + Math.min(row.depth, 6) * 9;
  const room = Math.floor(((narrow ? width : labels) - indent - 8) / letter);
  const barTop = narrow ? top + 14 : top + 4;
  const thin = row.kind === "group" || row.kind === "deadline";
  const drawn = [
    `<g><title>${escapeHtml(row.about)}</title>`,
    text(indent, narrow ? top + 11 : top + 14, fit(row.label, room), row.kind === "step" ? "label" : "label quiet"),
  ];
  for (const { from, to, state } of row.bars) {
    const x = axis.x(from);
    const long = Math.max(2, axis.x(to) - x);
    drawn.push(
      `<rect x="${round(x)}" y="${barTop + (thin ? 3 : 0)}" width="${round(long)}" height="${thin ? 5 : 11}" rx="2" class="bar ${state}"/>`,
    );
  }
  let free = Number.NEGATIVE_INFINITY;
  for (const { at, mark } of [...row.marks].sort((a, b) => a.at - b.at)) {
    const last = axis.parts.at(-1);
    const x = axis.x(at);
    if (mark === "limit") {
      if (last && at <= last.to)
        drawn.push(`<line x1="${round(x)}" y1="${barTop - 2}" x2="${round(x)}" y2="${barTop + 13}" class="limit"/>`);
      continue;
    }
    // One mark hides another rather than being printed over it; the steps below tell of all.
    if (x < free) continue;
    free = x + 10;
    drawn.push(text(Math.min(width - 6, Math.max(6, x)), barTop + 10, glyph[mark], `mark ${mark}`, "middle"));
  }
  drawn.push("</g>");
  return drawn;
}
