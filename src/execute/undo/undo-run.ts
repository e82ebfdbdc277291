import type { EventOf } from "../../event/event.ts";
import { RunPause } from "../pause.ts";
import type { Session } from "../session.ts";
import type { UndoRequest } from "../undo-request.ts";
import { refusesBackTo, rewoundBy, undoList } from "./undo-list.ts";
import { undoStep } from "./undo-step.ts";

/**
 * Undoes a run from the state of the world as it is: the changes that it made, the newest first. Returns the addresses
 * of those that stay. Throws a pause when it must stop, and when the run is back at the step that `to` names.
 */
export async function undoRun(session: Session, request: UndoRequest | undefined): Promise<readonly string[]> {
  const { to } = await begin(session, request);
  const left: string[] = [];
  for (const { id } of undoList(session.root, session.state, to)) {
    if (session.stops.pause.aborted) throw new RunPause("interrupted", "the run was stopped on request");
    if (await undoStep(session, id)) left.push(id);
  }
  if (to !== undefined) throw await rewind(session, to, left);
  // What stayed when the run was taken back before is this run's doing, too.
  return [...new Set([...left, ...session.state.kept.map(({ id }) => id)])];
}

/** An undoing that was begun goes on, whoever asks for another one. */
async function begin(session: Session, request: UndoRequest | undefined): Promise<EventOf<"undo-begun">> {
  const { state, durable } = session;
  if (state.undo) return state.undo;
  if (!request) throw new Error("nobody asked for the run to be undone");
  const { via, by, to, why } = request;
  const refused = to === undefined ? undefined : refusesBackTo(session.root, state, to);
  if (refused !== undefined) throw new RunPause("refused", `${refused}; nothing was undone`, to);
  return durable.once(`undo begun ${durable.attempt}`, async () => ({
    type: "undo-begun",
    by,
    via,
    ...(to === undefined ? {} : { to }),
    ...(why === undefined ? {} : { why }),
  }));
}

async function rewind(session: Session, to: string, left: readonly string[]): Promise<RunPause> {
  const { durable, root, state } = session;
  await durable.once(`rewound ${durable.attempt}`, async () => ({
    type: "rewound",
    to,
    steps: rewoundBy(root, state, to),
  }));
  const stay = left.length === 0 ? "" : `; left as they are, and run a second time: ${left.join(", ")}`;
  return new RunPause("rewound", `the run is back at ${to}, and goes on from there${stay}`, to);
}
