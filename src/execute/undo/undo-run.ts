import type { Session } from "../session.ts";
import type { UndoRequest } from "../undo-request.ts";

/**
 * Undoes a run from the state of the world as it is: the changes that it made, the newest first. Returns the addresses
 * of those that stay. Throws a pause when it must stop, and when the run is back at the step that `to` names.
 */
export async function undoRun(_session: Session, _request: UndoRequest | undefined): Promise<readonly string[]> {
  throw new Error("not there yet");
}
