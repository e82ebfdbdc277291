import { formatDuration } from "../action/duration.ts";
import { effectOf } from "../runbook/effect.ts";
import type { InputDeclaration, Runbook, Step } from "../runbook/runbook.ts";
import { columnWidth, displayWidth, hang, pad, wrap } from "./layout.ts";
import { printable, printableLines } from "./printable.ts";
import { type Style, style } from "./style.ts";
import { inline, valueLines, writtenOf } from "./written-value.ts";

export interface DocumentOptions {
  readonly color: boolean;
  readonly width: number;
}

/** Wider lines of prose are hard to read. */
const proseWidth = 100;
const indent = 6;

/** A runbook as the procedure that it is, so that somebody can follow it on paper. */
export function renderDocument(runbook: Runbook, options: DocumentOptions): string {
  const paint = style(options.color);
  const width = Math.min(proseWidth, Math.max(40, options.width));
  const sections: [string, readonly Step[]][] = [
    ["Before anything is changed", runbook.preflight],
    ["Steps", runbook.steps],
    ["When the run ends", runbook.finally],
  ];
  let number = 0;
  const lines = [
    ...heading(runbook, paint, width),
    ...(runbook.description ? ["", ...prose(runbook.description, 0, width)] : []),
    ...(runbook.source ? ["", ...hang("source: ", printable(runbook.source), width)] : []),
    ...inputTable(runbook.inputs, paint, width),
    ...sections.flatMap(([name, steps]) =>
      steps.length === 0
        ? []
        : [
            "",
            paint.bold(name),
            ...steps.flatMap((step) => {
              // As plan and status count: what is looked at before has no number.
              if (step.section !== "preflight") number += 1;
              return ["", ...stepBlock(step, step.section === "preflight" ? undefined : number, paint, width)];
            }),
          ],
    ),
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

/** Paragraphs are filled again; indented lines and lists stay as they are. */
function prose(text: string, at: number, width: number): string[] {
  const lines: string[] = [];
  let paragraph: string[] = [];
  const flush = () => {
    if (paragraph.length > 0) lines.push(...hang(" ".repeat(at), paragraph.join(" "), width));
    paragraph = [];
  };
  for (const line of printableLines(text.trim())) {
    if (/^(\s|[-*] |\d+\. |$)/.test(line)) {
      flush();
      const lead = /^\s*(?:[-*] |\d+\. )?/.exec(line)?.[0] ?? "";
      lines.push(...(line === "" ? [""] : hang(" ".repeat(at) + lead, line.slice(lead.length), width)));
    } else paragraph.push(line);
  }
  flush();
  return lines;
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

function stepBlock(step: Step, number: number | undefined, paint: Style, width: number): string[] {
  const lead = number === undefined ? "   ·  " : `${String(number).padStart(3)}.  `;
  const title = step.plainTitle === step.id ? inline(writtenOf(step.title)) : printable(step.plainTitle);
  const say = (name: string, text: string) => hang(`${" ".repeat(indent)}${name}: `, printable(text), width);
  const lines = [...hang(lead, title, width - displayWidth(step.id) - 4).map(paint.bold)];
  lines[0] = `${lines[0]}  ${paint.dim(`(${step.id})`)}`;
  if (step.notes) lines.push(...prose(step.notes, indent, width));
  if (step.when) lines.push(...say("only when", step.when.text));
  lines.push(...hang(" ".repeat(indent), `${step.uses}: ${step.action.summary}`, width));
  lines.push(...valueLines(step.written, indent + 2, width));
  for (const one of step.expect) lines.push(...say("expect", one.text));
  if (step.check) {
    lines.push(
      ...say("look with", step.check.uses),
      ...valueLines(writtenOf(step.check.with), indent + 2, width),
      ...say("done when", step.check.done.text),
    );
    if (step.check.notDone) lines.push(...say("not done when", step.check.notDone.text));
  }
  lines.push(...ways(step, say, paint));
  return lines;
}

function ways(step: Step, say: (name: string, text: string) => string[], paint: Style): string[] {
  const lines: string[] = [];
  if (step.confirm) {
    const { message, type } = step.confirm;
    lines.push(
      ...say(
        "asks first",
        `${message ? inline(writtenOf(message)) : "may this begin?"}${type ? ` (to type: ${inline(writtenOf(type))})` : ""}`,
      ),
    );
  }
  if (step.retry) {
    const { attempts, delay, backoff } = step.retry;
    lines.push(
      ...say(
        "tries",
        `${attempts}, ${inline(writtenOf(delay))} apart${backoff === 1 ? "" : `, each wait ${backoff} times the last`}${step.retry.if ? `, while ${step.retry.if.text}` : ""}`,
      ),
    );
  }
  if (step.timeout) lines.push(...say("time limit", inline(writtenOf(step.timeout))));
  if (step.expectedDurationMs !== undefined)
    lines.push(...say("takes", `about ${formatDuration(step.expectedDurationMs)}`));
  if (step.onFailure === "continue") lines.push(...say("if it fails", "the run goes on"));
  if (effectOf(step.action, step.reads, step.written) === "change" && step.action.effect === "change") {
    const { undoes } = step.action;
    lines.push(...(undoes === undefined ? say("undo", "none").map(paint.alarm) : say("undo", undoes)));
  }
  return lines;
}

function outputs(runbook: Runbook, paint: Style, width: number): string[] {
  if (runbook.outputs.size === 0) return [];
  return [
    "",
    paint.bold("Outputs"),
    ...[...runbook.outputs].flatMap(([name, value]) => hang(`  ${name}: `, inline(writtenOf(value)), width)),
  ];
}
