import { hostname } from "node:os";
import type { Answerer, ConfirmQuestion, OrphanQuestion } from "../../execute/questions.ts";
import { hang } from "../../render/layout.ts";
import { printable, printableLines } from "../../render/printable.ts";
import type { View } from "../../render/view.ts";
import type { Desk } from "./desk.ts";
import { waitForForeground } from "./foreground.ts";
import { askManual } from "./manual-prompt.ts";
import { agree, askText, choose } from "./prompt.ts";
import { askRuling } from "./ruling-prompt.ts";

export interface TerminalAnswererOptions {
  readonly view: View;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  /** The person at the keyboard. */
  readonly user: string;
  /** Somebody wants the run to stop: open questions are taken back, and answered so. */
  readonly pauseSignal: AbortSignal;
  onInterrupt(): void;
}

const typedTries = 3;

/** Asks the person at the terminal. The answer that takes no thought is always to stop. */
export function terminalAnswerer(options: TerminalAnswererOptions): Answerer {
  const { view, stdin, stdout, user, pauseSignal, onInterrupt } = options;
  const say = (...texts: readonly string[]) => {
    const lines = texts.flatMap((text, at) =>
      printableLines(text).flatMap((line) => hang(at === 0 ? "" : "  ", line, stdout.columns || 80)),
    );
    stdout.write(`\n${lines.join("\n")}\n`);
  };
  const desk: Desk = { stdin, stdout, signal: pauseSignal, onInterrupt, user, say };
  // A terminal takes one question at a time.
  let last: Promise<unknown> = Promise.resolve();
  const asked = <T>(ask: () => Promise<T | undefined>): Promise<T | undefined> => {
    const turn = last.then(async () => {
      if (
        !(await waitForForeground(pauseSignal, () =>
          stdout.write("\nA question waits: bring belay to the foreground.\n"),
        ))
      )
        return undefined;
      await view.suspend();
      try {
        const answer = pauseSignal.aborted ? undefined : await ask();
        if (answer === undefined) stdout.write("  Stopping here.\n");
        return answer;
      } finally {
        view.resume();
      }
    });
    last = turn.catch(() => undefined);
    return turn;
  };
  return {
    confirm: (question) =>
      asked(async () => ((await askConfirm(desk, question)) ? { by: user, via: "prompt" as const } : undefined)),
    rule: (question) => asked(() => askRuling(desk, question)),
    manual: (question) => asked(() => askManual(desk, question)),
    orphans: (question) => asked(() => askOrphans(desk, question)),
  };
}

async function askConfirm(desk: Desk, { step, title, message, type }: ConfirmQuestion): Promise<boolean> {
  desk.say(`☛ ${step}  ${title}`, ...(message === title ? [] : [message]), `host ${hostname()} · as ${desk.user}`);
  if (type === undefined) return (await agree(desk, "May it begin?")) === true;
  for (let left = typedTries; left > 0; left--) {
    const typed = await askText(desk, `To begin, type ${type}  (Enter alone stops):`);
    if (typed === type) return true;
    if (typed === undefined || typed === "") return false;
    desk.stdout.write(`  That is not it.${left > 1 ? "" : " Stopped: nothing of the step was begun."}\n`);
  }
  return false;
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
