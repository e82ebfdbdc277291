import { formatDuration } from "../action/duration.ts";
import type { EventOf, RunEvent } from "../event/event.ts";
import { progressWords } from "./amounts.ts";
import { count } from "./layout.ts";
import { printable, printableLines } from "./printable.ts";
import { type LineOptions, safetyLines } from "./safety-lines.ts";
import { symbol } from "./symbols.ts";
import { decidedOnUndo, undoLines } from "./undo-lines.ts";

/**
 * What an event says in plain lines; none for what only the journal needs. `names` gives a step's title (or its id).
 * Lines of a step begin with a symbol and its id; what belongs to them is set in.
 */
export function lineOf(
  event: RunEvent & { readonly at?: string },
  names: (step: string) => string,
  options: LineOptions = {},
): string[] {
  switch (event.type) {
    case "run-started":
      return [
        `run ${event.run}${event.drill ? " · DRILL" : ""} · ${printable(event.runbook.title)} · ${event.runbook.name} ${event.runbook.version}`,
        `started by ${printable(event.operator.user)} on ${printable(event.operator.host)}`,
      ];
    case "run-resumed":
      return [
        `resumed by ${printable(event.operator.user)} on ${printable(event.operator.host)}`,
        ...(event.tookOver ? [`  ${printable(event.tookOver)}`] : []),
        ...(event.differs ?? []).map((one) => `  not as in the turn before: ${printable(one)}`),
      ];
    case "group-started":
      return [step(symbol.running, event.step, [titleOf(event.step, names), instancesWords(event)].join(""))];
    case "step-started": {
      const title = event.title === undefined ? titleOf(event.step, names) : printable(event.title);
      const words = title === "begins" ? "POINT OF NO RETURN" : `POINT OF NO RETURN: ${title}`;
      return [step(symbol.running, event.step, event.noReturn ? words : title)];
    }
    case "step-finished":
      return finishedLines(event);
    case "step-in-doubt":
      return [step(symbol.unknown, event.step, `IN DOUBT: ${printable(event.message)}`)];
    case "step-interrupted":
      return [step(symbol.unknown, event.step, `IN DOUBT: ${printable(event.message)}`)];
    case "decided":
      return [
        step(symbol.again, event.step, decidedOnUndo(event) ?? decidedWords(event)),
        ...(event.why ? [`    why: ${printable(event.why)}`] : []),
      ];
    case "connected":
    case "adopted":
    case "approval-asked":
    case "approved":
    case "approval-ended":
    case "deadline-warned":
    case "deadline-passed":
    case "deadline-decided":
      return safetyLines(event, options);
    case "confirmed":
      return [
        step(
          symbol.byHand,
          event.step,
          `${printable(event.by)} agreed${event.via === "option" ? " beforehand, on the command line" : ""}`,
        ),
      ];
    case "undo-begun":
    case "undo-started":
    case "undo-finished":
    case "undo-in-doubt":
    case "rewound":
      return undoLines(event);
    case "remembered":
      return [];
    case "orphans":
      return [`processes of an earlier turn: ${event.decision}`, ...event.found.map((one) => `  ${printable(one)}`)];
    case "run-paused":
      return [`${symbol.paused} paused (${event.reason}): ${printable(event.message)}`];
    case "run-finished":
      return [
        event.state === "done"
          ? `${symbol.done} the run is done`
          : event.state === "undone"
            ? `${symbol.undone} the run is undone`
            : `${symbol.skipped} the run was given up${event.by ? ` by ${printable(event.by)}` : ""}${event.why ? `: ${printable(event.why)}` : ""}`,
        ...(event.left && event.left.length > 0
          ? [`    left as they are: ${event.left.map(printable).join(", ")}`]
          : []),
      ];
    case "output":
      return event.lines.map((line) => `    ${event.step} | ${printable(line)}`);
    case "progress":
      return [`    ${event.step}: ${progressWords(event)}`];
    case "note":
      // Preflight's connections have no step.
      if (event.step === "") return [`${symbol.look} ${printable(event.line)}`];
      return [`    ${event.step}: ${printable(event.line)}`];
    case "retrying":
      return [
        step(
          symbol.again,
          event.step,
          `attempt ${event.attempt} of ${event.attempts} in ${formatDuration(event.inMs)}: ${printable(event.message)}`,
        ),
      ];
    case "pausing":
      return [`${symbol.paused} ${printable(event.message)}: pausing as soon as the step at hand is through`];
    default:
      return [];
  }
}

/** ` · 12 instances: eu, us, …`. */
function instancesWords({ instances }: EventOf<"group-started">): string {
  if (!instances) return "";
  const shown = instances.slice(0, 6).map(({ key }) => printable(key));
  const names = [...shown, ...(instances.length > shown.length ? ["…"] : [])].join(", ");
  return ` · ${instances.length === 0 ? "nothing to repeat it for" : `${count(instances.length, "instance")}: ${names}`}`;
}

function step(mark: string, id: string, words: string): string {
  return `${mark} ${id}  ${words}`.trimEnd();
}

function titleOf(id: string, names: (step: string) => string): string {
  const title = printable(names(id));
  return title === id ? "begins" : title;
}

function finishedLines(event: EventOf<"step-finished">): string[] {
  const lines = [step(finishedSymbol(event.state), event.step, finishedWords(event))];
  if (event.state === "failed" && event.message)
    lines.push(...printableLines(event.message).map((line) => `    ${line}`));
  lines.push(...(event.details ?? []).flatMap(printableLines).map((line) => `    ${line}`));
  if (event.why) lines.push(`    why: ${printable(event.why)}`);
  if (event.evidence) lines.push(`    seen: ${printable(event.evidence)}`);
  return lines;
}

export function finishedSymbol(state: EventOf<"step-finished">["state"]): string {
  switch (state) {
    case "failed":
      return symbol.failed;
    case "skipped":
      return symbol.skipped;
    case "done-by-hand":
      return symbol.byHand;
    default:
      return symbol.done;
  }
}

/** How a step ended, without what it said of a failure. */
export function finishedWords({ state, durationMs, message, by }: EventOf<"step-finished">): string {
  const time = durationMs === undefined ? "" : formatDuration(durationMs);
  const because = message ? `: ${printable(message)}` : "";
  switch (state) {
    case "done":
      return `${time === "" ? "done" : `done after ${time}`}${because}`;
    case "already-done":
      return `done already${because}`;
    case "skipped":
      return `skipped${because}`;
    case "done-by-hand":
      return `done by hand${by ? `, says ${printable(by)}` : ""}${because}`;
    case "failed":
      return time === "" ? "failed" : `failed after ${time}`;
  }
}

function decidedWords({ decision, via, by, seen }: EventOf<"decided">): string {
  const what = {
    "run-again": "it runs again",
    done: "it is done",
    "done-by-hand": "it was done by hand",
    skip: "it is skipped",
    continue: "it stays failed, and the others go on",
    "undo-step": "it is undone",
    "undo-run": "the run is undone",
    leave: "it stays as it is",
  }[decision];
  const who = by ? `${printable(by)} decided: ` : "";
  // It runs again only to find what it started.
  if (via === "handle") return "it goes on: it is attached to what was started";
  const ground = {
    check: "looking showed it",
    repeatable: "running it again does no harm",
    "max-failures": "so many may fail",
    prompt: "",
    option: "said on the command line",
    resume: "the run was resumed",
  }[via];
  const basis = [ground, seen ? printable(seen) : ""].filter((part) => part !== "").join("; ");
  return `${who}${what}${basis === "" ? "" : ` (${basis})`}`;
}
