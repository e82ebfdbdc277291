import { statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { IncludedState } from "../event/run-state.ts";
import type { RunFolder } from "../journal/run-folder.ts";
import { digestOfText, type IncludeSource } from "../runbook/include.ts";
import { nearest } from "../source/nearest.ts";
import { CommandFailure, exit } from "./exit.ts";
import { type FoundRunbook, listRunbooks, shortPath } from "./find-runbook.ts";
import type { Io } from "./io.ts";
import { readText } from "./read-text.ts";

/** Included runbooks from where they are kept, and the texts that were read on the way. */
export interface DiskIncludes extends IncludeSource {
  /** The text of an included file, by the name that diagnostics call it. */
  textOf(file: string): string | undefined;
}

/** A path is below the folder of the file that includes; anything else is a name, looked up as for `belay run`. */
export function diskIncludes(io: Io): DiskIncludes {
  const texts = new Map<string, string>();
  let known: FoundRunbook[] | undefined;
  const named = (name: string) => {
    known ??= listRunbooks(io);
    return known.find((one) => one.name === name)?.file;
  };
  return {
    textOf: (file) => texts.get(file),
    async read(written, from) {
      const path = resolve(io.cwd, dirname(from.file), written);
      const looksLikePath = /[/\\]|\.ya?ml$/.test(written);
      const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() === true;
      const found = looksLikePath || isFile ? path : named(written);
      if (found === undefined) {
        const near = nearest(
          written,
          (known ?? []).map((one) => one.name),
        );
        const hint = near ? `did you mean \`${near}\`?` : "a path from this file, or a name that `belay list` shows";
        return { problem: `there is no file ${shortPath(io, path)}, and no runbook of that name`, hint };
      }
      const file = shortPath(io, found);
      const read = readText(found);
      if ("problem" in read) return { problem: `${file}: ${read.problem}` };
      texts.set(file, read.text);
      return { file, text: read.text };
    },
  };
}

/** Included runbooks as a run has frozen them. Throws a refusal for a text that is not the one of the journal. */
export function frozenIncludes(folder: RunFolder, included: readonly IncludedState[]): IncludeSource {
  return {
    async read(written, from) {
      const entry = included.find((one) => one.from === from.digest && one.written === written);
      if (!entry) return { problem: "the run's record does not name it" };
      const file = join(folder.included, `${entry.digest}.yaml`);
      return { file, text: frozenText(folder, file, entry.digest, `${entry.name}, which its runbook includes,`) };
    },
  };
}

/** A text that the run's journal vouches for. */
export function frozenText(folder: RunFolder, file: string, digest: string, what: string): string {
  const refuse = (why: string) =>
    new CommandFailure(exit.refused, `run ${folder.id} can't be worked on: ${what} ${why}`, [
      file,
      "nothing was done; put back the file that the run had",
    ]);
  const read = readText(file);
  if ("problem" in read) throw refuse(`is kept in the run's folder, and ${read.problem}`);
  if (digestOfText(read.text) !== digest) throw refuse("is not the text that the run's journal names: it was changed");
  return read.text;
}
