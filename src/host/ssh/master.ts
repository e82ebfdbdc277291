import type { ChildProcess } from "node:child_process";
import { ActionFailure } from "../../action/failure.ts";
import { lastLines } from "../../action/last-lines.ts";
import { bootstrap, newToken } from "./bootstrap.ts";
import { type Greeting, greetingScript, readGreeting } from "./greeting.ts";
import type { SshCommand } from "./ssh-command.ts";
import { loginFailure, noSsh } from "./ssh-failure.ts";

/** One connection that is up. All sessions go through it. */
export interface Master {
  readonly greeting: Greeting;
  alive(): boolean;
  /** Whether the other side answers within the time. */
  answers(withinMs: number): Promise<boolean>;
  close(): Promise<void>;
}

/** Connecting, logging in and the first answer together. */
const greetingMs = 45_000;

/**
 * Connects. It is a child of belay whose remote half reads belay's lines: when belay dies in whatever way, its input
 * ends, and the connection closes once the programs that use it have ended.
 */
export async function openMaster(ssh: SshCommand, signal?: AbortSignal): Promise<Master> {
  const token = newToken();
  const child = ssh.master(bootstrap(token));
  const heard = listen(child);
  child.stdin?.on("error", () => {});
  child.stdin?.write(`${greetingScript(token)}\n`);
  const greeting = await firstWords(ssh, child, heard, token, signal);
  let pings = 0;
  return {
    greeting,
    alive: () => !heard.ended,
    answers: (withinMs) => {
      const word = `${token} ping ${++pings}\n`;
      child.stdin?.write(word);
      return heard.until(() => heard.text.includes(word), withinMs);
    },
    close: async () => {
      child.stdin?.end();
      if (heard.ended) return;
      const exit = ssh.control("exit");
      exit.on("error", () => {});
      if (!(await heard.until(() => heard.ended, 2000))) child.kill("SIGKILL");
    },
  };
}

async function firstWords(
  ssh: SshCommand,
  child: ChildProcess,
  heard: Heard,
  token: string,
  signal: AbortSignal | undefined,
): Promise<Greeting> {
  const end = () => child.kill("SIGTERM");
  signal?.addEventListener("abort", end, { once: true });
  const there = await heard.until(() => readGreeting(heard.text, token) !== undefined, greetingMs);
  signal?.removeEventListener("abort", end);
  const found = readGreeting(heard.text, token);
  if (there && found?.noise === "") return found.greeting;
  child.stdin?.end();
  child.kill("SIGTERM");
  if (heard.failed !== undefined) throw noSsh(heard.failed);
  if (signal?.aborted) {
    throw new ActionFailure(
      "failed",
      `The step was ended before ${ssh.destination} was connected; nothing was done there`,
    );
  }
  if (found !== undefined) {
    throw new ActionFailure(
      "failed",
      `The start-up files of the shell on ${ssh.destination} print something, which would mix with every result; nothing was done there`,
      [...lastLines(found.noise, 3), "Make them silent where the shell is not interactive (~/.bashrc and the like)."],
    );
  }
  throw loginFailure(ssh, `${heard.text}\n${heard.errors}${heard.ended ? "" : "\nno answer: timed out"}`);
}

interface Heard {
  text: string;
  errors: string;
  ended: boolean;
  failed?: unknown;
  /** Resolves when the condition holds (true); false when the time is over or the child has ended without. */
  until(holds: () => boolean, withinMs: number): Promise<boolean>;
}

function listen(child: ChildProcess): Heard {
  const waiting = new Set<() => void>();
  const heard: Heard = {
    text: "",
    errors: "",
    ended: false,
    until: (holds, withinMs) =>
      new Promise((resolve) => {
        const look = () => {
          if (!holds() && !heard.ended) return;
          done(holds());
        };
        const timer = setTimeout(() => done(false), withinMs);
        const done = (answer: boolean) => {
          clearTimeout(timer);
          waiting.delete(look);
          resolve(answer);
        };
        waiting.add(look);
        look();
      }),
  };
  const tell = () => {
    for (const look of [...waiting]) look();
  };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    heard.text = (heard.text + text).slice(-65_536);
    tell();
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    heard.errors = (heard.errors + text).slice(-8192);
  });
  child.once("error", (error) => {
    Object.assign(heard, { failed: error, ended: true });
    tell();
  });
  child.once("close", () => {
    heard.ended = true;
    tell();
  });
  return heard;
}
