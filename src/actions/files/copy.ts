import { compareTrees } from "../../action/compare-trees.ts";
import type { ReadContext } from "../../action/context.ts";
import { defineChange } from "../../action/define-action.ts";
import { ActionFailure } from "../../action/failure.ts";
import type { FileStat } from "../../action/files.ts";
import { lackingFolder } from "../paths/lacking-folder.ts";
import { byteProgress } from "./byte-progress.ts";
import { byteWords } from "./byte-words.ts";
import { changeSince, keepForUndo, keptForUndo, type Made, trashMade } from "./made.ts";
import { measureTree, measureWords } from "./measure-tree.ts";

/** `made` is null when something was there already. */
type CapturedCopy = { to: string; made: Made | null };

async function sourceOf(from: string, { files }: ReadContext): Promise<FileStat> {
  const source = await files.stat(from);
  if (source === undefined) throw new ActionFailure("wrong-input", `There is no ${from} to copy`);
  // Copying only the link would look like a copy of what it points at, and be none.
  if (source.kind === "symlink") {
    const target = await files.readLink(from);
    throw new ActionFailure("wrong-input", `${from} is a symlink to ${target}; name the file or folder itself`);
  }
  return source;
}

export const filesCopy = defineChange({
  name: "files.copy",
  on: ["host"],
  summary: "Copy a file or folder",
  description: `Modes, times, symlinks inside the folder and, as root, owners are kept; ACLs, extended attributes and hard links are
not. The copy is made under a temporary name and renamed when it is whole and on disk. Nothing is ever overwritten. A
folder that changes while it is copied gives a copy of no single moment: stop what writes there first.`,
  example: `from: /opt/app/repository
to: /backup/repository.before
`,
  paths: ["from", "to"],
  onlyReads: ["from"],
  repeatable: true,
  undoes: "moves the copy to the trash",
  input: {
    type: "object",
    properties: {
      from: { type: "string", minLength: 1, description: "The file or folder to copy" },
      to: { type: "string", minLength: 1, description: "The path of the copy, name included; nothing may be there" },
    },
    required: ["from", "to"],
    additionalProperties: false,
  },
  result: {
    type: "object",
    properties: {
      from: { type: "string", description: "What was copied" },
      to: { type: "string", description: "The copy" },
      files: { type: "integer", description: "How many files it holds" },
      bytes: { type: "integer", description: "Their size together" },
    },
    required: ["from", "to", "files", "bytes"],
    additionalProperties: false,
  },
  async inspect({ from, to }, context) {
    const source = await sourceOf(from, context);
    const measure = await measureTree(from, source, context);
    if ((await context.files.stat(to)) === undefined) {
      const summary = `a copy of ${from}: ${measureWords(source, measure)}`;
      return {
        state: "not-done",
        seen: `there is no ${to}`,
        changes: [{ kind: "create", target: to, summary }],
        ...(await lackingFolder(to, context.files)),
      };
    }
    const difference = await compareTrees(context.files, from, to, byteProgress(context, measure.bytes));
    if (difference !== undefined)
      return { state: "partial", seen: `${to} is there and differs: ${difference}`, changes: [] };
    const { files, bytes } = measure;
    return { state: "done", seen: `${to} is the same as ${from}`, result: { from, to, files, bytes } };
  },
  async capture({ from, to }, context): Promise<CapturedCopy> {
    if ((await context.files.stat(to)) !== undefined) return { to, made: null };
    const { shape, newest } = await measureTree(from, await sourceOf(from, context), context);
    return { to, made: { shape, newest } };
  },
  async run({ from, to }, context) {
    const source = await sourceOf(from, context);
    const { files, bytes, shape, newest } = await measureTree(from, source, context);
    if ((await context.files.stat(to)) === undefined) {
      await refuseFull(to, bytes, context);
      await keepForUndo("made", { shape, newest }, context);
      await context.files.copy(from, to, byteProgress(context, bytes));
    } else {
      const difference = await compareTrees(context.files, from, to, byteProgress(context, bytes));
      if (difference !== undefined) {
        throw new ActionFailure("wrong-input", `${to} exists already and differs from ${from}; nothing was changed`, [
          difference,
        ]);
      }
    }
    return { from, to, files, bytes };
  },
  async undo(captured: CapturedCopy, context) {
    const { to } = captured;
    await context.files.removeLeftovers(to);
    const made = keptForUndo<Made>("made", captured, context);
    if (made === null) return; // what stands there was there before
    await trashMade(to, (stat) => changeSince(to, stat, made, context), context);
  },
});

/** Better told now than after an hour of copying. */
async function refuseFull(to: string, bytes: number, { files }: ReadContext): Promise<void> {
  const free = await files.freeBytes(to);
  if (bytes <= free) return;
  throw new ActionFailure(
    "failed",
    `The copy needs ${byteWords(bytes)}, and the disk of ${to} has ${byteWords(free)} left; nothing was copied`,
  );
}
