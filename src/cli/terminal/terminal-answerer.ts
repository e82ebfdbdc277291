import type { Answerer, OrphanQuestion } from "../../execute/questions.ts";
import { hang } from "../../render/layout.ts";
import { printable, printableLines } from "../../render/printable.ts";
import { askConfirm } from "./confirm-prompt.ts";
import { askDeadline } from "./deadline-prompt.ts";
import type { Desk } from "./desk.ts";
import { waitForForeground } from "./foreground.ts";
import { askManual } from "./manual-prompt.ts";
import { choose } from "./prompt.ts";
import { askRuling } from "./ruling-prompt.ts";
import type { TerminalView } from "./terminal-view.ts";
import { askUndo } from "./undo-prompt.ts";

export interface TerminalAnswererOptions {
  readonly view: TerminalView;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  /** The person at the keyboard. */
  readonly user: string;
  /** Somebody wants the run to stop: open questions are taken back, and answered so. */
  readonly pauseSignal: AbortSignal;
  onInterrupt(): void;
}

const othersShown = 3;

/** Asks the person at the terminal. The answer that takes no thought is always to stop. */
export function terminalAnswerer(options: TerminalAnswererOptions): Answerer {
  const { view, stdin, stdout, user, pauseSignal, onInterrupt } = options;
  const { paint } = view;
  const say: Desk["say"] = (...texts) => {
    const lines = texts.flatMap((text, at) =>
      printableLines(typeof text === "string" ? text : text.loud)
        .flatMap((line) => hang(at === 0 ? "" : "  ", line, stdout.columns || 80))
        .map((line) => (typeof text === "string" ? line : paint.alarm(line))),
    );
    stdout.write(`\n${lines.join("\n")}\n`);
  };
  const desk: Desk = { stdin, stdout, signal: pauseSignal, onInterrupt, user, paint, say };
  // A terminal takes one question at a time.
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  const asked = <T>(step: string | undefined, ask: (desk: Desk) => Promise<T | undefined>): Promise<T | undefined> => {
    waiting += 1;
    if (step !== undefined) view.waits(step);
    const turn = last.then(async () => {
      let stops = true;
      try {
        const background = () => stdout.write("\nA question waits: bring belay to the foreground.\n");
        if (!(await waitForForeground(pauseSignal, background))) return undefined;
        await view.suspend();
        try {
          const whole = step === undefined ? desk : { ...desk, say: saying(step) };
          const answer = pauseSignal.aborted ? undefined : await ask(whole);
          stops = answer === undefined;
          if (stops) stdout.write(stopping(step));
          return answer;
        } finally {
          view.resume();
        }
      } finally {
        waiting -= 1;
        if (step !== undefined) view.answered(step, stops);
      }
    });
    last = turn.catch(() => undefined);
    return turn;
  };
  /** The first thing that a question says is whose it is; where others are at work, that they go on. */
  const saying = (step: string): Desk["say"] => {
    let first = true;
    return (...texts) => {
      const [head = "", ...rest] = texts;
      say(head, ...(first ? surroundings(step) : []), ...rest);
      first = false;
    };
  };
  const surroundings = (step: string): string[] => {
    const branch = view.branchOf(step);
    const others = view.others(step);
    const shown = others.slice(0, othersShown).join(", ");
    const more = others.length > othersShown ? ` and ${others.length - othersShown} more` : "";
    return [
      ...(branch.length > 0 ? [`in ${branch.join(" › ")}`] : []),
      ...(others.length > 0 ? [`meanwhile at work: ${shown}${more}`] : []),
      ...(waiting > 1 ? [`${waiting - 1} more ${waiting === 2 ? "question waits" : "questions wait"}`] : []),
    ];
  };
  const stopping = (step: string | undefined) => {
    const others = step === undefined ? [] : view.others(step);
    return others.length === 0 ? "  Stopping here.\n" : "  Stopping here; what is at work is finished first.\n";
  };
  return {
    confirm: (question) =>
      asked(question.step, async (here) =>
        (await askConfirm(here, question)) ? { by: user, via: "prompt" as const } : undefined,
      ),
    rule: (question) => asked(question.step, (here) => askRuling(here, question, view.toldLast(question.step))),
    manual: (question) => asked(question.step, (here) => askManual(here, question)),
    deadline: (question) => asked(question.step, (here) => askDeadline(here, question)),
    undo: (question) => asked(question.step, (here) => askUndo(here, question)),
    orphans: (question) => asked(undefined, (here) => askOrphans(here, question)),
  };
}

async function askOrphans(desk: Desk, { processes }: OrphanQuestion): Promise<"wait" | "end" | undefined> {
  desk.say(
    "Processes of this run still work. An earlier belay started them, and is gone:",
    ...processes.map(printable),
  );
  const answer = await choose<"stop" | "wait" | "end">(desk, "What now?", [
    { name: "stop here, leave them alone", value: "stop" },
    { name: "wait until they are through", value: "wait" },
    { name: "end them (SIGTERM, then SIGKILL): what they did is then in doubt", value: "end" },
  ]);
  return answer === "stop" ? undefined : answer;
}
