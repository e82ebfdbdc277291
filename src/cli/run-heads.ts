import { closeSync, openSync, readSync } from "node:fs";
import { belayHome, runFolder, runIds } from "../journal/run-folder.ts";
import type { Io } from "./io.ts";

/** What the first record of a run says, for choosing among many runs. */
export interface RunHead {
  readonly id: string;
  /** Empty for a run that never began, or whose first record can't be read. */
  readonly startedAt: string;
  readonly runbook: string;
}

/** All runs, newest first. Of each journal only the first line is read, and not yet trusted. */
export function runHeads(io: Io): RunHead[] {
  const home = belayHome(io.env);
  return runIds(home)
    .map((id) => headOf(id, runFolder(home, id).journal))
    .sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
}

function headOf(id: string, file: string): RunHead {
  const unknown = { id, startedAt: "", runbook: "" };
  try {
    const { at, event } = JSON.parse(firstLine(file)) as { at?: unknown; event?: { runbook?: { name?: unknown } } };
    if (typeof at !== "string") return unknown;
    return { id, startedAt: at, runbook: String(event?.runbook?.name ?? "") };
  } catch {
    return unknown;
  }
}

function firstLine(file: string): string {
  const fd = openSync(file, "r");
  try {
    const chunks: Buffer[] = [];
    for (;;) {
      const chunk = Buffer.alloc(16 * 1024);
      const read = readSync(fd, chunk, 0, chunk.length, null);
      const end = chunk.subarray(0, read).indexOf(10);
      chunks.push(chunk.subarray(0, end === -1 ? read : end));
      if (end !== -1 || read === 0) return Buffer.concat(chunks).toString("utf8");
    }
  } finally {
    closeSync(fd);
  }
}
