import { formatDuration } from "../../action/duration.ts";
import type { DeadlineQuestion, DeadlineRuling } from "../../execute/questions.ts";
import { symbol } from "../../render/symbols.ts";
import { formatTime } from "../../render/time.ts";
import type { Desk } from "./desk.ts";
import { askText, choose } from "./prompt.ts";
import { agreesToUndoRun } from "./ruling-prompt.ts";

/** A deadline is over: what now? Undefined: stop. */
export async function askDeadline(desk: Desk, question: DeadlineQuestion): Promise<DeadlineRuling | undefined> {
  const { deadline, message, startedAt, limitAt, step, canUndoRun } = question;
  const now = Date.now();
  const late = formatDuration(now - Date.parse(limitAt));
  desk.say(
    `${symbol.clock} DEADLINE ${deadline} IS OVER by ${late}`,
    message,
    `Its clock began at ${formatTime(startedAt, { now })} and ended at ${formatTime(limitAt, { now })}.`,
    `Step ${step} is about to begin; nothing of it was begun.`,
  );
  for (;;) {
    const way = await choose<"stop" | "continue" | "undo">(desk, "What now?", [
      { name: "stop here, change nothing", value: "stop" },
      { name: "go on in spite of it", value: "continue" },
      ...(canUndoRun ? [{ name: "undo the whole run", value: "undo" as const }] : []),
    ]);
    if (way === undefined || way === "stop") return undefined;
    if (way === "undo" && !(await agreesToUndoRun(desk))) continue;
    const why = await askText(desk, "Why? (kept in the journal; may stay empty)");
    if (why === undefined) return undefined;
    return { decision: way, by: desk.user, ...(why.trim() === "" ? {} : { why: why.trim() }), via: "prompt" };
  }
}
