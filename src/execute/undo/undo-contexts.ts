import type { ChangeContext, UndoContext } from "../../action/context.ts";
import { systemsOf } from "../../look/contexts.ts";
import { withCaptured } from "../../look/way-back.ts";
import type { Place } from "../../look/world.ts";
import type { Json } from "../../schema/json.ts";
import type { Session } from "../session.ts";
import { changeContext, trashOf } from "../step-contexts.ts";

/** What the names begin with of what another action remembers that undoes a step. */
export const ownName = "undo ";

/** The context of an action's own undo: the trash of its step, and what that remembered. */
export async function undoContext(
  session: Session,
  place: Place,
  input: Json,
  result: Json | undefined,
): Promise<UndoContext> {
  return { ...(await changeContext(session, place)), input, ...(result === undefined ? {} : { result }) };
}

/**
 * The context of another action that undoes a step: it stands under the step's name, and has nothing of what the step
 * captured, remembered or moved to its trash, for none of that is its own.
 */
export async function otherContext(session: Session, place: Place, captured: Json | undefined): Promise<ChangeContext> {
  const base = withCaptured(await changeContext(session, place), captured);
  const systems = await systemsOf(session.source, place);
  return {
    ...base,
    files: await systems.files({ trashFolder: `${trashOf(session, place.id)}!undo` }),
    remember: (name, value) => base.remember(`${ownName}${name}`, value),
    recall: (name) => base.recall(`${ownName}${name}`),
  };
}
