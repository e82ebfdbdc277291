import { catalog } from "../actions/catalog.ts";
import { renderDiagnostics } from "../render/diagnostics.ts";
import type { Loaded } from "../runbook/load-runbook.ts";
import type { Runbook } from "../runbook/runbook.ts";
import type { Diagnostic } from "../source/diagnostic.ts";
import { CommandFailure, exit } from "./exit.ts";
import { shortPath } from "./find-runbook.ts";
import { diskIncludes } from "./include-source.ts";
import type { Io } from "./io.ts";
import { readText } from "./read-text.ts";

export interface ReadFile extends Loaded {
  readonly file: string;
  /** The text of the file, or of one that it includes, by the name that diagnostics call it. */
  textOf(file: string): string | undefined;
}

/** Reads and checks a file and what it includes. A file that can't be read is a diagnostic like any other. */
export async function readRunbookFile(io: Io, path: string): Promise<ReadFile> {
  const file = shortPath(io, path);
  const read = readText(path);
  if ("problem" in read) {
    const diagnostic: Diagnostic = {
      severity: "error",
      code: "unreadable",
      file,
      line: 1,
      column: 1,
      endLine: 1,
      endColumn: 1,
      message: read.problem,
    };
    return { file, textOf: () => "", diagnostics: [diagnostic] };
  }
  const { text } = read;
  const includes = diskIncludes(io);
  const { loadRunbook } = await import("../runbook/load-runbook.ts");
  const loaded = await loadRunbook(file, text, catalog, { includes });
  return { file, textOf: (of) => (of === file ? text : includes.textOf(of)), ...loaded };
}

/** The runbook of a file, or the end of the command with all its mistakes. */
export async function needRunbook(io: Io, path: string): Promise<Runbook> {
  const read = await readRunbookFile(io, path);
  if (read.runbook) return read.runbook;
  io.stderr.write(`${renderDiagnostics(read.diagnostics, read.textOf, { color: io.errorColor })}\n`);
  throw new CommandFailure(exit.wrongInput, "nothing ran", [`belay validate ${read.file}`]);
}
