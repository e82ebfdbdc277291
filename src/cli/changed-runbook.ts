import { differenceLines } from "../render/difference.ts";
import { differenceOf, isSame } from "../runbook/difference.ts";
import { digestOfText } from "../runbook/include.ts";
import type { Runbook } from "../runbook/runbook.ts";
import type { FoundRun } from "./find-run.ts";
import type { Io } from "./io.ts";
import { readRunbookFile } from "./read-runbook.ts";
import { readText } from "./read-text.ts";

/** Whether the runbook's file, or one that it includes, has another text than the run goes by. */
function isAnother({ state }: FoundRun, text: string): boolean {
  if (digestOfText(text) !== state.runbook?.digest) return true;
  return state.included.some((one) => {
    const read = readText(one.file);
    return "problem" in read || digestOfText(read.text) !== one.digest;
  });
}

/** What is told of a runbook whose file was changed since: the run goes on with the text that it has. */
export async function changeNotes(io: Io, run: FoundRun, from: Runbook): Promise<string[]> {
  const file = run.state.runbook?.file;
  if (file === undefined) return [];
  const goesOn = "this run goes on with the text it has";
  const read = readText(file);
  if ("problem" in read) return [`note: ${file}: ${read.problem}; ${goesOn}`];
  if (!isAnother(run, read.text)) return [];
  const now = await readRunbookFile(io, file);
  if (!now.runbook)
    return [`note: ${file} was changed since, and has mistakes; ${goesOn} (belay validate ${now.file})`];
  const difference = differenceOf(from, now.runbook);
  if (isSame(difference)) return [];
  return [
    `note: ${file} was changed since:`,
    ...differenceLines(difference, run.state, { color: io.color }),
    `${goesOn}; to take the new one:  belay resume ${run.folder.id} --adopt`,
  ];
}
