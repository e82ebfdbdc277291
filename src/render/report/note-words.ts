import { formatDuration } from "../../action/duration.ts";
import type { EventOf, JournalEvent } from "../../event/event.ts";
import { printable } from "../printable.ts";
import { inline } from "../written-value.ts";
import type { ReportClock } from "./report-time.ts";

/** What a note says: a sentence, and lines below it. Plain text, safe to show. */
export interface NoteWords {
  readonly text: string;
  readonly more: readonly string[];
  /** What a reader looks for first. */
  readonly weight: "plain" | "person" | "alarm";
}

const via = (how: "prompt" | "option") => (how === "prompt" ? "at the prompt" : "beforehand, on the command line");
const because = (why: string | undefined) => (why === undefined ? [] : [`why: ${printable(why)}`]);
const seen = (what: string | undefined, label = "seen") => (what === undefined ? [] : [`${label}: ${printable(what)}`]);

export function noteWords(event: JournalEvent, clock: ReportClock): NoteWords {
  switch (event.type) {
    case "confirmed":
      return {
        text: `${printable(event.by)} agreed ${via(event.via)}${event.typed === undefined ? "" : `, and typed "${printable(event.typed)}"`}`,
        more: [
          ...seen(event.message, "shown"),
          ...seen(event.target, "on"),
          ...(event.recoveryPoint === undefined
            ? []
            : [`what is restored is from ${clock.whole(event.recoveryPoint)}`]),
        ],
        weight: "person",
      };
    case "approval-asked":
      return {
        text: `the approval of ${event.approvers === 1 ? "one other person" : `${event.approvers} other people`} was asked for${event.until === undefined ? "" : `, until ${clock.whole(event.until)}`}`,
        more: [printable(event.message), `request ${event.digest}`],
        weight: "person",
      };
    case "approved":
      return {
        text: `${printable(event.by)} approved at ${clock.whole(event.decidedAt)}${event.host === undefined ? "" : ` on ${printable(event.host)}`}`,
        more: because(event.why),
        weight: "person",
      };
    case "approval-ended":
      return {
        text:
          event.state === "approved"
            ? "approved by all that it needed"
            : event.state === "rejected"
              ? `${printable(event.by ?? "somebody")} rejected it${event.decidedAt === undefined ? "" : ` at ${clock.whole(event.decidedAt)}`}`
              : "it was not approved in time",
        more: because(event.why),
        weight: event.state === "approved" ? "person" : "alarm",
      };
    case "step-in-doubt":
    case "step-interrupted":
      return { text: `IN DOUBT: ${printable(event.message)}`, more: [], weight: "alarm" };
    case "decided":
      return decidedWords(event);
    case "remembered":
      return { text: `handle ${printable(event.name)}: ${inline(event.value)}`, more: [], weight: "plain" };
    case "deadline-decided":
      return {
        text: `${printable(event.by ?? (event.via === "runbook" ? "the runbook" : "the operator"))} decided: ${{ continue: "the run goes on", stop: "the run stops", undo: "the run is undone" }[event.decision]}`,
        more: because(event.why),
        weight: "person",
      };
    case "undo-begun":
      return {
        text: `${printable(event.by)} had ${event.to === undefined ? "the run undone" : `everything undone back to step ${printable(event.to)}`} (${{ command: "belay undo", prompt: "at the prompt", option: "said on the command line", failure: "because a step failed", deadline: "because a deadline was over" }[event.via]})`,
        more: because(event.why),
        weight: "person",
      };
    case "rewound":
      return { text: `the run is back at step ${printable(event.to)}`, more: [], weight: "plain" };
    case "undo-started":
      return { text: "its undoing begins", more: seen(event.seen), weight: "plain" };
    case "undo-in-doubt":
      return { text: `ITS UNDOING IS IN DOUBT: ${printable(event.message)}`, more: [], weight: "alarm" };
    case "undo-finished":
      return undoneWords(event);
    case "run-finished":
      return {
        text: event.state === "abandoned" ? `${printable(event.by ?? "somebody")} gave the run up` : event.state,
        more: because(event.why),
        weight: "person",
      };
    case "adopted":
      return {
        text: `${printable(event.by)} had the run go on with version ${printable(event.runbook.version)} of its runbook, ${printable(event.runbook.file)}`,
        more: [`SHA-256 ${event.runbook.digest}`, ...event.changes.map(printable), ...because(event.why)],
        weight: "person",
      };
    case "orphans":
      return {
        text: `processes of an earlier turn still worked: ${{ "ended by themselves": "they ended by themselves", waited: "belay waited for them", ended: "they were ended" }[event.decision]}`,
        more: event.found.map(printable),
        weight: "alarm",
      };
    default:
      return { text: event.type, more: [], weight: "plain" };
  }
}

function decidedWords({
  decision,
  via: basis,
  by,
  seen: looked,
  why,
  evidence,
  result,
}: EventOf<"decided">): NoteWords {
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
  const ground = {
    check: "looking showed it",
    repeatable: "running it again does no harm",
    handle: "it is attached to what was started",
    "max-failures": "so many may fail",
    prompt: "at the prompt",
    option: "said on the command line",
    resume: "the run was resumed",
  }[basis];
  return {
    text:
      basis === "handle"
        ? "it goes on: it is attached to what was started"
        : `${by === undefined ? "decided" : `${printable(by)} decided`}: ${what} (${ground})`,
    more: [
      ...seen(looked, "looked"),
      ...because(why),
      ...seen(evidence, "evidence"),
      ...(result === undefined ? [] : [`stated result: ${inline(result)}`]),
    ],
    weight: by === undefined ? "plain" : "person",
  };
}

function undoneWords({ state, durationMs, message, by, why, evidence, details }: EventOf<"undo-finished">): NoteWords {
  const what = {
    undone: "undone",
    "already-undone": "found undone",
    "undone-by-hand": "undone by hand",
    left: "left as it is",
    "not-needed": "nothing to take back",
    failed: "ITS UNDOING FAILED",
  }[state];
  return {
    text: `${what}${durationMs === undefined ? "" : ` after ${formatDuration(durationMs)}`}${by === undefined ? "" : `, says ${printable(by)}`}${message === undefined ? "" : `: ${printable(message)}`}`,
    more: [...(details ?? []).map(printable), ...because(why), ...seen(evidence, "evidence")],
    weight: state === "failed" || state === "left" ? "alarm" : by === undefined ? "plain" : "person",
  };
}
