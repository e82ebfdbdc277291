import { type Dirent, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { renderDiagnostics } from "../../render/diagnostics.ts";
import type { Diagnostic } from "../../source/diagnostic.ts";
import { type ExitCode, exit } from "../exit.ts";
import type { Io } from "../io.ts";
import { type ReadFile, readRunbookFile } from "../read-runbook.ts";

/** Prints every mistake of every file at once. A folder means all YAML files in it. */
export async function validateCommand(
  io: Io,
  given: readonly string[],
  options: { readonly output?: string },
): Promise<ExitCode> {
  const reads: ReadFile[] = [];
  // A file that several include, or that is given itself, too, has its mistakes once.
  const all = new Map<string, Diagnostic>();
  const files = given.flatMap((one) => filesOf(resolve(io.cwd, one)));
  for (const path of files) {
    const read = await readRunbookFile(io, path);
    reads.push(read);
    for (const one of read.diagnostics)
      all.set([one.file, one.line, one.column, one.code, one.message].join("\0"), one);
  }
  const found = [...all.values()];
  const wrong = found.some((one) => one.severity === "error");
  if (options.output === "json") {
    const lines = found.map(({ severity, file, line, column, endLine, endColumn, code, message, hint }) => ({
      severity,
      file,
      line,
      column,
      endLine,
      endColumn,
      code,
      message,
      ...(hint ? { hint } : {}),
    }));
    io.stdout.write(`${JSON.stringify(lines, null, 2)}\n`);
    return wrong ? exit.wrongInput : exit.done;
  }
  if (found.length > 0)
    io.stderr.write(`${renderDiagnostics(found, (file) => textOf(reads, file), { color: io.errorColor })}\n`);
  if (!wrong)
    io.stdout.write(`${files.length === 1 ? `${reads[0]?.file} is` : `${files.length} runbooks are`} valid\n`);
  return wrong ? exit.wrongInput : exit.done;
}

function textOf(reads: readonly ReadFile[], file: string): string | undefined {
  for (const read of reads) {
    const text = read.textOf(file);
    if (text !== undefined) return text;
  }
  return undefined;
}

function filesOf(path: string): string[] {
  let entries: Dirent[];
  try {
    if (!statSync(path).isDirectory()) return [path];
    entries = readdirSync(path, { withFileTypes: true });
  } catch {
    return [path]; // said as a diagnostic when it is read
  }
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const below = join(path, entry.name);
      if (entry.isDirectory()) return filesOf(below).filter((file) => file !== below);
      return entry.isFile() && /\.ya?ml$/.test(entry.name) ? [below] : [];
    });
}
