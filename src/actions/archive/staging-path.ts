import type { ReadContext } from "../../action/context.ts";

/**
 * The folder beside `to` that a step of a run works in. It is the same for every attempt, so that what an interrupted
 * attempt left is found and removed by the next.
 */
export function stagingPath(to: string, { run, step }: ReadContext): string {
  const plain = (text: string) => text.replace(/[^A-Za-z0-9_-]/g, "_");
  return `${to}.belay-${plain(run.id)}-${plain(step.id)}`;
}
