import { lookAtOwnUndo, type OwnUndoLook, type UndonePart } from "../../look/look-at-undo.ts";
import { judgeParts, undoneParts } from "../../look/undone-parts.ts";
import type { Place } from "../../look/world.ts";
import { placeOf } from "../place-of.ts";
import { trashOf } from "../step-contexts.ts";
import { undoContext } from "./undo-contexts.ts";
import type { Undoing } from "./undoing.ts";

/** What an action's own undo takes back, the newest first. */
function partsOf({ session, step, known, input }: Undoing): UndonePart[] {
  const { source, durable } = session;
  const newest: UndonePart = {
    input: "value" in input ? input.value : null,
    captured: source.captured?.(step.id) ?? null,
    ...(known.result === undefined ? {} : { result: known.result }),
    recall: (name) => durable.recall(step.id, name),
  };
  return undoneParts(newest, known.earlier, (captured) => source.unsealed?.(captured) ?? captured);
}

/** What the step's own undo would find now. Changes nothing. */
export async function lookAtOwn(undoing: Undoing): Promise<OwnUndoLook & { readonly skip: ReadonlySet<UndonePart> }> {
  const { session, step, key, way } = undoing;
  if (way.kind !== "action") throw new Error("only an action's own undo is looked at so");
  const parts = partsOf(undoing);
  const looks: OwnUndoLook[] = [];
  for (const part of parts) looks.push(await lookAtPart(undoing, part, placeOf(session, step, key)));
  return judgeParts(way.action, parts, looks);
}

async function lookAtPart({ session, step, way }: Undoing, part: UndonePart, place: Place): Promise<OwnUndoLook> {
  if (way.kind !== "action") throw new Error("only an action's own undo is looked at so");
  return lookAtOwnUndo(way.action, session.source, place, part, trashOf(session, step.id));
}

/** Runs it: for what the last attempts changed, and then for what those before them did with another input. */
export async function undoOwn(undoing: Undoing, place: Place): Promise<void> {
  const { session, way } = undoing;
  if (way.kind !== "action") throw new Error("only an action's own undo runs so");
  const parts = partsOf(undoing);
  const looks: OwnUndoLook[] = [];
  if (parts.length > 1) for (const part of parts) looks.push(await lookAtPart(undoing, part, place));
  const { skip } = judgeParts(way.action, parts, looks);
  for (const part of parts) {
    if (skip.has(part)) continue;
    const context = await undoContext(session, place, part.input, part.result);
    await way.action.undo?.(part.captured, { ...context, captured: part.captured, recall: part.recall });
  }
}
