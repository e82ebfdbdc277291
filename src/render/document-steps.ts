import { formatDuration } from "../action/duration.ts";
import { effectOf } from "../runbook/effect.ts";
import { type Include, type Node, type Section, type Step, sections } from "../runbook/runbook.ts";
import { stepWays } from "./document-ways.ts";
import { displayWidth, hang } from "./layout.ts";
import { printable } from "./printable.ts";
import { prose } from "./prose.ts";
import type { Style } from "./style.ts";
import { inline, valueLines, writtenOf } from "./written-value.ts";

/** Where blocks stand on the paper. */
export interface Place {
  /** The number of the first one; none for what is looked at before. */
  readonly from: number | undefined;
  /** What the numbers begin with: empty, or such as `4.`. */
  readonly lead: string;
  readonly depth: number;
  readonly paint: Style;
  readonly width: number;
}

const inset = 6;
const perDepth = 4;

/** Steps and groups, each below the one before; what a group holds is set in below it. */
export function nodeBlocks(nodes: readonly Node[], place: Place): string[] {
  return nodes.flatMap((node, index) => {
    const number = place.from === undefined ? undefined : `${place.lead}${place.from + index}`;
    return ["", ...nodeBlock(node, number, place)];
  });
}

function nodeBlock(node: Node, number: string | undefined, place: Place): string[] {
  const { depth, paint, width } = place;
  const margin = " ".repeat(depth * perDepth);
  const text = " ".repeat(depth * perDepth + inset);
  const say = (name: string, words: string) => hang(`${text}${name}: `, printable(words), width);
  const lead = `${margin}${number === undefined ? "   ·  " : `${number.padStart(3)}.  `}`;
  const title = node.plainTitle === node.id ? inline(writtenOf(node.title)) : printable(node.plainTitle);
  const lines = hang(lead, title, width - displayWidth(node.id) - 4).map(paint.bold);
  lines[0] = `${lines[0]}  ${paint.dim(`(${node.id})`)}`;
  if (node.notes) lines.push(...prose(node.notes, displayWidth(text), width));
  if (node.forEach) lines.push(...repeated(node.forEach, say));
  if (node.when) lines.push(...say("only when", node.when.text));
  if (node.kind === "step") lines.push(...stepLines(node, text, say, place));
  else {
    if (node.kind === "group") lines.push(...hang(text, order(node.parallel, node.atOnce, node.steps.length), width));
    else lines.push(...includeLines(node, text, say, width));
    if (node.expectedDurationMs !== undefined)
      lines.push(...say("takes", `about ${formatDuration(node.expectedDurationMs)}`));
    if (node.onFailure === "undo") lines.push(...say("if a step fails", "the whole run is undone"));
    const inner = { ...place, depth: depth + 1, lead: number === undefined ? "" : `${number}.` };
    lines.push(
      ...(node.kind === "group" ? nodeBlocks(node.steps, { ...inner, from: 1 }) : includedBlocks(node, inner)),
    );
  }
  return lines;
}

function order(parallel: boolean, atOnce: number, many: number): string {
  if (!parallel) return "These steps, one after the other:";
  return atOnce < many ? `These steps at the same time, at most ${atOnce} of them:` : "These steps at the same time:";
}

function repeated(
  { list, key, concurrency, maxFailures }: NonNullable<Node["forEach"]>,
  say: (name: string, words: string) => string[],
): string[] {
  const named = key ? `, each called ${inline(writtenOf(key))}` : "";
  return [
    ...say("for each of", `${inline(writtenOf(list))}${named}`),
    ...say(
      "in turn",
      `${concurrency === 1 ? "one after the other" : `at most ${concurrency} at the same time`}; ${maxFailures === 0 ? "none" : maxFailures} may fail`,
    ),
  ];
}

function includeLines(
  { runbook, with: given, written }: Include,
  text: string,
  say: (name: string, words: string) => string[],
  width: number,
): string[] {
  const inputs = writtenOf(given);
  return [
    ...hang(text, `runbook ${runbook.name} ${runbook.version}: ${printable(runbook.title)}`, width),
    ...say("from", written),
    ...(Object.keys(inputs ?? {}).length > 0
      ? [...hang(text, "with:", width), ...valueLines(inputs, text.length + 2, width)]
      : []),
  ];
}

const partNames: { readonly [S in Section]: string } = {
  preflight: "Before its first step:",
  steps: "Its steps:",
  finally: "When it ends:",
};

function includedBlocks({ runbook }: Include, inner: Omit<Place, "from">): string[] {
  const text = " ".repeat((inner.depth - 1) * perDepth + inset);
  let first = 1;
  return sections.flatMap((section) => {
    const nodes = runbook[section];
    if (nodes.length === 0) return [];
    const from = section === "preflight" ? undefined : first;
    if (from !== undefined) first += nodes.length;
    return ["", `${text}${partNames[section]}`, ...nodeBlocks(nodes, { ...inner, from })];
  });
}

function stepLines(
  step: Step,
  text: string,
  say: (name: string, words: string) => string[],
  { width, paint }: Place,
): string[] {
  const lines = [
    ...hang(text, `${step.uses}: ${step.action.summary}`, width),
    ...valueLines(step.written, text.length + 2, width),
  ];
  if (step.on !== undefined) lines.push(...say("on", step.on));
  for (const one of step.expect) lines.push(...say("expect", one.text));
  if (step.check) {
    lines.push(
      ...say("look with", `${step.check.uses}${step.check.on === undefined ? "" : ` on ${step.check.on}`}`),
      ...valueLines(writtenOf(step.check.with), text.length + 2, width),
      ...say("done when", step.check.done.text),
    );
    if (step.check.notDone) lines.push(...say("not done when", step.check.notDone.text));
  }
  const effect = effectOf(step.action, step.reads, step.written);
  return [...lines, ...stepWays(step, effect, { say, paint, indent: text.length + 2, width })];
}
