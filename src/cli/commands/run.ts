import { closeSync, fsyncSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { emptyRunState } from "../../event/run-state.ts";
import { runToEnd } from "../../execute/run-loop.ts";
import { belayHome, makeRunFolder, type RunFolder } from "../../journal/run-folder.ts";
import { isPlan } from "../../plan/digest.ts";
import type { Plan } from "../../plan/plan.ts";
import { renderPlan } from "../../render/plan.ts";
import type { Runbook } from "../../runbook/runbook.ts";
import { checkPresets } from "../check-presets.ts";
import { CommandFailure, type ExitCode, exit } from "../exit.ts";
import { findRunbook } from "../find-runbook.ts";
import { freezeRunbook, includedFacts } from "../freeze-runbook.ts";
import type { Io } from "../io.ts";
import { type PreviewRequest, preview } from "../preview.ts";
import { type InputOptions, readInputs } from "../read-inputs.ts";
import { needRunbook } from "../read-runbook.ts";
import { takeTurn } from "../turn.ts";
import { fetchSecrets } from "../turn-secrets.ts";
import type { WatchOptions } from "../watch.ts";
import { refuseStale } from "./plan.ts";

export type RunCommandOptions = WatchOptions & InputOptions;

/** How a run is marked. */
export interface RunKind {
  /** A rehearsal: it does everything, and the journal says what it was for. */
  readonly drill?: boolean;
}

/** Starts a run of a runbook, or of a saved plan. */
export async function runCommand(
  io: Io,
  given: string,
  options: RunCommandOptions,
  kind: RunKind = {},
): Promise<ExitCode> {
  const saved = given.endsWith(".json") ? readPlan(io, given) : undefined;
  if (saved && ((options.input ?? []).length > 0 || options.inputs))
    throw new CommandFailure(exit.wrongInput, "a saved plan has its inputs; nothing ran");
  const file = saved ? resolve(saved.cwd, saved.runbook.file) : findRunbook(io, given);
  const runbook = await needRunbook(io, file);
  await checkPresets(runbook, options);
  const inputs = saved ? saved.inputs : await readInputs(io, runbook, options);
  const where = { ...io, cwd: saved?.cwd ?? io.cwd };
  const secrets = await fetchSecrets(where, runbook, emptyRunState(), "forward");
  if (saved) refuseStale(saved, await preview(io, { runbook, inputs, secrets, offline: false, cwd: saved.cwd }));
  const plan = saved ?? (await agree(io, { runbook, inputs, secrets }, options));
  const folder = newFolder(io, runbook, plan);
  return takeTurn({
    io: where,
    runbook,
    folder,
    options,
    secrets,
    start: {
      file,
      inputs,
      included: includedFacts(runbook, io.cwd),
      ...(plan ? { plan: plan.digest } : {}),
      ...(kind.drill ? { drill: true } : {}),
    },
    work: runToEnd,
  });
}

/** Nothing starts unseen: a person sees the plan and agrees, or `--yes` says that somebody did. The plan that was seen. */
async function agree(
  io: Io,
  what: Pick<PreviewRequest, "runbook" | "inputs" | "secrets">,
  options: RunCommandOptions,
): Promise<Plan | undefined> {
  if (options.yes) return undefined;
  if (!io.interactive || options.output === "ndjson") {
    throw new CommandFailure(exit.waiting, "nobody is here to agree, so nothing ran", [
      "look with `belay plan`, then add --yes, or run a saved plan (--confirm and --answer are for single steps)",
    ]);
  }
  const plan = await preview(io, { ...what, offline: false, cwd: io.cwd });
  io.stdout.write(`${renderPlan(plan, { color: io.color, width: io.width, verbose: false })}\n`);
  const { askToStart } = await import("../terminal/ask-input.ts");
  if (!(await askToStart(io, what.runbook.title))) throw new CommandFailure(exit.waiting, "not started; nothing ran");
  return plan;
}

function readPlan(io: Io, given: string): Plan {
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(resolve(io.cwd, given), "utf8"));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new CommandFailure(exit.wrongInput, `${given} can't be read as a plan: ${code ?? message}`);
  }
  if (!isPlan(data)) throw new CommandFailure(exit.wrongInput, `${given} is not a plan that this belay wrote`);
  if (data.run !== undefined)
    throw new CommandFailure(exit.wrongInput, `${given} previews the resume of run ${data.run}`, [
      `belay resume ${data.run}`,
    ]);
  if (data.offline)
    throw new CommandFailure(exit.refused, `${given} was made offline: it has not seen the systems`, [
      "make one without --offline",
    ]);
  return data;
}

/** On disk when it returns. */
function keep(file: string, text: string): void {
  const fd = openSync(file, "wx", 0o600);
  try {
    writeFileSync(fd, text);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** The folder of a new run, with the runbook frozen in it, and the plan that was agreed to. */
function newFolder(io: Io, runbook: Runbook, plan: Plan | undefined): RunFolder {
  let folder: RunFolder | undefined;
  try {
    folder = makeRunFolder(belayHome(io.env));
    freezeRunbook(folder, runbook);
    if (plan) keep(folder.plan, `${JSON.stringify(plan, null, 2)}\n`);
    return folder;
  } catch (error) {
    if (folder) rmSync(folder.path, { recursive: true, force: true });
    const { code, message } = error as NodeJS.ErrnoException;
    const why =
      code === "ENOSPC"
        ? "the disk is full"
        : code === "EACCES" || code === "EROFS"
          ? "it may not be written"
          : message;
    throw new CommandFailure(exit.failed, `belay can't keep a journal in ${belayHome(io.env)}: ${why}; nothing ran`, [
      "set BELAY_HOME to a folder on a disk with room",
    ]);
  }
}
