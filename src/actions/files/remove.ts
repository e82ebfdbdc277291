import { basename, dirname, join } from "node:path";
import { compareTrees } from "../../action/compare-trees.ts";
import type { ChangeContext } from "../../action/context.ts";
import { defineChange } from "../../action/define-action.ts";
import { ActionFailure } from "../../action/failure.ts";
import type { ReadFiles } from "../../action/files.ts";
import { temporaryName } from "../../action/temporary-name.ts";
import { measureTree, measureWords } from "./measure-tree.ts";
import { looksSame, type Thing, thingOf, thingWords } from "./thing.ts";

/** `removed` is null when nothing was there. */
type CapturedRemove = { path: string; removed: Thing | null };

export const filesRemove = defineChange({
  name: "files.remove",
  on: ["host"],
  summary: "Move a file or folder to the run's trash",
  description: `Nothing is deleted: it is kept in the trash of the run until the run's folder is removed, and needs the disk space as
before. On another file system than the run's folder it is copied there first, and then removed.`,
  example: `path: /opt/app/repository.old
`,
  paths: ["path"],
  repeatable: true,
  undoes: "moves it back from the trash",
  input: {
    type: "object",
    properties: {
      path: {
        type: "string",
        minLength: 1,
        description: "The file or folder to remove; a symlink is removed, not what it points at",
      },
    },
    required: ["path"],
    additionalProperties: false,
  },
  result: {
    type: "object",
    properties: {
      path: { type: "string", description: "What was removed" },
      trash: { type: ["string", "null"], description: "Where it is now; null when nothing was there" },
    },
    required: ["path", "trash"],
    additionalProperties: false,
  },
  async inspect({ path }, context) {
    const stat = await context.files.stat(path);
    if (stat === undefined) {
      // Between two file systems the original is renamed aside, then removed: an interruption leaves it there.
      const aside = join(dirname(path), temporaryName(basename(path), "trash"));
      if ((await context.files.stat(aside)) === undefined)
        return { state: "done", seen: `there is no ${path}`, result: { path, trash: null } };
      const summary = "what an interrupted removal left";
      return {
        state: "partial",
        seen: `${path} is gone, but ${aside} is left`,
        changes: [{ kind: "remove", target: aside, summary }],
      };
    }
    const summary = `→ the run's trash: ${measureWords(stat, await measureTree(path, stat, context))}`;
    return { state: "not-done", seen: `${path} is there`, changes: [{ kind: "remove", target: path, summary }] };
  },
  async capture({ path }, { files }): Promise<CapturedRemove> {
    return { path, removed: thingOf(await files.stat(path)) };
  },
  async run({ path }, { files, remember }) {
    await remember("trash", files.trashPath(path));
    const trash = await files.trash(path);
    return { path, trash: (await files.stat(trash)) === undefined ? null : trash };
  },
  undo: (captured: CapturedRemove, context) => putBack(captured, context),
});

async function putBack({ path, removed }: CapturedRemove, { files, recall }: ChangeContext): Promise<void> {
  const remembered = recall("trash");
  const trash = typeof remembered === "string" ? remembered : files.trashPath(path);
  const spent = `${trash}.back`;
  await files.removeLeftovers(path);
  await files.removeOwn(spent);
  const [there, kept] = [await files.stat(path), await files.stat(trash)];
  if (kept === undefined) {
    if (there === undefined ? removed === null : removed !== null && looksSame(removed, there)) return; // as it was
    if (removed === null) return; // nothing was removed, and what came there since is not this step's
    throw new ActionFailure("failed", `${path} can't be put back: it is not in the trash (${trash})`, [
      `It was ${thingWords(removed)}. ${there ? `At its place is ${thingWords(there)}, which was left alone` : "Nothing is at its place"}. Restore it by hand, from a backup.`,
    ]);
  }
  // A removal between file systems that was killed leaves the original aside: the trash has all of it.
  if (there === undefined && trash === files.trashPath(path)) await files.trash(path);
  if (there === undefined && (await sameFileSystem(trash, path, files))) return files.move(trash, path);
  if (there === undefined) await files.copy(trash, path);
  // The copy is whole, or was found whole by an undo that goes on where another stopped.
  const difference = await compareTrees(files, trash, path);
  if (difference !== undefined) {
    throw new ActionFailure(
      "failed",
      `Something else is at ${path} now; it was left alone, and the old one is at ${trash}`,
      [difference, `Move what is at ${path} away by hand, and undo again.`],
    );
  }
  // Renamed first: half of it, left by a kill, must not be taken for what was removed.
  await files.move(trash, spent);
  await files.removeOwn(spent);
}

async function sameFileSystem(from: string, to: string, files: ReadFiles): Promise<boolean> {
  return (await files.stat(from))?.device === (await files.statTarget(dirname(to)))?.device;
}
