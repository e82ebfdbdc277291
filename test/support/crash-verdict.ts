import type { JournalRecord } from "../../src/journal/record.ts";

/**
 * Lies in a journal: a change that one turn began, and another turn calls done or failed, without a doubt or a decision
 * in between. One line each.
 */
export function falseOutcomes(records: readonly JournalRecord[]): string[] {
  const lies: string[] = [];
  const begunBy = new Map<string, string>();
  const doubted = new Set<string>();
  let turn = "";
  for (const { event } of records) {
    switch (event.type) {
      case "run-started":
      case "run-resumed":
        turn = event.attempt;
        break;
      case "step-started":
        if (event.effect === "change") begunBy.set(event.key, event.attempt);
        if (event.attempt !== turn) lies.push(`${event.key} was begun by a turn that was over`);
        break;
      case "step-in-doubt":
      case "step-interrupted":
        doubted.add(event.key);
        break;
      case "decided":
        doubted.add(event.key);
        break;
      case "step-finished": {
        const by = begunBy.get(event.key);
        if (by !== undefined && by !== turn && !doubted.has(event.key))
          lies.push(`${event.key} was begun by a turn that was killed, and is called ${event.state}`);
        break;
      }
    }
  }
  return lies;
}

/** Steps whose change was begun again although an earlier attempt had ended well. */
export function begunAfterEnd(records: readonly JournalRecord[]): string[] {
  const over = new Set<string>();
  const lines: string[] = [];
  for (const { event } of records) {
    if (event.type === "step-started" && event.section !== "preflight" && over.has(event.step))
      lines.push(`${event.step} was through, and was begun again`);
    if (event.type === "step-finished" && event.state !== "failed") over.add(event.step);
    if (event.type === "decided" && event.decision !== "run-again") over.add(event.step);
  }
  return lines;
}

/** The changes whose outcome the journal does not know. */
export function openChanges(records: readonly JournalRecord[]): string[] {
  const open = new Map<string, string>();
  for (const { event } of records) {
    if (event.type === "step-started" && event.effect === "change") open.set(event.key, event.step);
    if (event.type === "step-finished" || event.type === "decided") open.delete(event.key);
  }
  return [...new Set(open.values())];
}
