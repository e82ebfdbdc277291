import type { RunState } from "../event/run-state.ts";
import { type Standing, standingOf } from "../execute/standing.ts";
import type { KeyChange, NodeDifference, RunbookDifference } from "../runbook/difference.ts";
import type { PlacedNode } from "../runbook/placed-nodes.ts";
import type { Json } from "../schema/json.ts";
import { fit } from "./layout.ts";
import { printable, printableLines } from "./printable.ts";
import { style } from "./style.ts";
import { inline } from "./written-value.ts";

const longestValue = 60;
const mostLines = 12;

/** What another text of a run's runbook changes, step by step, and how far the run has come with each step. */
export function differenceLines(
  { head, nodes }: RunbookDifference,
  state: RunState,
  options: { readonly color: boolean },
): string[] {
  const paint = style(options.color);
  return [
    ...nodes.flatMap((one) => {
      const placed = one.kind === "removed" ? one.from : one.to;
      const standing = one.kind === "added" ? "untouched" : standingOf(state, one.from);
      const words = standing === "untouched" ? "" : `  (${standingWords[standing]})`;
      const title = printable(placed.node.plainTitle);
      const lead = `  ${verbOf(one)} ${paint.bold(placed.address)}`;
      const named = title === placed.node.id ? lead : `${lead}  ${title}`;
      return [`${named}${standing === "over" ? paint.yellow(words) : words}`, ...keyLines(one)];
    }),
    ...head.flatMap((one) => keyLine("  ", `${one.include === undefined ? "" : `${one.include}: `}${one.key}`, one)),
  ];
}

const standingWords: { readonly [S in Exclude<Standing, "untouched">]: string } = {
  begun: "it runs again",
  "in-doubt": "in doubt",
  over: "it is over",
};

/** The same as sentences, one a change, for the record. */
export function differenceSentences({ head, nodes }: RunbookDifference): string[] {
  return [
    ...nodes.flatMap((one) => {
      if (one.kind === "added") return [`${one.to.address} added`];
      if (one.kind === "removed") return [`${one.from.address} removed`];
      const moved = one.moved ? [`${one.to.address} moved${whereTo(one.to, one.moved)}`] : [];
      return [...moved, ...one.keys.map((key) => `${one.to.address}: ${key.key} ${arrow(key)}`)];
    }),
    ...head.map((one) => `${one.include === undefined ? "" : `${one.include}: `}${one.key} ${arrow(one)}`),
  ];
}

function verbOf(difference: NodeDifference): string {
  if (difference.kind !== "changed") return difference.kind;
  if (difference.keys.length > 0) return "changed";
  return "moved  ";
}

function keyLines(difference: NodeDifference): string[] {
  if (difference.kind !== "changed") return [];
  const { keys, moved, to } = difference;
  return [
    ...(moved ? [`      stands elsewhere${whereTo(to, moved)}`] : []),
    ...keys.flatMap((key) => keyLine("      ", key.key, key)),
  ];
}

function whereTo({ parent, section }: PlacedNode, moved: "within" | "elsewhere"): string {
  if (moved === "within") return "";
  return parent ? ` (in ${parent.address})` : ` (in ${section})`;
}

function keyLine(lead: string, name: string, change: KeyChange): string[] {
  const texts = [change.from, change.to];
  if (texts.every((one) => typeof one === "string" && one.includes("\n")))
    return [`${lead}${name}`, ...textLines(String(change.from), String(change.to)).map((line) => `${lead}  ${line}`)];
  return [`${lead}${name}  ${arrow(change)}`];
}

function arrow({ from, to }: KeyChange): string {
  if (from === undefined) return `${short(to)} (new)`;
  if (to === undefined) return `${short(from)} (gone)`;
  return `${short(from)} → ${short(to)}`;
}

const short = (value: Json | undefined) => fit(inline(value ?? null), longestValue);

/** The lines of a text that differ, between what both begin and end with. */
function textLines(from: string, to: string): string[] {
  const old = printableLines(from);
  const now = printableLines(to);
  let start = 0;
  while (start < Math.min(old.length, now.length) && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < Math.min(old.length, now.length) - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const lines = [
    ...old.slice(start, old.length - end).map((line) => `- ${line}`),
    ...now.slice(start, now.length - end).map((line) => `+ ${line}`),
  ];
  return lines.length > mostLines ? [...lines.slice(0, mostLines), `… and ${lines.length - mostLines} lines`] : lines;
}
