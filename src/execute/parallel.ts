import { JournalWriteFailure } from "../journal/failures.ts";
import { mustStop } from "./halt.ts";
import { RunPause } from "./pause.ts";
import type { Session } from "./session.ts";
import { InstanceFailure, UndoRequest } from "./undo-request.ts";

export interface TogetherOptions {
  readonly atOnce: number;
  readonly session: Session;
  /** Whether another branch may begin after one ended so. */
  goOnAfter(error: unknown): boolean;
}

/**
 * Runs branches at the same time. One that waits for a person, or that failed, does not hold up the others; when all
 * have come as far as they can, the worst of what ended them is thrown.
 */
export async function runTogether(
  branches: readonly (() => Promise<void>)[],
  { atOnce, session, goOnAfter }: TogetherOptions,
): Promise<void> {
  const ends: unknown[] = [];
  let next = 0;
  let open = true;
  const worker = async () => {
    while (next < branches.length && open && !mustStop(session)) {
      const branch = branches[next];
      next += 1;
      try {
        await branch?.();
      } catch (error) {
        ends.push(error);
        if (endsAll(error)) session.halt.call(error instanceof Error ? error.message : String(error));
        if (!goOnAfter(error)) open = false;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(atOnce, branches.length)) }, worker));
  if (ends.length > 0) throw ends.reduce((worst, one) => (rank(one) < rank(worst) ? one : worst));
  if (next < branches.length)
    throw new RunPause("interrupted", session.halt.because ?? "the run was stopped on request");
}

/** After these nothing more may begin anywhere in the run. */
function endsAll(error: unknown): boolean {
  if (error instanceof InstanceFailure) return false;
  return (
    !(error instanceof RunPause) ||
    error.reason === "refused" ||
    error.reason === "disk-full" ||
    error.reason === "stopped"
  );
}

const worstFirst = ["refused", "disk-full", "in-doubt", "failed", "stopped", "waiting", "rewound", "interrupted"];

function rank(error: unknown): number {
  if (error instanceof UndoRequest) return 1;
  if (error instanceof JournalWriteFailure) return 2;
  if (error instanceof RunPause) return 3 + worstFirst.indexOf(error.reason);
  if (error instanceof InstanceFailure) return 99;
  // What is not known here is a fault of belay itself.
  return 0;
}
