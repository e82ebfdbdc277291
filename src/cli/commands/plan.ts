import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { emptyRunState, type StepState } from "../../event/run-state.ts";
import { belayHome } from "../../journal/run-folder.ts";
import type { ConnectionsOptions } from "../../look/connections.ts";
import { stepValue, type World } from "../../look/world.ts";
import { differences, isPlan } from "../../plan/digest.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Progress } from "../../plan/planning.ts";
import { wrap } from "../../render/layout.ts";
import { renderPlan } from "../../render/plan.ts";
import { rehearsalWords } from "../../render/rehearsal.ts";
import { formatTime } from "../../render/time.ts";
import { adoptionOf } from "../adopt.ts";
import { otherMachine } from "../arrival.ts";
import { CommandFailure, type ExitCode, exit } from "../exit.ts";
import { type FoundRun, findRun } from "../find-run.ts";
import { findRunbook } from "../find-runbook.ts";
import { frozenRunbook } from "../frozen-runbook.ts";
import { otherSystem } from "../identities.ts";
import type { Io } from "../io.ts";
import { lastDrill } from "../last-drill.ts";
import { preview } from "../preview.ts";
import { type InputOptions, readInputs } from "../read-inputs.ts";
import { needRunbook } from "../read-runbook.ts";
import { shellWord } from "../shell-word.ts";
import { fetchSecrets } from "../turn-secrets.ts";

export interface PlanCommandOptions extends InputOptions {
  readonly offline?: boolean;
  readonly out?: string;
  readonly run?: string;
  /** With `run`: as if it went on with its runbook's file as it is now, or with this one. */
  readonly adopt?: boolean | string;
  readonly output?: string;
  readonly verbose?: boolean;
}

export async function planCommand(io: Io, given: string | undefined, options: PlanCommandOptions): Promise<ExitCode> {
  if (options.run !== undefined) return planResume(io, options.run, options);
  if (options.adopt !== undefined) throw new CommandFailure(exit.wrongInput, "--adopt is for a run: with --run");
  if (given === undefined) throw new CommandFailure(exit.wrongInput, "plan wants a runbook, or --run with a run");
  const runbook = await needRunbook(io, findRunbook(io, given));
  const inputs = await readInputs(io, runbook, options);
  const offline = options.offline === true;
  const secrets = offline ? undefined : await fetchSecrets(io, runbook, emptyRunState(), "forward");
  const plan = await preview(io, { runbook, inputs, secrets, offline, cwd: io.cwd });
  if (options.out !== undefined) savePlan(io, plan, options.out);
  show(
    io,
    plan,
    options,
    options.out === undefined ? runCommandLine(given, options) : `belay run ${shellWord(options.out)}`,
  );
  return endOfPlan(plan);
}

/** A plan whose looks already fail is worth an exit code of its own: the run would stop there. */
function endOfPlan(plan: Plan): ExitCode {
  return plan.steps.some((step) => step.state === "would-fail") ? exit.failed : exit.done;
}

function show(io: Io, plan: Plan, options: PlanCommandOptions, next: string, refused = false): void {
  if (options.output === "json") {
    io.stdout.write(`${JSON.stringify(plan, null, 2)}\n`);
    return;
  }
  const page = renderPlan(plan, { color: io.color, width: io.width, verbose: options.verbose === true });
  const last = refused
    ? "a resume would be refused; the warnings say why"
    : endOfPlan(plan) === exit.done
      ? `run it:  ${next}`
      : "mend what would fail, then plan again";
  const rehearsed = rehearsalWords(lastDrill(belayHome(io.env), plan.runbook.name), plan.runbook.digest);
  io.stdout.write(`${page}\n${wrap(rehearsed, Math.max(40, io.width)).join("\n")}\n${last}\n`);
}

function savePlan(io: Io, plan: Plan, out: string): void {
  refuseOther(io, out);
  try {
    writeFileSync(resolve(io.cwd, out), `${JSON.stringify(plan, null, 2)}\n`, { mode: 0o600 });
  } catch (error) {
    throw new CommandFailure(
      exit.failed,
      `the plan can't be written to ${out}: ${(error as NodeJS.ErrnoException).code}`,
    );
  }
}

