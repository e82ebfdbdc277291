import type { Runbook } from "../runbook/runbook.ts";
import { hang, joinFacts } from "./layout.ts";
import { printable } from "./printable.ts";
import { nextCommands, nextLines, type RunFacts, statusWords, tallyOf } from "./run-facts.ts";
import { statusFacts } from "./status-facts.ts";
import { statusSteps } from "./status-steps.ts";
import { style } from "./style.ts";
import { formatTime } from "./time.ts";

export interface StatusOptions {
  readonly color: boolean;
  readonly width: number;
  /** Only how the run stands and what is wrong; no list of steps, no commands. */
  readonly brief?: boolean;
  /** Milliseconds since the epoch; now by default. */
  readonly now?: number;
  /** IANA name of the local zone; the machine's by default. */
  readonly zone?: string;
}

/** How a run stands: its facts, its steps, and what to type next. Without its runbook, what the journal knows. */
export function renderStatus(runbook: Runbook | undefined, run: RunFacts, options: StatusOptions): string {
  const paint = style(options.color);
  const width = Math.max(40, options.width);
  const head = [
    ...joinFacts(headline(run, options), width).map((line, index) => (index === 0 ? paint.bold(line) : line)),
    tallyOf(runbook, run),
  ];
  head.push(...undoing(run, options).flatMap((line) => hang("", line, width)));
  if (run.state.message && run.state.status !== "done") head.push(...hang("  ", printable(run.state.message), width));
  if (options.brief) return head.join("\n");
  const now = options.now ?? Date.now();
  const commands = nextLines(nextCommands(run, now), width);
  const facts = statusFacts(runbook, run, (iso) => formatTime(iso, timeOptions(options)), now, width, paint);
  return [
    ...head,
    ...(facts.length > 0 ? ["", ...facts] : []),
    "",
    ...statusSteps(runbook, run, { now, width }, paint),
    ...(commands.length > 0 ? ["", ...commands] : []),
  ].join("\n");
}

/** A run that is being undone, or that was: who wanted it, and why. */
function undoing({ state }: RunFacts, options: StatusOptions): string[] {
  if (!state.undo) return [];
  const { at, by, to, why, via } = state.undo;
  const who = via === "failure" || via === "deadline" ? "as its runbook says" : `by ${printable(by)}`;
  // The headline says when it was undone.
  if (state.status === "undone") return [`undone ${who}${why ? `: ${printable(why)}` : ""}`];
  const words = to === undefined ? "being undone" : `being taken back to ${to}`;
  return [`${words} since ${formatTime(at, timeOptions(options))}, ${who}${why ? `: ${printable(why)}` : ""}`];
}

function headline({ id, state, live }: RunFacts, options: StatusOptions): string[] {
  const time = (iso: string) => formatTime(iso, timeOptions(options));
  const { started } = state;
  const over = state.endedAt ?? (live ? undefined : state.lastAt);
  // A belay that was killed said nothing; its last record came before.
  const gone = !state.message && (state.status === "interrupted" || state.status === "running");
  return [
    `run ${id}${started?.drill ? " · drill" : ""}`,
    ...(started
      ? [
          printable(started.runbook.title),
          `started ${time(started.at)} by ${printable(started.operator.user)} on ${printable(started.operator.host)}`,
        ]
      : ["it never began"]),
    `${statusWords(state.status, live)}${over ? `${gone ? " after" : ""} ${time(over)}` : ""}`,
    ...(state.turns > 1 ? [`turn ${state.turns}`] : []),
  ];
}

function timeOptions({ now, zone }: StatusOptions) {
  return { now: now ?? Date.now(), ...(zone === undefined ? {} : { zone }) };
}
