import type { Block, Cell, StepBlock } from "./block.ts";
import { reportBlocks } from "./blocks.ts";
import { escapeHtml, escapeLines } from "./escape-html.ts";
import { htmlStyle } from "./html-style.ts";
import type { Report } from "./model.ts";
import { reportClock } from "./report-time.ts";
import { timelineOf } from "./timeline.ts";
import { timelineSvg } from "./timeline-svg.ts";

/** A report as one HTML file that needs nothing else: no network, no script. Well-formed as XML, after its first line. */
export function renderHtml(report: Report): string {
  const title = `${report.title || report.run}: run ${report.run}`;
  const lines = [
    "<!DOCTYPE html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8"/>',
    '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
    '<meta name="generator" content="belay-report"/>',
    // Also where something slipped through: the page may load and run nothing.
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>`,
    `<title>${escapeHtml(title)}</title>`,
    `<style>${htmlStyle}</style>`,
    "</head>",
    "<body>",
    `<h1>${escapeHtml(report.title || "A run without a title")}${report.drill ? '<span class="badge">DRILL</span>' : ""}</h1>`,
    `<p class="result ${report.tone}">${escapeHtml(report.result)}</p>`,
    ...reportBlocks(report).map((block) => htmlOf(block, report)),
    "</body>",
    "</html>",
    "",
  ];
  return lines.join("\n");
}

function htmlOf(block: Block, report: Report): string {
  switch (block.kind) {
    case "heading":
      return `<h2>${escapeHtml(block.text)}</h2>`;
    case "paragraph":
      return `<p${block.tone === undefined || block.tone === "plain" ? "" : ` class="${block.tone}"`}>${escapeHtml(block.text)}</p>`;
    case "facts":
      return `<dl>${block.rows.map(([name, cells]) => `<dt>${escapeHtml(name)}</dt><dd>${cells.map(span).join("")}</dd>`).join("\n")}</dl>`;
    case "table":
      return table(block);
    case "picture":
      return picture(report);
    case "step":
      return step(block);
  }
}

const classOf = ({ tone, code }: Cell) => {
  const names = [...(tone === undefined || tone === "plain" ? [] : [tone]), ...(code ? ["code"] : [])];
  return names.length === 0 ? "" : ` class="${names.join(" ")}"`;
};

const span = (cell: Cell) => `<span${classOf(cell)}>${escapeHtml(cell.text)}</span>`;

function table({ head, rows }: Extract<Block, { kind: "table" }>): string {
  return [
    "<table><thead><tr>",
    ...head.map((one) => `<th>${escapeHtml(one)}</th>`),
    "</tr></thead><tbody>",
    ...rows.map(
      (row) =>
        `<tr>${row.map((cell, at) => `<td${classOf(cell)} data-head="${escapeHtml(head[at] ?? "")}">${escapeHtml(cell.text)}</td>`).join("")}</tr>`,
    ),
    "</tbody></table>",
  ].join("\n");
}

function picture(report: Report): string {
  const clock = reportClock(report.startedAt, report.zone);
  const timeline = timelineOf(report);
  if (timeline.turns.length === 0) return '<p class="quiet">Nothing is recorded.</p>';
  const draw = (width: number, narrow: boolean) => timelineSvg(timeline, { width, narrow, time: clock.short });
  const kinds = [
    ["done", "done"],
    ["quiet", "found done, or a group"],
    ["alarm", "failed, or a deadline that is over"],
    ["doubt", "in doubt"],
    ["hand", "done by hand"],
    ["pause", "nobody worked on it"],
  ];
  const legend = kinds.map(([color, words]) => `<i style="background: var(--${color})"></i>${words}`).join("");
  return [
    draw(1180, false),
    draw(380, true),
    `<p class="legend">${legend} · ☛ a person agreed · ◆ approved · ? in doubt · ↻ decided · a red line is a deadline's end</p>`,
    ...(timeline.hidden > 0 ? [`<p class="quiet">${timeline.hidden} more rows are not drawn.</p>`] : []),
  ].join("\n");
}

function step(block: StepBlock): string {
  const depth = Math.min(3, block.depth);
  const facts = block.facts.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`);
  return [
    `<section class="step ${block.tone}${depth > 0 ? ` d${depth}` : ""}">`,
    `<header><span class="${block.tone}">${escapeHtml(block.symbol)}</span>`,
    ...(block.number === "" ? [] : [`<span class="quiet">${escapeHtml(block.number)}</span>`]),
    `<span class="id code">${escapeHtml(block.id)}</span><span>${escapeHtml(block.title)}</span>`,
    `<span class="words ${block.tone}">${escapeHtml(block.words)}</span></header>`,
    ...(facts.length > 0 ? [`<dl>${facts.join("")}</dl>`] : []),
    ...(block.notes.length > 0 ? [`<ul class="notes">${block.notes.map(note).join("\n")}</ul>`] : []),
    ...block.texts.map(
      ({ label, lines }) =>
        `<div class="text"><span>${escapeHtml(label)}</span><pre>${lines.map(escapeLines).join("\n")}</pre></div>`,
    ),
    "</section>",
  ].join("\n");
}

function note({ time, text, more, tone }: StepBlock["notes"][number]): string {
  const names = [...(time.length > 8 ? ["dated"] : []), ...(tone === "plain" ? [] : [tone])];
  const below = more.map((line) => `<span class="more">${escapeLines(line)}</span>`).join("");
  return `<li${names.length > 0 ? ` class="${names.join(" ")}"` : ""}><time>${escapeHtml(time)}</time>${escapeHtml(text)}${below}</li>`;
}
