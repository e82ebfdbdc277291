import { resolve } from "node:path";
import type { EventOf } from "../event/event.ts";
import { foldEvent } from "../event/fold-event.ts";
import { emptyRunState, type RunState } from "../event/run-state.ts";
import { type Judgement, judgeAdoption } from "../execute/adoption.ts";
import { FileJournal } from "../journal/file-journal.ts";
import { timed } from "../journal/record.ts";
import type { RunFolder } from "../journal/run-folder.ts";
import { differenceLines, differenceSentences } from "../render/difference.ts";
import { differenceOf, isSame, type RunbookDifference } from "../runbook/difference.ts";
import type { Runbook } from "../runbook/runbook.ts";
import type { JsonObject } from "../schema/json.ts";
import { CommandFailure, exit } from "./exit.ts";
import type { FoundRun } from "./find-run.ts";
import { findRunbook } from "./find-runbook.ts";
import { freezeAdopted, includedFacts } from "./freeze-runbook.ts";
import type { Io } from "./io.ts";
import { type InputOptions, readInputs } from "./read-inputs.ts";
import { needRunbook } from "./read-runbook.ts";
import { refuseOver } from "./refuse-over.ts";

/** `--adopt` with or without a file, and `-i` for inputs that are new. */
export interface AdoptOptions extends InputOptions {
  readonly adopt?: boolean | string;
  readonly why?: string;
}

/** Another text for a run to go on with: valid, and nothing that was done is another thing by it. */
export interface Adoption {
  readonly runbook: Runbook;
  /** All inputs, the new ones too. */
  readonly inputs: JsonObject;
  /** What it changes, for a person. */
  readonly lines: readonly string[];
  /** Connections whose systems are asked anew who they are. */
  readonly reconnected: readonly string[];
  /** Judges again, now that nobody else works on the run, and records it. On disk when it resolves. */
  write(onEvent: (event: EventOf<"adopted">) => void): Promise<void>;
}

/**
 * The text that `--adopt` asks for; undefined without it, or when the run goes by that text already. Throws
 * CommandFailure for a text with mistakes (exit 2) and for one that the run can't go on with (exit 5).
 */
export async function adoptionOf(
  io: Io,
  run: FoundRun,
  from: Runbook,
  options: AdoptOptions,
): Promise<Adoption | undefined> {
  const { adopt } = options;
  if (adopt === undefined || adopt === false) {
    if ((options.input ?? []).length > 0 || options.inputs !== undefined)
      throw new CommandFailure(exit.wrongInput, "a run keeps the inputs that it started with; nothing was done", [
        "-i is for inputs that a new text of the runbook adds: with --adopt",
      ]);
    return undefined;
  }
  const { state, folder } = run;
  const file = adopt === true ? (state.runbook?.file ?? folder.runbook) : findRunbook(io, adopt);
  const to = await needRunbook(io, file);
  const difference = differenceOf(from, to);
  if (isSame(difference) && to.digest === from.digest) return undefined;
  const lines = differenceLines(difference, state, { color: io.color });
  const judgement = await judgeAdoption(state, from, to, difference);
  if (judgement.refusals.length > 0) throw refused(folder.id, lines, judgement.refusals);
  const added = await newInputs(io, state, to, options);
  return {
    reconnected: judgement.reconnected,
    runbook: to,
    inputs: { ...state.inputs, ...added },
    lines: [
      `adopting ${file}:`,
      ...(isSame(difference) ? ["  nothing that a step does is another thing"] : lines),
      ...staying(state, judgement),
    ],
    write: (onEvent) => adoptNow(io, folder, { file, from, to, difference, added, why: options.why }, onEvent),
  };
}

function refused(id: string, lines: readonly string[], refusals: readonly string[]): CommandFailure {
  return new CommandFailure(exit.refused, `run ${id} can't go on with the new text; nothing was done`, [
    ...lines.map((line) => line.replace(/^ {2}/, "")),
    "what stands against it:",
    ...refusals.map((one) => `  ${one}`),
    `without --adopt the run goes on with the text it has:  belay resume ${id}`,
  ]);
}

