import type { Identity } from "../action/connection.ts";
import type { ConnectionState, RunState } from "../event/run-state.ts";
import { RunPause } from "../execute/pause.ts";
import type { FileJournal } from "../journal/file-journal.ts";
import type { ConnectionsOptions } from "../look/connections.ts";

/**
 * Records who a system says it is when it is first met, and refuses another one under the same name: a run goes on only
 * against the systems that it began with.
 */
export function checkIdentities(
  journal: { append(...record: Parameters<FileJournal["append"]>): unknown },
  state: RunState,
): ConnectionsOptions["onIdentity"] {
  return (connection, kind, { summary, facts }) => {
    const known = state.connections.get(connection);
    if (!known) {
      journal.append(`connected ${connection}`, { type: "connected", connection, kind, summary, facts }, "next");
      return;
    }
    const other = otherSystem(connection, known, { summary, facts });
    if (other !== undefined) throw new RunPause("refused", `${other}; nothing was done there`);
  };
}

/** That a connection leads to another system than the run has met, with both; undefined where it does not. */
export function otherSystem(
  connection: string,
  known: ConnectionState,
  { summary, facts }: Identity,
): string | undefined {
  const names = [...new Set([...Object.keys(known.facts), ...Object.keys(facts)])];
  const other = names.filter((name) => known.facts[name] !== facts[name]);
  if (other.length === 0) return undefined;
  const differs = other.map(
    (name) => `${name} was ${String(known.facts[name] ?? "not known")} and is ${facts[name] ?? "not known"}`,
  );
  return `connection ${connection} leads to another system than before: it was ${known.summary}, and is ${summary} (${differs.join("; ")})`;
}
