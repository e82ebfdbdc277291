import { once } from "node:events";
import { createReadStream, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { RunState } from "../../event/run-state.ts";
import { lockHolder } from "../../journal/lock.ts";
import { belayHome, runFolder, runIds } from "../../journal/run-folder.ts";
import { renderStatus } from "../../render/status.ts";
import { renderRuns } from "../../render/status-runs.ts";
import type { Runbook } from "../../runbook/runbook.ts";
import { CommandFailure, type ExitCode, exit } from "../exit.ts";
import { type FoundRun, findRun, readableRun } from "../find-run.ts";
import { frozenRunbook } from "../frozen-runbook.ts";
import type { Io } from "../io.ts";
import { addressesOf, logsOf } from "../log-names.ts";
import { runData, statusData } from "../run-data.ts";
import { runHeads } from "../run-heads.ts";

interface JsonOption {
  readonly output?: string;
}

/** How a run stands. Only reads. */
export async function statusCommand(io: Io, given: string | undefined, options: JsonOption): Promise<ExitCode> {
  const run = findRun(io, given ?? newestRun(io));
  const { folder, state, live } = run;
  const runbook = await knownRunbook(io, run);
  if (options.output === "json") {
    io.stdout.write(`${JSON.stringify(statusData(run, runbook), null, 2)}\n`);
    return exit.done;
  }
  if (live === "unknown") io.stdout.write(`${heldElsewhere(folder)}\n`);
  io.stdout.write(
    `${renderStatus(runbook, { id: folder.id, state, live: live !== false }, { color: io.color, width: io.width, brief: false })}\n`,
  );
  return exit.done;
}

/** From here nobody can tell whether the process of another machine still works. */
function heldElsewhere({ lock }: FoundRun["folder"]): string {
  const holder = lockHolder(lock);
  return `held by process ${holder?.pid ?? "unknown"} of ${holder?.user ?? "unknown"} on ${holder?.host ?? "another machine"} since ${holder?.at ?? "unknown"}; whether it still works can't be seen from here`;
}

/** How a run stands can be told without its runbook, too. */
async function knownRunbook(io: Io, { folder, state }: FoundRun): Promise<Runbook | undefined> {
  try {
    return await frozenRunbook(folder, state);
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    if (state.started) io.stderr.write(`belay: ${error.message}\n`);
    return undefined;
  }
}

/** Without an id, status means the run that was last worked on: its journal was written last. */
function newestRun(io: Io): string | undefined {
  const home = belayHome(io.env);
  const written = runIds(home).map((id) => ({ id, at: statSync(runFolder(home, id).journal).mtimeMs }));
  return written.sort((a, b) => b.at - a.at).find(({ id }) => readableRun(io, id).length > 0)?.id;
}

export interface RunsOptions extends JsonOption {
  readonly limit?: string;
  readonly status?: string;
  readonly runbook?: string;
}

/** Runs, newest first. Only those that are shown, or must be asked how they stand, are read whole. */
export async function runsCommand(io: Io, options: RunsOptions): Promise<ExitCode> {
  const limit = options.limit === undefined ? Number.POSITIVE_INFINITY : Number(options.limit);
  if (!(limit >= 1)) throw new CommandFailure(exit.wrongInput, `--limit wants a number, not ${options.limit}`);
  const found: FoundRun[] = [];
  for (const { id, runbook } of runHeads(io)) {
    if (found.length >= limit) break;
    if (options.runbook !== undefined && runbook !== options.runbook) continue;
    found.push(...readableRun(io, id).filter(({ state }) => hasStatus(state, options.status)));
  }
  if (options.output === "json") io.stdout.write(`${JSON.stringify(found.map(runData), null, 2)}\n`);
  else if (found.length === 0) {
    const filtered = options.status !== undefined || options.runbook !== undefined;
    io.stdout.write(`no ${filtered ? "such " : ""}runs in ${belayHome(io.env)}\n`);
  } else
    io.stdout.write(
      `${renderRuns(
        found.map(({ folder, state, live }) => ({ id: folder.id, state, live: live !== false })),
        { color: io.color, width: io.width },
      )}\n`,
    );
  return exit.done;
}

/** `open` is every run that can be gone on with. */
function hasStatus({ status }: RunState, wanted: string | undefined): boolean {
  const over = status === "done" || status === "abandoned" || status === "undone";
  return wanted === undefined || status === wanted || (wanted === "open" && !over);
}

/** Throws CommandFailure where they can't be read. */
function logNames({ logs }: FoundRun["folder"]): string[] {
  try {
    return readdirSync(logs).sort();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return [];
    const why = code === "ENOTDIR" ? "it is no folder" : code === "EACCES" ? "this user may not read it" : message;
    throw new CommandFailure(exit.refused, `${logs} can't be read: ${why}`, ["it should hold the logs of the run"]);
  }
}

/** Logs that held something when their step ended, and are not there. */
function missingLogs(state: RunState, addresses: readonly string[] | undefined, names: readonly string[]): string[] {
  return [...state.steps.values()]
    .filter(({ id }) => addresses === undefined || addresses.includes(id))
    .flatMap(({ output, undo }) => Object.keys({ ...output, ...undo?.output }))
    .filter((name) => !names.includes(name));
}

/** What the programs of a run's steps printed, in full. */
export async function logsCommand(io: Io, given: string, step: string | undefined): Promise<ExitCode> {
  const { folder, state } = findRun(io, given);
  const addresses = step === undefined ? [] : addressesOf(state, step);
  if (step !== undefined && addresses.length === 0)
    throw new CommandFailure(exit.wrongInput, `run ${folder.id} has not come to a step ${step}`, [
      `belay status ${folder.id}`,
    ]);
  const names = logNames(folder);
  const missing = missingLogs(state, step === undefined ? undefined : addresses, names);
  const wanted = (step === undefined ? names : logsOf(names, addresses)).filter((name) => {
    const stat = statSync(join(folder.logs, name));
    // A background job has a folder of its own, and what it writes there is masked only when it is over.
    return stat.isFile() && stat.size > 0;
  });
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
  if (missing.length > 0)
    throw new CommandFailure(
      exit.failed,
      `${missing.length === 1 ? "a log is" : `${missing.length} logs are`} missing that the journal has a digest of`,
      [
        ...missing.slice(0, 5).map((name) => join(folder.logs, name)),
        ...(missing.length > 5 ? [`and ${missing.length - 5} more`] : []),
        `belay verify ${folder.id}`,
      ],
    );
  if (shown === 0)
    io.stdout.write(
      step === undefined ? "no step of this run has printed anything\n" : `step ${step} printed nothing\n`,
    );
  return exit.done;
}
