import type { TurnSecrets } from "../execute/turn-secrets.ts";
import { CommandFailure } from "./exit.ts";

/** The same error without secrets: its words go to the terminal. */
export function maskError(error: unknown, secrets: TurnSecrets | undefined): unknown {
  if (!secrets || !(error instanceof Error)) return error;
  const masker = secrets.masker();
  if (error instanceof CommandFailure)
    return new CommandFailure(error.code, masker.text(error.message), masker.json(error.details));
  // In place: what kind of error it is says what is done about it.
  error.message = masker.text(error.message);
  if (error.stack !== undefined) error.stack = masker.text(error.stack);
  return error;
}
