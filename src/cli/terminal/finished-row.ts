import type { EventOf } from "../../event/event.ts";
import { hang } from "../../render/layout.ts";
import { finishedSymbol, finishedWords } from "../../render/lines.ts";
import { depthOf, titleAt } from "../../render/node-title.ts";
import { printable, printableLines } from "../../render/printable.ts";
import { type StepColumns, stepColumns, stepRow } from "../../render/step-row.ts";
import type { Style } from "../../render/style.ts";
import { symbol } from "../../render/symbols.ts";
import type { Runbook } from "../../runbook/runbook.ts";
import { findNode, patternOf, walk } from "../../runbook/walk.ts";

const indentOf = (depth: number) => "  ".repeat(depth);

/** Where the columns of a run are, for a width. The names of instances are known once their groups begin. */
export function runColumns(runbook: Runbook) {
  const rows = [...walk(runbook)].map(({ address }) => ({
    pattern: address,
    id: indentOf(depthOf(runbook, address)) + address,
    title: titleAt(runbook, address),
  }));
  const columns = new Map<number, StepColumns>();
  return {
    at(width: number): StepColumns {
      const known = columns.get(width) ?? stepColumns(rows, 2, width);
      columns.set(width, known);
      return known;
    },
    learn(address: string, names: readonly string[]): void {
      const longest = names.reduce((a, b) => (b.length > a.length ? b : a), "");
      const begin = `${patternOf(address)}[…]`;
      for (const row of rows)
        if (row.pattern.startsWith(begin)) row.id = row.id.replace(begin, () => `${patternOf(address)}[${longest}]`);
      columns.clear();
    },
  };
}

function isGroupInstance(runbook: Runbook, address: string): boolean {
  return address.endsWith("]") && findNode(runbook, address)?.node.kind !== "step";
}

/** A step or group that came to its end, as the lines that stay. */
export function finishedRow(
  event: EventOf<"step-finished">,
  runbook: Runbook,
  columns: StepColumns,
  width: number,
  paint: Style,
  title = titleAt(runbook, event.step),
): string[] {
  const failed = event.state === "failed";
  const mark = finishedSymbol(event.state);
  const indent = indentOf(depthOf(runbook, event.step));
  const lead = `${indent}${failed ? paint.alarm(mark) : event.state === "skipped" ? paint.dim(mark) : paint.green(mark)} `;
  const text =
    event.state === "done" && event.durationMs !== undefined && !event.message
      ? finishedWords(event).replace("done after ", "")
      : finishedWords(event);
  const row = {
    lead,
    id: event.step,
    // The instance of a group has steps of its own, which say what they do.
    title: isGroupInstance(runbook, event.step) ? "" : title,
    details: [{ text, paint: failed ? paint.alarm : paint.dim }],
    indent: indent.length,
  };
  const more = [...(failed && event.message ? [event.message] : []), ...(event.details ?? [])];
  return [
    ...stepRow(row, columns, paint.bold),
    ...more.flatMap(printableLines).flatMap((line) => hang(`${indent}  `, line, width)),
    ...(event.why ? hang(`${indent}  why: `, printable(event.why), width) : []),
  ];
}

/** A group that begins: its steps follow, set in. */
export function groupHeading(
  event: EventOf<"group-started">,
  words: string,
  runbook: Runbook,
  columns: StepColumns,
  paint: Style,
): string[] {
  const indent = indentOf(depthOf(runbook, event.step));
  const row = {
    lead: `${indent}${paint.cyan(symbol.running)} `,
    id: event.step,
    title: titleAt(runbook, event.step),
    details: words === "" ? [] : [{ text: words, paint: paint.dim }],
    indent: indent.length,
  };
  return stepRow(row, columns, paint.bold);
}
