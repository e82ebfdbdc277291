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

/**
 * Lies about groups, one line each: one that is called done while a step of it is not, one that begins or goes on after
 * its end, an instance that is begun twice, a list that changes.
 */
export function groupLies(records: readonly JournalRecord[]): string[] {
  const lies: string[] = [];
  const groups = new Map<string, string | undefined>();
  const over = new Set<string>();
  const open = new Map<string, string>();
  const begunKeys = new Set<string>();
  const inside = (address: string, group: string) => address.startsWith(`${group}/`) || address.startsWith(`${group}[`);
  for (const { event } of records) {
    switch (event.type) {
      case "group-started": {
        const list = JSON.stringify([event.instances, event.inputs]);
        if (groups.has(event.step)) lies.push(`group ${event.step} was begun twice`);
        groups.set(event.step, list);
        for (const group of over)
          if (inside(event.step, group)) lies.push(`${event.step} was begun after ${group} ended`);
        open.set(event.step, "running");
        break;
      }
      case "step-started":
        if (begunKeys.has(event.key)) lies.push(`${event.key} was begun twice`);
        begunKeys.add(event.key);
        for (const group of over)
          if (inside(event.step, group)) lies.push(`${event.key} was begun after ${group} ended`);
        open.set(event.step, "running");
        break;
      case "step-in-doubt":
      case "step-interrupted":
        open.set(event.step, "in doubt");
        break;
      case "decided":
        if (event.decision === "run-again") open.set(event.step, "to be run again");
        else open.delete(event.step);
        break;
      case "step-finished":
        if (event.state === "failed" && !groups.has(event.step)) {
          open.set(event.step, "failed");
          break;
        }
        open.delete(event.step);
        if (!groups.has(event.step)) break;
        over.add(event.step);
        if (event.state === "failed") break;
        for (const [step, how] of open) {
          // The author may let a step fail: its group is through then.
          if (inside(step, event.step) && how !== "failed")
            lies.push(`group ${event.step} is called ${event.state} while ${step} is ${how}`);
        }
        break;
      case "rewound":
        for (const step of event.steps) {
          groups.delete(step);
          over.delete(step);
          open.delete(step);
        }
        break;
      case "run-finished":
        if (event.state !== "done") break;
        for (const [step, how] of open) if (how !== "failed") lies.push(`the run is done while ${step} is ${how}`);
        break;
    }
  }
  return lies;
}

/** The keys that a journal has more than once. */
export function keysTwice(records: readonly JournalRecord[]): string[] {
  const keys = records.map(({ key }) => key);
  return keys.filter((key, index) => keys.indexOf(key) !== index);
}
