import type { UndoContext } from "../action/context.ts";
import type { ChangeAction } from "../action/define-action.ts";
import { ActionFailure } from "../action/failure.ts";
import type { Files, ReadFiles } from "../action/files.ts";
import type { Json } from "../schema/json.ts";
import { type ContextSource, readContext, systemsOf } from "./contexts.ts";
import { sentence } from "./look.ts";
import { TurnEnds } from "./turn-ends.ts";
import type { Place } from "./world.ts";

/**
 * What an action's own undo would do now: `to-undo`: it would change something · `undone`: it would find nothing to do ·
 * `changed`: it would refuse · `unknown`: looking failed.
 */
export interface OwnUndoLook {
  readonly state: "to-undo" | "undone" | "changed" | "unknown";
  readonly seen: string;
}

/** One attempt that is undone: what it was told, captured and remembered. */
export interface UndonePart {
  readonly input: Json;
  readonly captured: Json;
  readonly result?: Json;
  recall(name: string): Json | undefined;
}

/** Ends an undo at the moment at which it would change something. */
class WouldChange extends Error {
  override readonly name = "WouldChange";
}

/**
 * Lets an action's undo make all of its comparisons, with files that can only be read: what is said of the world is what
 * the undo itself will find. Writes nothing.
 */
export async function lookAtOwnUndo(
  action: ChangeAction,
  source: ContextSource,
  place: Place,
  part: UndonePart,
  trashFolder: string,
): Promise<OwnUndoLook> {
  const notes: string[] = [];
  try {
    const base = await readContext(source, place);
    // Of these, only the name of a place in the trash is asked for.
    const { trashPath } = await (await systemsOf(source, place)).files({ trashFolder });
    const context: UndoContext = {
      ...base,
      captured: part.captured,
      files: readingOnly(base.files, trashPath),
      processes: { run: wouldChange, job: wouldChange },
      input: part.input,
      ...(part.result === undefined ? {} : { result: part.result }),
      note: (line) => void notes.push(line),
      remember: wouldChange,
      recall: part.recall,
      ended: () => false,
    };
    await action.undo?.(part.captured, context);
    return { state: "undone", seen: notes[0] ?? "nothing of it is left to take back" };
  } catch (error) {
    if (error instanceof TurnEnds) throw error;
    if (error instanceof WouldChange) return { state: "to-undo", seen: "its undo finds what it needs" };
    if (error instanceof ActionFailure) return { state: "changed", seen: sentence(error) };
    return { state: "unknown", seen: `looking failed: ${sentence(error)}` };
  }
}

async function wouldChange(): Promise<never> {
  throw new WouldChange();
}

/** Files that answer like the real ones; what would change nothing is let pass, what would change something ends it. */
function readingOnly(files: ReadFiles, trashPath: (path: string) => string): Files {
  return {
    ...files,
    trashPath,
    write: wouldChange,
    writeStream: wouldChange,
    move: wouldChange,
    copy: wouldChange,
    symlink: wouldChange,
    setMode: wouldChange,
    setOwner: wouldChange,
    stage: wouldChange,
    makeDirectory: async (path) => {
      if ((await files.stat(path))?.kind !== "directory") await wouldChange();
    },
    setModified: async () => {},
    trash: async (path) => ((await files.stat(path)) === undefined ? trashPath(path) : wouldChange()),
    // Only what a step left of its own half-done work: no part of what is undone.
    removeOwn: async () => {},
    removeLeftovers: async () => {},
    removeEmptyDirectory: async (path) => {
      if ((await files.stat(path))?.kind !== "directory" || (await files.list(path)).length > 0) return false;
      return wouldChange();
    },
  };
}