/** What a failed attempt may have left is another thing than what the next one will do. */
function staying(state: RunState, { renewed }: Judgement): string[] {
  return renewed
    .filter((one) => one.otherInput && state.steps.get(one.step)?.captured !== undefined)
    .map((one) => `  ${one.step}: look at what its failed attempt left; undo takes back what the next attempt does`);
}

async function newInputs(io: Io, state: RunState, to: Runbook, options: InputOptions): Promise<JsonObject> {
  const isNew = (name: string) => !Object.hasOwn(state.inputs, name);
  const given = (options.input ?? []).map((one) => one.split("=")[0] ?? "");
  const old = given.find((name) => to.inputs.has(name) && !isNew(name));
  if (old !== undefined)
    throw new CommandFailure(exit.wrongInput, `input \`${old}\` has its value since the run began; nothing was done`);
  const inputs = new Map([...to.inputs].filter(([name]) => isNew(name)));
  return readInputs(io, { ...to, inputs }, options);
}

interface Wanted {
  readonly file: string;
  readonly from: Runbook;
  readonly to: Runbook;
  readonly difference: RunbookDifference;
  readonly added: JsonObject;
  readonly why: string | undefined;
}

/** The texts first, then the one record that puts them in force. The run's lock is held. */
async function adoptNow(
  io: Io,
  folder: RunFolder,
  wanted: Wanted,
  onEvent: (event: EventOf<"adopted">) => void,
): Promise<void> {
  const { from, to, file, difference, added, why } = wanted;
  const journal = FileJournal.open(folder, () => {});
  try {
    const state = emptyRunState();
    for (const record of journal.records) foldEvent(state, timed(record));
    refuseOver(folder.id, state.status);
    if (state.runbook?.digest !== from.digest || includedChanged(state, from, io))
      throw new CommandFailure(exit.refused, `run ${folder.id} goes by another text since a moment ago; try again`);
    const { refusals, renewed, reconnected } = await judgeAdoption(state, from, to, difference);
    if (refusals.length > 0) throw refused(folder.id, [], refusals);
    try {
      freezeAdopted(folder, to);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw new CommandFailure(
        exit.failed,
        `the new text can't be kept in ${folder.path}: ${code === "ENOSPC" ? "the disk is full" : (code ?? message)}`,
        ["nothing was done; the run goes by the text it has"],
      );
    }
    const recorded = new Set(journal.records.map((record) => record.key));
    for (const { step, key, looking } of renewed) {
      const section = state.steps.get(step)?.section ?? "steps";
      const over = (message: string) =>
        ({ type: "step-finished", step, key, section, state: "failed", message }) as const;
      if (!recorded.has(`${key} begun`))
        journal.append(`${key} begun`, over("what it waited for was meant for another text of the runbook"), "next");
      else if (looking && !recorded.has(`${key} done`))
        journal.append(`${key} done`, over("it was stopped, and begins anew with another text of the runbook"), "next");
      if (!recorded.has(`${key} decided`))
        journal.append(
          `${key} decided`,
          { type: "decided", step, key, decision: "run-again", via: "resume", by: io.user },
          "next",
        );
    }
    const again = renewed.filter((one) => one.otherInput).map(({ key }) => key);
    const event: EventOf<"adopted"> = {
      type: "adopted",
      runbook: { version: to.version, file: resolve(io.cwd, file), digest: to.digest },
      included: includedFacts(to, io.cwd),
      ...(Object.keys(added).length > 0 ? { inputs: added } : {}),
      ...(again.length > 0 ? { again } : {}),
      ...(reconnected.length > 0 ? { reconnected: [...reconnected] } : {}),
      changes: differenceSentences(difference),
      by: io.user,
      ...(why === undefined ? {} : { why }),
    };
    onEvent(journal.append(`adopted ${state.adopted.length + 1}`, event, "now"));
  } finally {
    journal.close();
  }
}

function includedChanged(state: RunState, from: Runbook, io: Io): boolean {
  const digests = new Set(includedFacts(from, io.cwd).map(({ digest }) => digest));
  return state.included.some((one) => !digests.has(one.digest));
}