/** A plan replaces an older plan, and nothing else. */
function refuseOther(io: Io, out: string): void {
  const path = resolve(io.cwd, out);
  if (!existsSync(path)) return;
  try {
    if (isPlan(JSON.parse(readFileSync(path, "utf8")))) return;
  } catch {
    // not a plan
  }
  throw new CommandFailure(exit.wrongInput, `${out} is there already and is no plan; nothing was written`);
}

function runCommandLine(given: string, options: InputOptions): string {
  const words = [
    "belay",
    "run",
    given,
    ...(options.inputs ? ["--inputs", options.inputs] : []),
    ...(options.input ?? []).flatMap((one) => ["-i", one]),
  ];
  return words.map(shellWord).join(" ");
}

async function planResume(io: Io, given: string, options: PlanCommandOptions): Promise<ExitCode> {
  const run = findRun(io, given);
  const { state, folder } = run;
  if (!state.started) throw new CommandFailure(exit.wrongInput, `run ${folder.id} never began`);
  if (state.status === "done" || state.status === "abandoned")
    throw new CommandFailure(exit.wrongInput, `run ${folder.id} is over: ${state.status}`);
  const frozen = await frozenRunbook(folder, state);
  const adoption = await adoptionOf(io, run, frozen, options);
  if (adoption && options.output !== "json") io.stdout.write(`${adoption.lines.join("\n")}\n\n`);
  const runbook = adoption?.runbook ?? frozen;
  const inputs = adoption?.inputs ?? state.inputs;
  const offline = options.offline === true;
  const where = { ...io, cwd: state.started.cwd };
  const secrets = offline ? undefined : await fetchSecrets(where, runbook, { ...state, inputs }, "forward");
  const elsewhere = otherMachine(run, runbook);
  const refusals = elsewhere === undefined ? [] : [elsewhere];
  const onIdentity: ConnectionsOptions["onIdentity"] = (name, _kind, identity) => {
    // Another text may ask a connection anew.
    const before = adoption?.reconnected.includes(name) ? undefined : state.connections.get(name);
    const other = before && otherSystem(name, before, identity);
    if (other !== undefined) refusals.push(secrets ? secrets.masker().text(other) : other);
  };
  const made = await preview(io, {
    runbook,
    inputs,
    secrets,
    offline,
    cwd: state.started.cwd,
    resumed: { startedAt: state.started.at, ...progressOf(run), onIdentity },
  });
  const warned = refusals.map((one) => `a resume would be refused: ${one}`);
  const plan = { ...made, warnings: [...warned, ...made.warnings] };
  show(io, plan, options, resumeCommandLine(folder.id, options), refusals.length > 0);
  return refusals.length > 0 ? exit.refused : endOfPlan(plan);
}

function resumeCommandLine(id: string, { adopt, input = [] }: PlanCommandOptions): string {
  const adopting = adopt === undefined ? [] : ["--adopt", ...(adopt === true ? [] : [String(adopt)])];
  return ["belay", "resume", id, ...adopting, ...input.flatMap((one) => ["-i", one])].map(shellWord).join(" ");
}

const through = new Set<StepState["status"]>(["done", "already-done", "skipped", "done-by-hand"]);

const at = (iso: string | undefined) => (iso === undefined ? "" : ` at ${formatTime(iso, { now: Date.now() })}`);

function progressOf(run: FoundRun): { progress: Progress; steps: World["values"]["steps"] } {
  const finished = new Map<string, string>();
  const begun = new Map<string, string>();
  const steps: World["values"]["steps"] = {};
  for (const step of run.state.steps.values()) {
    if (through.has(step.status)) {
      finished.set(step.id, `${step.status}${at(step.endedAt)}`);
      steps[step.id] = stepValue(step.result ?? null, step.status);
    } else if (step.status === "running" || step.status === "in-doubt")
      begun.set(step.id, `begun${at(step.startedAt)}, and its end is not known`);
  }
  const groups = new Map([...run.state.steps].flatMap(([id, { group }]) => (group ? [[id, group] as const] : [])));
  return { progress: { run: run.folder.id, finished, begun, groups }, steps };
}

/** Refuses a saved plan whose runbook, inputs or inspected world are others by now. */
export function refuseStale(saved: Plan, now: Plan): void {
  const found = differences(saved, now);
  if (found.length === 0) return;
  throw new CommandFailure(exit.refused, "the plan no longer fits, so nothing ran", [
    ...found,
    "make a new one with `belay plan`",
  ]);
}
