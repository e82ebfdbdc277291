import type { RunState } from "../event/run-state.ts";
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
    const names = [...new Set([...Object.keys(known.facts), ...Object.keys(facts)])];
    const other = names.filter((name) => known.facts[name] !== facts[name]);
    if (other.length === 0) return;
    const differs = other.map(
      (name) => `${name} was ${String(known.facts[name] ?? "not known")} and is ${facts[name] ?? "not known"}`,
    );
    throw new RunPause(
      "refused",
      `connection ${connection} leads to another system than before: it was ${known.summary}, and is ${summary} (${differs.join("; ")}); nothing was done there`,
    );
  };
}
