import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { IncludedState } from "../event/run-state.ts";
import type { RunFolder } from "../journal/run-folder.ts";
import { includesOf } from "../runbook/include.ts";
import type { Runbook } from "../runbook/runbook.ts";

/** Writes what a run goes by into its folder. Everything is on disk when it returns; a journal may name it then. */
export function freezeRunbook(folder: RunFolder, runbook: Runbook): void {
  keepText(folder.runbook, runbook.text);
  freezeIncluded(folder, runbook);
}

/** The same for a text that a run goes on with: the ones before stay, for the journal names them, too. */
export function freezeAdopted(folder: RunFolder, runbook: Runbook): void {
  freezeIncluded(folder, runbook);
  keepIn(folder.adopted, runbook);
}

/** The runbooks that one includes, as the journal names them. */
export function includedFacts(runbook: Runbook, cwd: string): IncludedState[] {
  return includesOf(runbook).map(({ from, written, runbook: { name, file, digest } }) => ({
    from,
    written,
    name,
    file: resolve(cwd, file),
    digest,
  }));
}

function freezeIncluded(folder: RunFolder, runbook: Runbook): void {
  const different = new Map(includesOf(runbook).map((one) => [one.runbook.digest, one.runbook]));
  for (const one of different.values()) keepIn(folder.included, one);
}

function keepIn(folder: string, runbook: Runbook): void {
  mkdirSync(folder, { mode: 0o700, recursive: true });
  keepText(join(folder, `${runbook.digest}.yaml`), runbook.text);
  syncPath(dirname(folder));
}

/** A text that a journal may name already is never written over: it appears whole, or stays as it is. */
function keepText(file: string, text: string): void {
  if (textOf(file) === text) {
    // An earlier try may have been stopped before it was on disk.
    syncPath(file);
    syncPath(dirname(file));
    return;
  }
  const draft = `${file}.${process.pid}.tmp`;
  try {
    const fd = openSync(draft, "w", 0o600);
    try {
      writeFileSync(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  syncPath(dirname(file));
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function syncPath(path: string): void {
  const fd = openSync(path, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
