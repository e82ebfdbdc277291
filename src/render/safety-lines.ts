import { formatDuration } from "../action/duration.ts";
import type { EventOf } from "../event/event.ts";
import { count } from "./layout.ts";
import { printable, printableLines } from "./printable.ts";
import { symbol } from "./symbols.ts";
import { formatTime } from "./time.ts";

export interface LineOptions {
  /** The run's id, for commands that name it. */
  readonly run?: string;
  /** IANA name of the local zone; the machine's by default. */
  readonly zone?: string;
}

/** Approval by other people, deadlines, connections and another text of the runbook: what their events say. */
export type TurnEvent = EventOf<
  | "connected"
  | "adopted"
  | "approval-asked"
  | "approved"
  | "approval-ended"
  | "deadline-warned"
  | "deadline-passed"
  | "deadline-decided"
>;

export function safetyLines(event: TurnEvent & { readonly at?: string }, options: LineOptions): string[] {
  const now = event.at === undefined ? Date.now() : Date.parse(event.at);
  const time = (iso: string) => formatTime(iso, { now, ...(options.zone === undefined ? {} : { zone: options.zone }) });
  switch (event.type) {
    case "connected":
      return [`${symbol.look} connection ${event.connection}  ${printable(event.summary)}`];
    case "adopted":
      return [
        `${symbol.again} ${printable(event.by)} decided: the run goes on with another text of its runbook, version ${printable(event.runbook.version)}`,
        ...because(event.why),
        ...event.changes.map((change) => `    ${printable(change)}`),
      ];
    case "approval-asked":
      return [
        `${symbol.byHand} ${event.step}  waits for ${people(event.approvers)}: ${approveCommand(options.run, event.step)}`,
        ...printableLines(event.message).map((line) => `    ${line}`),
        ...(event.until === undefined ? [] : [`    until ${time(event.until)}`]),
      ];
    case "approved":
      return [
        `${symbol.byHand} ${event.step}  ${printable(event.by)} approved at ${time(event.decidedAt)}`,
        ...because(event.why),
      ];
    case "approval-ended": {
      if (event.state === "approved") return [];
      const words =
        event.state === "expired"
          ? "was not approved in time"
          : `${event.by ? printable(event.by) : "somebody"} rejected it`;
      return [`${symbol.failed} ${event.step}  ${words}`, ...because(event.why)];
    }
    case "deadline-warned":
      return [
        `${symbol.clock} deadline ${event.deadline}: ${ofLimit(event, now)} are over; it ends at ${time(event.limitAt)}`,
      ];
    case "deadline-passed":
      return [`${symbol.clock} DEADLINE ${event.deadline} IS OVER: ${ofLimit(event, now)}`];
    case "deadline-decided": {
      const what = {
        continue: "the run goes on in spite of it",
        stop: "the run stops",
        undo: "the run is undone",
      }[event.decision];
      const who = event.by ? printable(event.by) : event.via === "runbook" ? "the runbook" : "the operator";
      return [
        `${symbol.clock} deadline ${event.deadline}: ${who} decided${event.via === "option" ? " beforehand, on the command line" : ""}: ${what}`,
        ...because(event.why),
      ];
    }
  }
}

/** `1 person's approval`, `the approval of 2 people`. */
export function people(many: number): string {
  return many === 1 ? "1 person's approval" : `the approval of ${count(many, "person", "people")}`;
}

export function approveCommand(run: string | undefined, step: string): string {
  return `belay approve ${run ?? "RUN"} ${shellWord(step)}`;
}

/** An address as it is typed: a shell would take the brackets of an instance for a pattern of file names. */
export function shellWord(step: string): string {
  return /^[\w/.-]+$/.test(step) ? step : `'${step.replaceAll("'", "'\\''")}'`;
}

function ofLimit({ startedAt, limitAt }: { startedAt: string; limitAt: string }, now: number): string {
  const start = Date.parse(startedAt);
  return `${formatDuration(now - start)} of ${formatDuration(Date.parse(limitAt) - start)}`;
}

function because(why: string | undefined): string[] {
  return why === undefined ? [] : [`    why: ${printable(why)}`];
}
