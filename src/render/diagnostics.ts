import type { Diagnostic } from "../source/diagnostic.ts";
import { count, displayWidth } from "./layout.ts";
import { printable } from "./printable.ts";
import { type Style, style } from "./style.ts";

/** What of a long line is shown. */
const codeWidth = 96;
const context = 2;

/** Mistakes with the lines they are in, in the order of the files; "" when there are none. */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  sourceOf: (file: string) => string | undefined,
  options: { readonly color: boolean },
): string {
  if (diagnostics.length === 0) return "";
  const paint = style(options.color);
  const files = [...new Set(diagnostics.map((one) => one.file))];
  const sorted = [...diagnostics].sort(
    (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
  );
  const sources = new Map(files.map((file) => [file, sourceOf(file)?.split(/\r\n|\n|\r/)]));
  const blocks = sorted.map((one) => renderOne(one, sources.get(one.file), paint));
  return [...blocks, summary(diagnostics, files.length)].join("\n\n");
}

function renderOne(one: Diagnostic, lines: readonly string[] | undefined, paint: Style): string {
  const kind = one.severity === "error" ? paint.alarm("error") : paint.yellow("warning");
  const head = `${paint.bold(`${printable(one.file)}:${one.line}:${one.column}`)} ${kind} ${printable(one.message)}`;
  const hint = one.hint === undefined ? [] : [`  ${paint.cyan("hint:")} ${printable(one.hint)}`];
  return [head, ...frame(one, lines ?? [], paint), ...hint].join("\n");
}

function frame(one: Diagnostic, lines: readonly string[], paint: Style): string[] {
  const wrong = lines[one.line - 1];
  if (wrong === undefined || (wrong === "" && lines.length === 1)) return [];
  const first = Math.max(1, one.line - context);
  const last = Math.min(lines.length, one.line + context);
  const digits = Math.max(4, String(last).length);
  const from = windowStart(wrong, one.column);
  const shown: string[] = [];
  for (let number = first; number <= last; number++) {
    const text = excerpt(lines[number - 1] ?? "", from);
    const mark = number === one.line ? paint.alarm(">") : " ";
    shown.push(`${mark} ${paint.dim(`${String(number).padStart(digits)} |`)} ${text}`.trimEnd());
    if (number === one.line)
      shown.push(`  ${" ".repeat(digits)} ${paint.dim("|")} ${paint.alarm(carets(one, wrong, from))}`);
  }
  return shown;
}

/** The first column (from 0) that is shown, so that the mistake is in sight. */
function windowStart(line: string, column: number): number {
  if (line.length <= codeWidth || column < codeWidth * 0.75) return 0;
  return Math.min(column - 1 - Math.floor(codeWidth / 2), Math.max(0, line.length - codeWidth));
}

/** One character for each, so that carets stay below what they mean. */
function neutral(line: string): string {
  return line
    .replaceAll("\t", " ")
    .replace(/[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, "\u00b7");
}

function excerpt(line: string, from: number): string {
  const text = neutral(line.slice(from, from + codeWidth));
  const before = from > 0 && line.length > 0 ? "…" : "";
  return `${before}${text}${line.length > from + codeWidth ? "…" : ""}`;
}

function carets(one: Diagnostic, line: string, from: number): string {
  const start = one.column - 1;
  const end = one.endLine > one.line ? line.length : one.endColumn - 1;
  const before = neutral(line.slice(from, start));
  const below = neutral(line.slice(start, Math.min(end, from + codeWidth)));
  return " ".repeat(displayWidth(before) + (from > 0 ? 1 : 0)) + "^".repeat(Math.max(1, displayWidth(below.trimEnd())));
}

function summary(diagnostics: readonly Diagnostic[], files: number): string {
  const errors = diagnostics.filter((one) => one.severity === "error").length;
  const warnings = diagnostics.length - errors;
  const parts = [...(errors ? [count(errors, "error")] : []), ...(warnings ? [count(warnings, "warning")] : [])];
  return `${parts.join(", ")} in ${count(files, "file")}`;
}
