import { formatDuration } from "../action/duration.ts";
import type { RunStatus } from "../event/run-state.ts";
import { printable } from "./printable.ts";

/** A drill that came to its end. Times are ISO 8601, UTC. */
export interface Rehearsal {
  readonly run: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly operator: string;
  readonly host: string;
  readonly result: RunStatus;
  /** Of the runbook's text that was rehearsed. */
  readonly digest: string;
  readonly version: string;
  readonly connections: readonly { readonly name: string; readonly summary: string }[];
}

const mostConnections = 3;

/**
 * `last rehearsed 2026-11-02 by ana on ops-1 against db1 (…): done in 12 min; the runbook has changed since`.
 * `digest` is that of the runbook's text now.
 */
export function rehearsalWords(rehearsal: Rehearsal | undefined, digest: string): string {
  if (!rehearsal) return "never rehearsed here";
  const { startedAt, endedAt, operator, host, connections, result, run } = rehearsal;
  const shown = connections
    .slice(0, mostConnections)
    .map(({ name, summary }) => `${printable(name)} (${printable(summary)})`);
  if (connections.length > mostConnections) shown.push(`${connections.length - mostConnections} more`);
  const against = shown.length > 0 ? ` against ${shown.join(", ")}` : "";
  const took = formatDuration(Date.parse(endedAt) - Date.parse(startedAt));
  const end = { done: "done", undone: "undone", abandoned: "given up" }[result as "done"] ?? result;
  const changed = rehearsal.digest === digest ? "" : "; the runbook has changed since";
  return `last rehearsed ${startedAt.slice(0, 10)} by ${printable(operator)} on ${printable(host)}${against}: ${end} ${end === "given up" ? "after" : "in"} ${took} (run ${run})${changed}`;
}
