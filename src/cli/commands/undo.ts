import { undoToEnd } from "../../execute/run-loop.ts";
import { refusesBackTo } from "../../execute/undo/undo-list.ts";
import { UndoRequest } from "../../execute/undo-request.ts";
import type { UndoPlan } from "../../plan/undo-plan.ts";
import { renderUndoPlan } from "../../render/undo-plan.ts";
import type { Runbook } from "../../runbook/runbook.ts";
import { arriveAt } from "../arrival.ts";
import { checkPresets } from "../check-presets.ts";
import { CommandFailure, type ExitCode, exit } from "../exit.ts";
import type { FoundRun } from "../find-run.ts";
import { frozenRunbook } from "../frozen-runbook.ts";
import type { Io } from "../io.ts";
import { meantBy } from "../preset-keys.ts";
import { shellWord } from "../shell-word.ts";
import { takeTurn } from "../turn.ts";
import { fetchSecrets } from "../turn-secrets.ts";
import { undoPreview } from "../undo-preview.ts";
import { openRun, type ResumeOptions } from "./resume.ts";

export interface UndoOptions extends ResumeOptions {
  /** Only back to this step. */
  readonly to?: string;
  /** Only show what would be undone. */
  readonly plan?: boolean;
}

/** Takes a run's changes back: shows what that would do, asks, and does it. */
export async function undoCommand(io: Io, given: string, options: UndoOptions): Promise<ExitCode> {
  if (options.output === "json" && !options.plan)
    throw new CommandFailure(exit.wrongInput, "--output json is for --plan; what happens is told with --output ndjson");
  const run = openRun(io, given, "undo");
  const { folder, state } = run;
  const runbook = await frozenRunbook(folder, state);
  await checkPresets(runbook, options);
  const to = stepToGoBackTo(run, runbook, options.to);
  const where = { ...io, cwd: state.started?.cwd ?? io.cwd };
  const secrets = await fetchSecrets(where, runbook, state, "undo");
  await secrets?.fetchForUndo();
  const plan = await undoPreview(where, run, runbook, secrets, to);
  if (
    state.undo?.to !== undefined &&
    options.to === undefined &&
    options.output !== "ndjson" &&
    options.output !== "json"
  )
    io.stdout.write(
      `the run is being taken back to ${state.undo.to}: this goes on with that; all of it can be undone afterwards, with the same command\n`,
    );
  show(io, plan, options);
  if (options.plan) {
    if (options.output === "text") io.stdout.write(`undo it:  belay undo ${folder.id}${toOption(plan)}\n`);
    return exit.done;
  }
  // Nothing is recorded, so that a run that is done stays so.
  if (plan.steps.length === 0 && to === undefined && !state.undo) return exit.done;
  await agreed(io, plan, options);
  const arrival = await arriveAt(io, run, runbook, options, "undo");
  const why = options.why?.trim();
  const request = new UndoRequest({
    via: "command",
    by: io.user,
    ...(to === undefined ? {} : { to }),
    ...(why ? { why } : {}),
  });
  return takeTurn({
    io,
    runbook,
    folder,
    options,
    secrets,
    arrival,
    undoes: true,
    work: (session, before) => undoToEnd(session, request, before),
  });
}

const toOption = ({ to, begun }: UndoPlan) => (to === undefined || begun ? "" : ` --to ${shellWord(to)}`);

/** The address that `--to` means, or that an undoing which was begun goes back to. Throws CommandFailure. */
function stepToGoBackTo({ folder, state }: FoundRun, runbook: Runbook, given: string | undefined): string | undefined {
  const [meant, ...more] = given === undefined ? [] : meantBy(runbook, given);
  if (more.length > 0)
    throw new CommandFailure(exit.wrongInput, `--to ${given}: ${more.length + 1} steps have the id ${given}`, [
      `say which: ${[meant, ...more].map((one) => one?.address).join(", ")}`,
    ]);
  // An instance keeps its own name: what stands for it in the runbook is any of them.
  const to = given?.includes("[") ? given : (meant?.address.replace(/\[…\]$/, "") ?? given);
  if (state.undo) {
    if (to === undefined || to === state.undo.to) return state.undo.to;
    const aim = state.undo.to === undefined ? "all of it is being undone" : `it is taken back to ${state.undo.to}`;
    throw new CommandFailure(exit.refused, `--to ${given}: run ${folder.id} is being undone already: ${aim}`, [
      `go on with that:  belay undo ${folder.id}`,
    ]);
  }
  const refused = to === undefined ? undefined : refusesBackTo(runbook, state, to);
  if (refused === undefined) return to;
  throw new CommandFailure(exit.refused, `${refused}; nothing was undone`, [
    `belay status ${folder.id} lists the steps`,
  ]);
}

function show(io: Io, plan: UndoPlan, options: UndoOptions): void {
  if (options.output === "json") io.stdout.write(`${JSON.stringify(plan, null, 2)}\n`);
  // Lines of events hold nothing else; only who asks for the plan gets it.
  else if (options.output === "ndjson" && options.plan) io.stdout.write(`${JSON.stringify(plan)}\n`);
  else if (options.output !== "ndjson")
    io.stdout.write(`${renderUndoPlan(plan, { color: io.color, width: io.width })}\n`);
}

/** What stays, and is made again when the run goes on. */
function runningTwice({ steps, stay }: UndoPlan): string[] {
  return [...steps.filter((step) => step.runsTwice).map(({ id }) => id), ...(stay.runTwice ?? [])];
}

/** An undoing that was begun was agreed to. Throws CommandFailure (exit 3) when nobody agrees. */
async function agreed(io: Io, plan: UndoPlan, options: UndoOptions): Promise<void> {
  if (options.yes || plan.begun) return;
  if (io.interactive && options.output !== "ndjson") {
    const { askToGoOn } = await import("../terminal/ask-input.ts");
    const what = plan.to === undefined ? "Undo this run" : `Take this run back to ${plan.to}`;
    const twice = runningTwice(plan);
    const knowingly = twice.length === 0 ? "" : ` ${twice.join(", ")} stays, and will run a second time.`;
    if (await askToGoOn(io, `${what} now?${knowingly}`)) return;
    throw new CommandFailure(exit.waiting, "nobody agreed, so nothing was undone");
  }
  throw new CommandFailure(exit.waiting, "there is nobody to ask, so nothing was undone", [
    "--yes agrees to this plan",
  ]);
}
