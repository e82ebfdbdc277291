import { differenceLines } from "../render/difference.ts";
import { differenceOf, isSame } from "../runbook/difference.ts";
import { digestOfText } from "../runbook/include.ts";
import type { Runbook } from "../runbook/runbook.ts";
import type { FoundRun } from "./find-run.ts";
import type { Io } from "./io.ts";
import { readRunbookFile } from "./read-runbook.ts";
import { readText } from "./read-text.ts";

/** Included files that have another text than the run goes by, or that are gone, each with what is the matter. */
function changedIncludes({ state }: FoundRun): string[] {
  const notes = state.included.flatMap(({ file, digest }) => {
    const read = readText(file);
    if ("problem" in read) return [`${file}: ${read.problem}`];
    return digestOfText(read.text) === digest ? [] : [`${file} was changed since`];
  });
  return [...new Set(notes)];
}

/** What is told of a runbook whose file was changed since: the run goes on with the text that it has. */
export async function changeNotes(io: Io, run: FoundRun, from: Runbook): Promise<string[]> {
  const file = run.state.runbook?.file;
  if (file === undefined) return [];
  const goesOn = "this run goes on with the text it has";
  const read = readText(file);
  if ("problem" in read) return [`note: ${file}: ${read.problem}; ${goesOn}`];
  const itself = digestOfText(read.text) === run.state.runbook?.digest ? [] : [`${file} was changed since`];
  const changed = [...itself, ...changedIncludes(run)];
  if (changed.length === 0) return [];
  const now = await readRunbookFile(io, file);
  if (!now.runbook)
    return [
      `note: ${changed.join("; ")}; ${now.file} can't be loaded as it is, so ${goesOn} (belay validate ${now.file})`,
    ];
  const difference = differenceOf(from, now.runbook);
  if (isSame(difference)) return [];
  return [
    `note: ${changed.join("; ")}:`,
    ...differenceLines(difference, run.state, { color: io.color }),
    `${goesOn}; to take the new one:  belay resume ${run.folder.id} --adopt`,
  ];
}
