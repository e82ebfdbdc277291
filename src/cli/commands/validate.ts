import { type Dirent, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { renderDiagnostics } from "../../render/diagnostics.ts";
import type { Diagnostic } from "../../source/diagnostic.ts";
import { type ExitCode, exit } from "../exit.ts";
import type { Io } from "../io.ts";
import { readRunbookFile } from "../read-runbook.ts";

/** Prints every mistake of every file at once. A folder means all YAML files in it. */
export async function validateCommand(
  io: Io,
  given: readonly string[],
  options: { readonly output?: string },
): Promise<ExitCode> {
  const texts = new Map<string, string>();
  const found: Diagnostic[] = [];
  const files = given.flatMap((one) => filesOf(resolve(io.cwd, one)));
  for (const path of files) {
    const read = await readRunbookFile(io, path);
    texts.set(read.file, read.text);
    found.push(...read.diagnostics);
  }
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
    io.stderr.write(`${renderDiagnostics(found, (file) => texts.get(file), { color: io.errorColor })}\n`);
  if (!wrong)
    io.stdout.write(`${files.length === 1 ? `${[...texts.keys()][0]} is` : `${files.length} runbooks are`} valid\n`);
  return wrong ? exit.wrongInput : exit.done;
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
