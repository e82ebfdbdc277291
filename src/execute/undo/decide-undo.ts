import type { EventOf } from "../../event/event.ts";
import type { Json } from "../../schema/json.ts";
import { RunPause } from "../pause.ts";
import type { UndoQuestion } from "../questions.ts";
import { ownName } from "./undo-contexts.ts";
import { type UndoFinished, type UndoInDoubt, undoFinished } from "./undo-events.ts";
import { lookAtStep, lookAtUndo, questionOf, type Undoing } from "./undoing.ts";

type Decided = EventOf<"decided">;

/**
 * What is done about an undoing that failed, or whose outcome is not known: what the world or a person says of it, or
 * another attempt. Throws a pause when nobody decides.
 */
export async function decideUndo(
  undoing: Undoing,
  outcome: UndoFinished | UndoInDoubt,
  captured: Json | undefined,
  fresh: boolean,
): Promise<Decided | UndoFinished> {
  const { step, session } = undoing;
  if (outcome.type === "undo-in-doubt") return decideDoubt(undoing, outcome, captured, fresh);
  const message = outcome.message ?? "it failed";
  // A failure of an earlier turn: who goes on with the run wants it tried again.
  if (!fresh) return again(undoing, "resume", { by: session.run.user });
  return ask(undoing, "failed", message, `undoing step ${step.id} failed: ${message}`, {
    details: outcome.details ?? [],
  });
}

async function decideDoubt(
  undoing: Undoing,
  outcome: UndoInDoubt,
  captured: Json | undefined,
  fresh: boolean,
): Promise<Decided | UndoFinished> {
  const { step, way, key } = undoing;
  let seen: string | undefined;
  if (way.kind === "runbook") {
    const look = await whetherUndone(undoing, captured);
    seen = look.seen;
    if (look.undone === true)
      return undoFinished(step.id, key, "undone", { message: `it was in doubt; looking showed it: ${seen}` });
    if (look.undone === false && !fresh) return again(undoing, "check", { seen });
  }
  // An action's own undo is safe to repeat: that is what it promises. What arose just now could go on all night.
  const harmless = way.kind === "action" || (way.kind === "runbook" && (way.step.repeatable || attaches(undoing)));
  if (harmless && !fresh) return again(undoing, "repeatable", seen === undefined ? {} : { seen });
  const { message } = outcome;
  const words = `undoing step ${step.id} is in doubt: ${message}${seen === undefined ? "" : ` (${seen})`}`;
  return ask(undoing, "in-doubt", message, words, seen === undefined ? {} : { seen });
}

/** It named what it was going to start before it started it, and has not forgotten that: another attempt attaches to it. */
function attaches({ way, known }: Undoing): boolean {
  if (way.kind !== "runbook" || way.step.action.effect !== "change" || !way.step.action.reattaches) return false;
  return ![...known.remembered].some(([name, value]) => name.startsWith(ownName) && value === null);
}

/** Looks first whether what undoes it is done, then whether what was to be undone is. */
async function whetherUndone(
  undoing: Undoing,
  captured: Json | undefined,
): Promise<{ readonly undone?: boolean; readonly seen: string }> {
  const undo = await lookAtUndo(undoing, captured);
  if (undo?.state === "done") return { undone: true, seen: undo.seen };
  const step = await lookAtStep(undoing);
  if (step?.state === "not-done" && !step.assumed) return { undone: true, seen: step.seen };
  if (step?.state === "done") return { undone: false, seen: step.seen };
  if (undo?.state === "not-done") return { undone: false, seen: undo.seen };
  return { seen: step?.seen ?? undo?.seen ?? "there is nothing to look with: the step has no check" };
}

function again({ step, key }: Undoing, via: Decided["via"], more: Pick<Decided, "by" | "seen">): Decided {
  return { type: "decided", step: step.id, key, decision: "run-again", via, ...more };
}

async function ask(
  undoing: Undoing,
  situation: UndoQuestion["situation"] & ("failed" | "in-doubt"),
  message: string,
  words: string,
  more: { readonly details?: readonly string[]; readonly seen?: string },
): Promise<Decided | UndoFinished> {
  const { session, step, key } = undoing;
  session.durable.flush();
  const ruling = await session.answerer.undo(questionOf(undoing, situation, message, more));
  if (!ruling)
    throw new RunPause(situation, `${words}; a person decides: --decide ${step.id}=run-again|done|leave`, step.id);
  const { by, via } = ruling;
  const seen = more.seen === undefined ? {} : { seen: more.seen };
  if (ruling.decision === "run-again") return again(undoing, via, { by, ...seen });
  const { why, evidence } = ruling;
  return undoFinished(step.id, key, ruling.decision === "leave" ? "left" : "undone-by-hand", {
    message,
    by,
    why,
    ...(evidence === undefined ? {} : { evidence }),
  });
}
