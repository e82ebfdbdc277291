import { abandonRun, runToEnd } from "../../execute/run-loop.ts";
import { heldHere, lockHolder } from "../../journal/lock.ts";
import { renderStatus } from "../../render/status.ts";
import { type AdoptOptions, adoptionOf } from "../adopt.ts";
import { arriveAt } from "../arrival.ts";
import { changeNotes } from "../changed-runbook.ts";
import { checkPresets } from "../check-presets.ts";
import { CommandFailure, type ExitCode, exit } from "../exit.ts";
import { type FoundRun, findRun } from "../find-run.ts";
import { frozenRunbook } from "../frozen-runbook.ts";
import type { Io } from "../io.ts";
import { refuseOver } from "../refuse-over.ts";
import { type TurnRequest, takeTurn } from "../turn.ts";
import { fetchSecrets } from "../turn-secrets.ts";

export type ResumeOptions = TurnRequest["options"];

/** Goes on with a run from wherever its journal says it is, if wanted with another text of its runbook. */
export async function resumeCommand(
  io: Io,
  given: string | undefined,
  options: ResumeOptions & AdoptOptions,
): Promise<ExitCode> {
  const run = openRun(io, given);
  const { folder, state } = run;
  const frozen = await frozenRunbook(folder, state);
  const adoption = await adoptionOf(io, run, frozen, options);
  const runbook = adoption?.runbook ?? frozen;
  await checkPresets(runbook, options);
  if (options.output !== "ndjson") {
    const style = { color: io.color, width: io.width, brief: true };
    const notes = adoption ? adoption.lines : await changeNotes(io, run, frozen);
    const lines = [renderStatus(frozen, { id: folder.id, state, live: false }, style), ...notes];
    if (options.adopt && !adoption) lines.push("nothing to adopt: the run goes by this text");
    if (state.undo) lines.push(undoGoesOn(state.undo.to));
    io.stdout.write(`${lines.join("\n")}\n`);
  }
  const arrival = await arriveAt(io, run, runbook, options);
  const where = { ...io, cwd: state.started?.cwd ?? io.cwd };
  const known = adoption ? { ...state, inputs: adoption.inputs } : state;
  const secrets = await fetchSecrets(where, runbook, known, state.undo ? "undo" : "forward");
  return takeTurn({
    io,
    runbook,
    folder,
    options,
    secrets,
    arrival,
    ...(adoption ? { adopt: adoption.write } : {}),
    work: runToEnd,
  });
}

function undoGoesOn(to: string | undefined): string {
  const aim = to === undefined ? "the run is being undone" : `the run is being taken back to ${to}`;
  return `${aim}: this goes on with that`;
}

/** Gives a run up. Its `finally` steps run, and nothing else. */
export async function abandonCommand(io: Io, given: string, options: ResumeOptions): Promise<ExitCode> {
  const why = options.why?.trim();
  if (!why) throw new CommandFailure(exit.wrongInput, "abandon wants --why: it is kept in the journal");
  const run = openRun(io, given);
  const runbook = await frozenRunbook(run.folder, run.state);
  await checkPresets(runbook, options);
  const arrival = await arriveAt(io, run, runbook, options, "abandon");
  const where = { ...io, cwd: run.state.started?.cwd ?? io.cwd };
  return takeTurn({
    io,
    runbook,
    folder: run.folder,
    options,
    arrival,
    secrets: await fetchSecrets(where, runbook, run.state, "abandon"),
    work: (session, before) => abandonRun(session, why, before),
  });
}

/** A run that can be gone on with, or undone. Throws CommandFailure for one that can't, or that is at work. */
export function openRun(io: Io, given: string | undefined, work: "forward" | "undo" = "forward"): FoundRun {
  const run = findRun(io, given);
  if (!run.state.started)
    throw new CommandFailure(
      exit.refused,
      `run ${run.folder.id} never began: its first record did not reach the disk`,
      ["nothing ran; start it again with `belay run`"],
    );
  refuseOver(run.folder.id, run.state.status, work);
  // Said before anything is shown: a run at work looks interrupted to whoever does not know that.
  const holder = lockHolder(run.folder.lock);
  if (holder && run.live === true) throw heldHere(holder);
  return run;
}
