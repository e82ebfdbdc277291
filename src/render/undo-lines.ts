import { formatDuration } from "../action/duration.ts";
import type { EventOf } from "../event/event.ts";
import { count } from "./layout.ts";
import { printable, printableLines } from "./printable.ts";
import { symbol } from "./symbols.ts";

/** What a run that is undone says of it. */
type UndoEvent = EventOf<"undo-begun" | "undo-started" | "undo-finished" | "undo-in-doubt" | "rewound">;

export function undoLines(event: UndoEvent): string[] {
  switch (event.type) {
    case "undo-begun": {
      const aim = event.to === undefined ? "the run is undone" : `the run is taken back to ${event.to}`;
      return [`${symbol.undone} ${begunBy(event)}: ${aim}`, ...because(event.why)];
    }
    case "undo-started":
      return [
        `${symbol.undone} ${event.step}  is being undone${event.uses ? ` by ${printable(event.uses)}` : ""}`,
        ...(event.seen ? [`    now: ${printable(event.seen)}`] : []),
      ];
    case "undo-finished":
      return [
        `${undoFinishedSymbol(event.state)} ${event.step}  ${undoFinishedWords(event)}`,
        ...(event.state === "failed" && event.message ? indented([event.message]) : []),
        ...indented(event.details ?? []),
        ...because(event.why),
        ...(event.evidence ? [`    seen: ${printable(event.evidence)}`] : []),
      ];
    case "undo-in-doubt":
      return [`${symbol.unknown} ${event.step}  UNDO IN DOUBT: ${printable(event.message)}`];
    case "rewound":
      return [
        `${symbol.undone} the run is back at ${event.to}: ${count(event.steps.length, "step or group", "steps and groups")} can run again`,
      ];
  }
}

/** What a decision about the undoing of a step says; undefined for one about the step itself. */
export function decidedOnUndo({ key, via, by, seen }: EventOf<"decided">): string | undefined {
  if (!/!undo#\d+$/.test(key)) return undefined;
  const ground = {
    check: "looking showed that it is not undone",
    repeatable: "undoing it again does no harm",
    resume: "the run was gone on with",
    option: "said on the command line",
  }[via as string];
  const basis = [ground ?? "", seen ? printable(seen) : ""].filter((part) => part !== "").join("; ");
  return `${by ? `${printable(by)} decided: ` : ""}it is undone${basis === "" ? "" : ` (${basis})`}`;
}

function begunBy({ via, by }: EventOf<"undo-begun">): string {
  const who = by === "" ? "the operator" : printable(by);
  switch (via) {
    case "failure":
      return "the runbook says so after a failure";
    case "deadline":
      return "the runbook says so of a deadline that is over";
    case "option":
      return `${who} decided beforehand, on the command line`;
    default:
      return `${who} decided`;
  }
}

function undoFinishedSymbol(state: EventOf<"undo-finished">["state"]): string {
  switch (state) {
    case "failed":
      return symbol.failed;
    case "left":
      return symbol.noReturn;
    case "not-needed":
      return symbol.pending;
    case "undone-by-hand":
      return symbol.byHand;
    default:
      return symbol.undone;
  }
}

/** How the undoing of a step ended, without what it said of a failure. */
function undoFinishedWords({ state, durationMs, message, by }: EventOf<"undo-finished">): string {
  const after = durationMs === undefined ? "" : ` after ${formatDuration(durationMs)}`;
  const because = message ? `: ${printable(message)}` : "";
  const says = by ? `, says ${printable(by)}` : "";
  switch (state) {
    case "undone":
      return `undone${after}${because}`;
    case "already-undone":
      return `undone already${because}`;
    case "undone-by-hand":
      return `undone by hand${says}${because}`;
    case "not-needed":
      return `nothing to take back${because}`;
    case "left":
      return `left as it is${says}${because}`;
    case "failed":
      return `undoing it failed${after}`;
  }
}

function indented(texts: readonly string[]): string[] {
  return texts.flatMap(printableLines).map((line) => `    ${line}`);
}

function because(why: string | undefined): string[] {
  return why === undefined ? [] : indented([`why: ${why}`]);
}
