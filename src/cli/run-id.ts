import { belayHome, runIds } from "../journal/run-folder.ts";
import { CommandFailure, exit } from "./exit.ts";
import type { Io } from "./io.ts";

/** The whole id of a run that was given by its beginning. Its journal is not read: it may be damaged. */
export function runIdOf(io: Io, given: string): string {
  const ids = runIds(belayHome(io.env));
  if (ids.includes(given)) return given;
  const fitting = ids.filter((id) => id.startsWith(given));
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) return only;
  throw new CommandFailure(
    exit.wrongInput,
    only === undefined ? `there is no run ${given}` : `${given} could be ${fitting.join(", ")}`,
    ["belay runs"],
  );
}
