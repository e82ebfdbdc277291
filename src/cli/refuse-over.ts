import type { RunStatus } from "../event/run-state.ts";
import { CommandFailure, exit } from "./exit.ts";

/** A run that is over is not gone on with. */
export function refuseOver(id: string, status: RunStatus): void {
  if (status !== "done" && status !== "abandoned") return;
  throw new CommandFailure(exit.refused, `run ${id} is over (${status}); there is nothing to go on with`, [
    `belay status ${id}`,
  ]);
}
