import { join } from "node:path";
import type { ChangeContext } from "../action/context.ts";
import type { OutputSink } from "../action/systems.ts";
import { fileNameOf, logName } from "../journal/log-name.ts";
import { type ContextSource, lazyProcesses, probeContext, readContext, systemsOf } from "../look/contexts.ts";
import type { Place, World } from "../look/world.ts";
import type { Session } from "./session.ts";

/** How the steps of a run look: programs of a check answer in memory, those of a step write to its log. */
export function lookingPart(source: ContextSource, logs: string): Pick<World, "read" | "probe"> {
  return {
    read: (place) => readContext(source, place),
    probe: (place, as) => probeContext(source, place, as === "check" ? { kind: "memory" } : logSink(logs, place)),
  };
}

/** The context of a change. */
export async function changeContext(session: Session, place: Place): Promise<ChangeContext> {
  const base = await session.read(place);
  return {
    ...base,
    files: await (await systemsOf(session.source, place)).files({
      trashFolder: trashOf(session, place.id),
    }),
    processes: lazyProcesses(session.source, place, logSink(session.folders.logs, place)),
    remember: (name, value) => session.durable.remember(place.id, place.key, name, value),
    recall: (name) => session.durable.recall(place.id, name),
    ended: (key) => session.durable.ended(key),
  };
}

/** A step that runs again after it was taken back has a trash of its own: the old one may not be empty. */
export function trashOf(
  session: Pick<Session, "state"> & { readonly folders: { readonly trash: string } },
  address: string,
): string {
  const round = session.state.steps.get(address)?.round ?? 1;
  return join(session.folders.trash, `${fileNameOf(address)}${round === 1 ? "" : `~${round}`}`);
}

function logSink(logs: string, place: Place): OutputSink {
  const log = join(logs, logName(place.key));
  return { kind: "files", stdout: `${log}.out`, stderr: `${log}.err` };
}
