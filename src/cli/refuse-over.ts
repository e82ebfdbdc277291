import type { RunStatus } from "../event/run-state.ts";
import { CommandFailure, exit } from "./exit.ts";

/** A run that is over is not gone on with; one that was done or given up can still be undone. */
export function refuseOver(id: string, status: RunStatus, work: "forward" | "undo" = "forward"): void {
  if (status === "undone")
    throw new CommandFailure(exit.refused, `run ${id} is undone; there is nothing to go on with`, [
      `belay status ${id} shows what was undone, and what stays`,
    ]);
  if (work === "undo" || (status !== "done" && status !== "abandoned")) return;
  throw new CommandFailure(exit.refused, `run ${id} is over (${status}); there is nothing to go on with`, [
    `belay status ${id}`,
    `belay undo ${id}  takes its changes back`,
  ]);
}
