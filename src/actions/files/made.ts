import type { ChangeContext, ReadContext, UndoContext } from "../../action/context.ts";
import { ActionFailure } from "../../action/failure.ts";
import type { FileStat } from "../../action/files.ts";
import type { Json } from "../../schema/json.ts";
import { measureTree } from "./measure-tree.ts";

/** A file or folder that a step made, as it can be told again: names, kinds and sizes, and the time of its newest file. */
export type Made = { shape: string; newest: number };

/** What a file system may make of a time that was set, in milliseconds. */
const timeGrain = 2;

export const sameTime = (a: number, b: number): boolean => Math.abs(a - b) < timeGrain;

/** What is different about it now; undefined when nothing is. */
export async function changeSince(
  path: string,
  stat: FileStat,
  made: Made,
  context: ReadContext,
): Promise<string | undefined> {
  const { shape, newest } = await measureTree(path, stat, context);
  if (shape !== made.shape) return "names or sizes are other";
  return newest > made.newest + timeGrain
    ? `something in it was changed at ${new Date(newest).toISOString()}`
    : undefined;
}

/**
 * Moves what a step made to the trash. Fine when it is gone; goes on with a move that was killed half-way; and refuses
 * when something else stands there now, by what `change` says of it.
 */
export async function trashMade(
  path: string,
  change: (stat: FileStat) => Promise<string | undefined>,
  { files, note }: ChangeContext,
): Promise<void> {
  const stat = await files.stat(path);
  const kept = await files.stat(files.trashPath(path));
  if (stat === undefined) {
    if (kept) await files.trash(path);
    else note(`${path} is gone already`);
    return;
  }
  const difference = await change(stat);
  if (difference === undefined) {
    await files.trash(path);
    return;
  }
  if (kept) return note(`what the step made is in the trash already; ${path} is something else, and was left alone`);
  throw new ActionFailure("failed", `${path} is not as the step left it: ${difference}; it was left alone`, [
    `To undo the step all the same, look at ${path}, and move it away by hand.`,
  ]);
}

/**
 * Keeps what undo must know of a change that is about to be made: nothing more to do where it was captured so, a record
 * where the world has changed since the first attempt.
 */
export async function keepForUndo(name: string, value: Json, context: ChangeContext): Promise<void> {
  const captured = context.captured;
  const before = typeof captured === "object" && captured !== null && !Array.isArray(captured) ? captured[name] : null;
  if (JSON.stringify(before) !== JSON.stringify(value)) await context.remember(name, value);
}

/** What `keepForUndo` or the capture kept; null when the change was never begun. */
export function keptForUndo<T>(name: string, captured: { readonly [name: string]: T | Json }, context: UndoContext) {
  return (context.recall(name) ?? captured[name] ?? null) as T | null;
}
