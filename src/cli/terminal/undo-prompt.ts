import type { UndoQuestion, UndoRuling } from "../../execute/questions.ts";
import { symbol } from "../../render/symbols.ts";
import type { Desk } from "./desk.ts";
import { askNeeded, choose } from "./prompt.ts";

/** The undoing of a step failed, is in doubt, or can't be begun as things are: what now? Undefined: stop. */
export async function askUndo(desk: Desk, question: UndoQuestion): Promise<UndoRuling | undefined> {
  const { seen, details, message } = question;
  desk.say(headOf(question), message, ...(seen === undefined ? [] : [`Looked just now: ${seen}`]), ...details);
  const way = await choose<"stop" | "again" | "leave" | "by-hand">(desk, "What now?", [
    { name: "stop here, change nothing", value: "stop" },
    { name: "try again", value: "again" },
    { name: "leave it as it is, and say why", value: "leave" },
    { name: "it is undone: I did it by hand", value: "by-hand" },
  ]);
  const by = desk.user;
  switch (way) {
    case undefined:
    case "stop":
      return undefined;
    case "again":
      return { decision: "run-again", by, via: "prompt" };
    case "leave": {
      const why = await askNeeded(desk, "Why is it left as it is? (kept in the journal)");
      return why === undefined ? undefined : { decision: "leave", by, why, via: "prompt" };
    }
    case "by-hand": {
      const why = await askNeeded(desk, "Why was it undone by hand?");
      if (why === undefined) return undefined;
      const evidence = await askNeeded(desk, "What shows that it is undone?");
      return evidence === undefined ? undefined : { decision: "done-by-hand", by, why, evidence, via: "prompt" };
    }
  }
}

function headOf({ situation, step, title }: UndoQuestion): string {
  const name = title === step ? `step ${step}` : `step ${step}, "${title}",`;
  switch (situation) {
    case "failed":
      return `${symbol.undone} Undoing ${name} failed.`;
    case "in-doubt":
      return `${symbol.undone} Undoing ${name} is in doubt: what was taken back is not known.`;
    case "changed-since":
      return `${symbol.undone} Undoing ${name} was not begun: what it changed is not as the step left it.`;
    case "by-hand":
      return `${symbol.undone} Undoing ${name} is for a person to do.`;
  }
}
