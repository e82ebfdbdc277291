import type { InputDeclaration, Runbook, Section } from "../runbook/runbook.ts";
import { declarations } from "./document-declarations.ts";
import { nodeBlocks } from "./document-steps.ts";
import { columnWidth, displayWidth, hang, pad, wrap } from "./layout.ts";
import { printable } from "./printable.ts";
import { prose } from "./prose.ts";
import { type Style, style } from "./style.ts";
import { inline, writtenOf } from "./written-value.ts";

export interface DocumentOptions {
  readonly color: boolean;
  readonly width: number;
}

/** Wider lines of prose are hard to read. */
const proseWidth = 100;

/** A runbook as the procedure that it is, so that somebody can follow it on paper. */
export function renderDocument(runbook: Runbook, options: DocumentOptions): string {
  const paint = style(options.color);
  const width = Math.min(proseWidth, Math.max(40, options.width));
  const parts: [string, Section][] = [
    ["Before anything is changed", "preflight"],
    ["Steps", "steps"],
    ["When the run ends", "finally"],
  ];
  let first = 1;
  const lines = [
    ...heading(runbook, paint, width),
    ...(runbook.description ? ["", ...prose(runbook.description, 0, width)] : []),
    ...(runbook.source ? ["", ...hang("source: ", printable(runbook.source), width)] : []),
    ...inputTable(runbook.inputs, paint, width),
    ...declarations(runbook, paint, width),
    ...parts.flatMap(([name, section]) => {
      const nodes = runbook[section];
      if (nodes.length === 0) return [];
      // As plan and status count: what is looked at before has no number.
      const from = section === "preflight" ? undefined : first;
      if (from !== undefined) first += nodes.length;
      return ["", paint.bold(name), ...nodeBlocks(nodes, { from, lead: "", depth: 0, paint, width })];
    }),
    ...outputs(runbook, paint, width),
  ];
  return lines.join("\n");
}

function heading(runbook: Runbook, paint: Style, width: number): string[] {
  const title = printable(runbook.title);
  const name = `${runbook.name} ${runbook.version}`;
  if (displayWidth(title) + 3 + name.length <= width)
    return [`${pad(paint.bold(title), width - name.length)}${paint.dim(name)}`];
  return [...wrap(title, width).map(paint.bold), paint.dim(name)];
}

function inputTable(inputs: Runbook["inputs"], paint: Style, width: number): string[] {
  if (inputs.size === 0) return [];
  const names = columnWidth([...inputs.keys()], 30);
  const kinds = columnWidth([...inputs.values()].map(kindOf), 34);
  return [
    "",
    paint.bold("Inputs"),
    ...[...inputs].flatMap(([name, input]) => {
      const lead = `  ${pad(name, names)}  ${pad(kindOf(input), kinds)}  `;
      const text = [input.description ? printable(input.description) : "", constraintsOf(input)]
        .filter((part) => part !== "")
        .join("; ");
      if (width - displayWidth(lead) >= 30) return hang(lead, text, width);
      return [lead.trimEnd(), ...(text === "" ? [] : hang("      ", text, width))];
    }),
  ];
}

function kindOf(input: InputDeclaration): string {
  if (input.default !== undefined) return `${input.type}, default ${inline(input.default)}`;
  return input.optional ? `${input.type}, optional` : input.type;
}

function constraintsOf(input: InputDeclaration): string {
  const { enum: choices, pattern, minimum, maximum, minLength, maxLength, minItems, maxItems } = input;
  const parts = [
    choices ? `one of ${choices.map(inline).join(", ")}` : "",
    pattern === undefined ? "" : `matches ${pattern}`,
    minimum === undefined ? "" : `at least ${minimum}`,
    maximum === undefined ? "" : `at most ${maximum}`,
    minLength === undefined ? "" : `at least ${minLength} characters`,
    maxLength === undefined ? "" : `at most ${maxLength} characters`,
    minItems === undefined ? "" : `at least ${minItems} items`,
    maxItems === undefined ? "" : `at most ${maxItems} items`,
  ];
  return parts.filter((part) => part !== "").join(", ");
}

function outputs(runbook: Runbook, paint: Style, width: number): string[] {
  if (runbook.outputs.size === 0) return [];
  return [
    "",
    paint.bold("Outputs"),
    ...[...runbook.outputs].flatMap(([name, value]) => hang(`  ${name}: `, inline(writtenOf(value)), width)),
  ];
}
