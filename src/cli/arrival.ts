import { statSync } from "node:fs";
import type { RunState } from "../event/run-state.ts";
import { standingOf, statesOf } from "../execute/standing.ts";
import { mayHaveChanged } from "../execute/undoable.ts";
import { lockHolder } from "../journal/lock.ts";
import { canUndo } from "../runbook/effect.ts";
import { placedNodes } from "../runbook/placed-nodes.ts";
import type { Runbook, Step } from "../runbook/runbook.ts";
import { isJsonObject, type Json } from "../schema/json.ts";
import { type Environment, environmentOf, programsOf } from "./environment.ts";
import { environmentDiffers, isOtherMachine, machineName } from "./environment-differs.ts";
import { CommandFailure, exit } from "./exit.ts";
import type { FoundRun } from "./find-run.ts";
import type { Io } from "./io.ts";
import { localTarget } from "./local-target.ts";
import type { TurnWork } from "./turn-secrets.ts";

/** Where a turn works, compared with the turn before. */
export interface Arrival {
  /** What is another one, in plain sentences. */
  readonly differs: readonly string[];
  /** The facts as they are now; absent when none is another one. */
  readonly environment?: Environment;
}

export interface ArrivalOptions {
  readonly takeOver?: boolean;
  readonly output?: string;
}

/** What was typed, with the option that it lacks. */
const commands: { readonly [K in TurnWork]: (id: string) => string } = {
  forward: (id) => `resume ${id} --take-over`,
  undo: (id) => `undo ${id} --take-over`,
  abandon: (id) => `abandon ${id} --take-over --why …`,
};

/** What a turn may still come to: what is over does not matter any more, unless it is undone. */
function workToCome(runbook: Runbook, state: RunState, work: TurnWork): { forward: Step[]; undone: Step[] } {
  const forward: Step[] = [];
  const undone: Step[] = [];
  for (const placed of placedNodes(runbook).values()) {
    const { node, section } = placed;
    if (node.kind !== "step") continue;
    if (work === "undo" && section !== "finally") {
      if (canUndo(node) && statesOf(state, placed).some(mayHaveChanged)) undone.push(node);
    } else if ((work === "forward" || section === "finally") && standingOf(state, placed) !== "over")
      forward.push(node);
  }
  return { forward, undone };
}

/** What a resume from here would be refused for: the run works on another machine, and steps would work on this one. */
export function otherMachine({ state, folder }: FoundRun, runbook: Runbook): string | undefined {
  const { forward } = workToCome(runbook, state, "forward");
  const [before, now] = [environmentBefore(state), localTarget()];
  if (!isOtherMachine(before, now) || !forward.some(worksHere)) return undefined;
  return `run ${folder.id} works on ${machineName(before)}, and this is ${machineName(now)}: go on there, or, if this is meant, with --take-over`;
}

/**
 * Looks where the operator is before a run goes on. On another machine than the turn before, steps without a connection
 * would work on it: that needs a yes or `--take-over`. Throws CommandFailure (exit 5).
 */
export async function arriveAt(
  io: Io,
  run: FoundRun,
  runbook: Runbook,
  options: ArrivalOptions,
  work: TurnWork = "forward",
): Promise<Arrival> {
  const { state, folder } = run;
  const cwd = state.started?.cwd ?? io.cwd;
  const { forward, undone } = workToCome(runbook, state, state.undo ? "undo" : work);
  const steps = [...undone, ...forward];
  const before = environmentBefore(state);
  const now = environmentOf(io, forward, cwd, undone);
  const differs = environmentDiffers(before, now);
  const local = [...undone.filter(undoWorksHere), ...forward.filter(worksHere)];
  refuseWithoutFolder(folder.id, cwd, steps);
  if (differs.length > 0 && options.output !== "ndjson")
    io.stdout.write(`not as in the turn before:\n${differs.map((line) => `  ${line}\n`).join("")}`);
  if (isOtherMachine(before, now) && local.length > 0 && options.takeOver !== true) {
    const holder = run.live === "unknown" ? lockHolder(folder.lock) : undefined;
    const held = holder ? `, where process ${holder.pid} of ${holder.user} holds it` : "";
    const where = `run ${folder.id} works on ${machineName(before)}${held}; this is ${machineName(now)}`;
    const names = local.slice(0, 3).map(({ id }) => id);
    const more = local.length > names.length ? ` and ${local.length - names.length} more` : "";
    const here = `${names.join(", ")}${more} would work on this machine now`;
    if (!io.interactive || options.output === "ndjson")
      throw new CommandFailure(exit.refused, `${where}; nothing was done`, [
        here,
        `go on there, or, if this is meant:  belay ${commands[work](folder.id)}`,
      ]);
    io.stdout.write(`${where}\n${here}\n`);
    const { askToGoOn } = await import("./terminal/ask-input.ts");
    if (!(await askToGoOn(io, `Go on here, on ${now.host}?`)))
      throw new CommandFailure(exit.refused, "not gone on with; nothing was done");
  }
  if (differs.length === 0) return { differs };
  // Programs of steps that are over are those that the earlier turns had.
  const programs = { ...before.programs, ...now.programs };
  return { differs, environment: { ...now, programs } };
}

/** What is known of the turn before; of a run that an older belay started, little. */
function environmentBefore(state: RunState): Partial<Environment> {
  const { started, environment } = state;
  const last = state.turnList.at(-1);
  const known = isJsonObject(environment) ? (environment as unknown as Environment) : undefined;
  return {
    ...(started?.target ?? {}),
    ...known,
    // A turn that found everything as before has written only who and with what.
    ...(last ? { user: last.operator.user, belay: last.program.belay, node: last.program.node } : {}),
  };
}

/** It touches the machine that belay runs on. */
function worksHere(step: Step): boolean {
  return step.on === undefined && step.uses !== "manual" && step.uses !== "assert";
}

function undoWorksHere(step: Step): boolean {
  const { undo } = step;
  return undo?.kind === "uses"
    ? undo.on === undefined && undo.uses !== "manual"
    : undo === undefined && step.on === undefined;
}

function refuseWithoutFolder(id: string, cwd: string, steps: readonly Step[]): void {
  if (statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) return;
  const needing = steps.filter((step) => step.on === undefined && (programsOf(step).length > 0 || hasRelative(step)));
  if (needing.length === 0) return;
  throw new CommandFailure(exit.refused, `run ${id} started in ${cwd}, and there is no such folder here`, [
    `relative paths are below it, and programs start in it: ${needing.map((step) => step.id).join(", ")}`,
    "make it with what belongs there, then go on; nothing was done",
  ]);
}

function hasRelative({ action, written }: Step): boolean {
  if (!action.paths || !isJsonObject(written)) return false;
  const relative = (value: Json | undefined): boolean =>
    Array.isArray(value)
      ? value.some(relative)
      : typeof value === "string" && !/^(\/|~|\$\{\{)/.test(value) && value !== "";
  return action.paths.some((key) => relative(written[key]));
}
