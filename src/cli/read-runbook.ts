import { readFileSync, statSync } from "node:fs";
import { catalog } from "../actions/catalog.ts";
import { renderDiagnostics } from "../render/diagnostics.ts";
import type { Loaded } from "../runbook/load-runbook.ts";
import type { Runbook } from "../runbook/runbook.ts";
import type { Diagnostic } from "../source/diagnostic.ts";
import { CommandFailure, exit } from "./exit.ts";
import { shortPath } from "./find-runbook.ts";
import type { Io } from "./io.ts";

/** More than this is no runbook; it is not even read. */
const largest = 16 * 1024 * 1024;

export interface ReadFile extends Loaded {
  readonly file: string;
  readonly text: string;
}

/** Reads and checks a file. A file that can't be read is a diagnostic like any other. */
export async function readRunbookFile(io: Io, path: string): Promise<ReadFile> {
  const file = shortPath(io, path);
  const unreadable = (message: string): ReadFile => {
    const diagnostic: Diagnostic = {
      severity: "error",
      code: "unreadable",
      file,
      line: 1,
      column: 1,
      endLine: 1,
      endColumn: 1,
      message,
    };
    return { file, text: "", diagnostics: [diagnostic] };
  };
  let bytes: Buffer;
  try {
    const stat = statSync(path);
    const { size } = stat;
    if (!stat.isFile())
      return unreadable(stat.isDirectory() ? "it is a folder" : "it is a device, pipe or socket, not a file");
    if (size > largest) return unreadable(`the file has ${Math.round(size / 1e6)} MB; a runbook has at most 1 MB`);
    bytes = readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === "ENOENT"
        ? "there is no such file"
        : code === "EACCES"
          ? "it may not be read"
          : code === "EISDIR"
            ? "it is a folder"
            : String(code);
    return unreadable(`it can't be read: ${why}`);
  }
  const text = bytes.toString("utf8");
  const { loadRunbook } = await import("../runbook/load-runbook.ts");
  return { file, text, ...(await loadRunbook(file, text, catalog)) };
}

/** The runbook of a file, or the end of the command with all its mistakes. */
export async function needRunbook(io: Io, path: string): Promise<Runbook> {
  const read = await readRunbookFile(io, path);
  if (read.runbook) return read.runbook;
  io.stderr.write(`${renderDiagnostics(read.diagnostics, () => read.text, { color: io.errorColor })}\n`);
  throw new CommandFailure(exit.wrongInput, "nothing ran", [`belay validate ${read.file}`]);
}
