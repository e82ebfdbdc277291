import { once } from "node:events";
import { createReadStream, existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileNameOf } from "../../execute/file-name.ts";
import { JournalDamage } from "../../journal/failures.ts";
import { belayHome, runIds } from "../../journal/run-folder.ts";
import { renderStatus } from "../../render/status.ts";
import { renderRuns } from "../../render/status-runs.ts";
import { CommandFailure, type ExitCode, exit } from "../exit.ts";
import { type FoundRun, findRun, loadRun } from "../find-run.ts";
import type { Io } from "../io.ts";
import { readRunbookFile } from "../read-runbook.ts";
import { runData, statusData } from "../run-data.ts";

interface JsonOption {
  readonly output?: string;
}

/** How a run stands. Only reads. */
export async function statusCommand(io: Io, given: string | undefined, options: JsonOption): Promise<ExitCode> {
  const run = findRun(io, given ?? newestRun(io));
  const { folder, state, live } = run;
  const runbook = existsSync(folder.runbook) ? (await readRunbookFile(io, folder.runbook)).runbook : undefined;
  if (options.output === "json") {
    io.stdout.write(`${JSON.stringify(statusData(run, runbook), null, 2)}\n`);
    return exit.done;
  }
  io.stdout.write(
    `${renderStatus(runbook, { id: folder.id, state, live: live === true }, { color: io.color, width: io.width, brief: false })}\n`,
  );
  return exit.done;
}

/** Without an id, status means the run that was last worked on. */
function newestRun(io: Io): string | undefined {
  const all = runIds(belayHome(io.env)).flatMap((id) => readable(io, id));
  return all.sort((a, b) => ((a.state.lastAt ?? "") < (b.state.lastAt ?? "") ? 1 : -1))[0]?.folder.id;
}

function readable(io: Io, id: string): FoundRun[] {
  try {
    return [loadRun(io, id)];
  } catch (error) {
    if (error instanceof JournalDamage) {
      io.stderr.write(`run ${id}: ${error.message}\n`);
      return [];
    }
    throw error;
  }
}

/** All runs, newest first. */
export async function runsCommand(io: Io, options: JsonOption): Promise<ExitCode> {
  const found = runIds(belayHome(io.env))
    .flatMap((id) => readable(io, id))
    .sort((a, b) => ((a.state.started?.at ?? "") < (b.state.started?.at ?? "") ? 1 : -1));
  if (options.output === "json") io.stdout.write(`${JSON.stringify(found.map(runData), null, 2)}\n`);
  else if (found.length === 0) io.stdout.write(`no runs in ${belayHome(io.env)}\n`);
  else
    io.stdout.write(
      `${renderRuns(
        found.map(({ folder, state, live }) => ({ id: folder.id, state, live: live === true })),
        { color: io.color, width: io.width },
      )}\n`,
    );
  return exit.done;
}

/** What the programs of a run's steps printed, in full. */
export async function logsCommand(io: Io, given: string, step: string | undefined): Promise<ExitCode> {
  const { folder, state } = findRun(io, given);
  if (step !== undefined && !state.steps.has(step))
    throw new CommandFailure(exit.wrongInput, `run ${folder.id} has not come to a step ${step}`, [
      `belay status ${folder.id}`,
    ]);
  const names = existsSync(folder.logs) ? readdirSync(folder.logs).sort() : [];
  const wanted = names.filter(
    (name) =>
      (step === undefined || name.startsWith(`${fileNameOf(step)}.`)) && statSync(join(folder.logs, name)).size > 0,
  );
  const many = wanted.length > 1;
  let shown = 0;
  for (const name of wanted) {
    const file = join(folder.logs, name);
    if (many) io.stdout.write(`${shown > 0 ? "\n" : ""}==> ${name} <==\n`);
    for await (const chunk of createReadStream(file)) {
      if (!io.stdout.write(chunk)) await Promise.race([once(io.stdout, "drain"), once(io.stdout, "error")]);
    }
    shown += 1;
  }
  if (shown === 0)
    io.stdout.write(
      step === undefined ? "no step of this run has printed anything\n" : `step ${step} printed nothing\n`,
    );
  return exit.done;
}
