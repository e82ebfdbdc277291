import { printable, printableLines } from "../printable.ts";
import type { Block, Cell, StepBlock } from "./block.ts";
import { reportBlocks } from "./blocks.ts";
import type { Report } from "./model.ts";

/** A report as Markdown, with tables as GitHub draws them. */
export function renderMarkdown(report: Report): string {
  const lines = [
    "<!-- belay-report -->",
    `# ${escapeMarkdown(report.title || report.run)}${report.drill ? " (DRILL)" : ""}`,
    "",
    `**${escapeMarkdown(report.result)}**`,
    "",
    ...reportBlocks(report).flatMap(markdownOf),
  ];
  return `${lines
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trimEnd()}\n`;
}

const marks = /[\\`*_{}[\]()#+!|~^$=]/g;

/** Text from anywhere as Markdown text: no markup, no links, no mentions, no table's borders. */
function escapeMarkdown(text: string): string {
  return printable(text)
    .replace(/&/g, "&amp;")
    .replace(marks, (character) => `\\${character}`)
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/@/g, "&#64;")
    .replace(/:\/\//g, "&#58;//")
    .replace(/\bwww\./gi, (found) => found.replace(".", "&#46;"))
    .replace(
      /^(\s*)([-0-9]+)([.-]?)(?=\s)/,
      (_whole, space, digits, dot) => `${space}${digits}${dot === "" ? "" : `\\${dot}`}`,
    );
}

/** Letters of one width; what could end a code span, a cell or more is text instead. */
function codeSpan(text: string): string {
  const safe = printable(text);
  return safe === "" || /[`|<>&]/.test(safe) ? escapeMarkdown(text) : `\`${safe}\``;
}

function cell({ text, tone, code }: Cell): string {
  if (text === "") return "";
  const safe = code ? codeSpan(text) : escapeMarkdown(text);
  return tone === "alarm" ? `**${safe}**` : safe;
}

function fenced(lines: readonly string[]): string[] {
  const safe = lines.flatMap(printableLines);
  const longest = Math.max(2, ...safe.flatMap((line) => [...line.matchAll(/`+/g)].map(([one]) => one.length)));
  const fence = "`".repeat(longest + 1);
  return [`${fence}text`, ...safe, fence];
}

function markdownOf(block: Block): string[] {
  switch (block.kind) {
    case "heading":
      // The picture is the only thing that Markdown can't have.
      return block.text === "Time line" ? [] : [`## ${escapeMarkdown(block.text)}`, ""];
    case "paragraph":
      return [block.tone === "alarm" ? `**${escapeMarkdown(block.text)}**` : escapeMarkdown(block.text), ""];
    case "facts":
      return [
        "| | |",
        "|---|---|",
        ...block.rows.map(([name, cells]) => `| ${escapeMarkdown(name)} | ${cells.map(cell).join(" · ")} |`),
        "",
      ];
    case "table":
      return [
        `| ${block.head.map(escapeMarkdown).join(" | ")} |`,
        `|${block.head.map(() => "---").join("|")}|`,
        ...block.rows.map((row) => `| ${row.map(cell).join(" | ")} |`),
        "",
      ];
    case "picture":
      return [];
    case "step":
      return step(block);
  }
}

function step(block: StepBlock): string[] {
  const title = block.title === "" ? "" : ` ${escapeMarkdown(block.title)}`;
  const number = block.number === "" ? "" : `${block.number} `;
  return [
    `### ${block.symbol} ${number}${codeSpan(block.id)}${title}: ${escapeMarkdown(block.words)}`,
    "",
    ...block.facts.map(([name, value]) => `- ${escapeMarkdown(name)}: ${escapeMarkdown(value)}`),
    ...block.notes.flatMap(({ time, text, more, tone }) => [
      `- ${escapeMarkdown(time)} ${tone === "alarm" ? `**${escapeMarkdown(text)}**` : escapeMarkdown(text)}`,
      ...more.flatMap(printableLines).map((line) => `  - ${escapeMarkdown(line)}`),
    ]),
    "",
    ...block.texts.flatMap(({ label, lines }) => [`${escapeMarkdown(label)}:`, "", ...fenced(lines), ""]),
  ];
}
