import { readFileSync } from "node:fs";
import { abandonRun, runToEnd } from "../../execute/run-loop.ts";
import { heldHere, lockHolder } from "../../journal/lock.ts";
import { renderStatus } from "../../render/status.ts";
import { checkPresets } from "../check-presets.ts";
import { CommandFailure, type ExitCode, exit } from "../exit.ts";
import { type FoundRun, findRun } from "../find-run.ts";
import { frozenRunbook } from "../frozen-runbook.ts";
import type { Io } from "../io.ts";
import { refuseOver } from "../refuse-over.ts";
import { type TurnRequest, takeTurn } from "../turn.ts";
import { fetchSecrets } from "../turn-secrets.ts";

export type ResumeOptions = TurnRequest["options"];

/** Goes on with a run from wherever its journal says it is. */
export async function resumeCommand(io: Io, given: string | undefined, options: ResumeOptions): Promise<ExitCode> {
  const run = openRun(io, given);
  const runbook = await frozenRunbook(run.folder, run.state);
  await checkPresets(runbook, options);
  if (options.output !== "ndjson") {
    io.stdout.write(
      `${renderStatus(runbook, { id: run.folder.id, state: run.state, live: false }, { color: io.color, width: io.width, brief: true })}\n`,
    );
    const changed = changedSince(run);
    if (changed) io.stdout.write(`${changed}\n`);
  }
  const where = { ...io, cwd: run.state.started?.cwd ?? io.cwd };
  const secrets = await fetchSecrets(where, runbook, run.state, run.state.undo ? "undo" : "forward");
  return takeTurn({ io, runbook, folder: run.folder, options, secrets, work: runToEnd });
}

/** Gives a run up. Its `finally` steps run, and nothing else. */
export async function abandonCommand(io: Io, given: string, options: ResumeOptions): Promise<ExitCode> {
  const why = options.why?.trim();
  if (!why) throw new CommandFailure(exit.wrongInput, "abandon wants --why: it is kept in the journal");
  const run = openRun(io, given);
  const runbook = await frozenRunbook(run.folder, run.state);
  await checkPresets(runbook, options);
  const where = { ...io, cwd: run.state.started?.cwd ?? io.cwd };
  return takeTurn({
    io,
    runbook,
    folder: run.folder,
    options,
    secrets: await fetchSecrets(where, runbook, run.state, "abandon"),
    work: (session, before) => abandonRun(session, why, before),
  });
}

function openRun(io: Io, given: string | undefined): FoundRun {
  const run = findRun(io, given);
  if (!run.state.started)
    throw new CommandFailure(
      exit.refused,
      `run ${run.folder.id} never began: its first record did not reach the disk`,
      ["nothing ran; start it again with `belay run`"],
    );
  refuseOver(run.folder.id, run.state.status);
  // Said before anything is shown: a run at work looks interrupted to whoever does not know that.
  const holder = lockHolder(run.folder.lock);
  if (holder && run.live === true) throw heldHere(holder);
  return run;
}

/** A word on a runbook file that is another one now; the run goes on with the one that it started with. */
function changedSince(run: FoundRun): string | undefined {
  const { file } = run.state.started?.runbook ?? {};
  if (!file) return undefined;
  try {
    if (readFileSync(file, "utf8") === readFileSync(run.folder.runbook, "utf8")) return undefined;
    return `note: ${file} was changed since; this run goes on with the text it started with (diff ${run.folder.runbook} ${file})`;
  } catch {
    return `note: ${file} is gone; this run goes on with the text it started with`;
  }
}
