import { setTimeout as delay } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { type IPty, spawn } from "@lydell/node-pty";

export interface Terminal {
  readonly pid: number;
  /** Everything that was printed, without control sequences. */
  text(): string;
  raw(): string;
  /** Waits for a text among what was printed since the last wait; fails after ten seconds. */
  until(text: string): Promise<void>;
  type(keys: string): void;
  resize(columns: number, rows: number): void;
  /** Closes the master side: what a lost connection does. */
  hangUp(): void;
  /** Waits for the end of the program: its exit code and signal. */
  ended(): Promise<{ exitCode: number; signal?: number }>;
  close(): void;
}

/** A program of ours on a real pseudo-terminal. */
export function openTerminal(
  args: readonly string[],
  size: { columns: number; rows: number } = { columns: 80, rows: 24 },
): Terminal {
  // A person sits there, whoever runs the tests.
  const { CI: _ci, ...own } = process.env;
  const env = { ...own, TERM: "xterm-256color", NO_COLOR: "1" } as { [name: string]: string };
  const pty: IPty = spawn(process.execPath, ["--import", "tsx", ...args], {
    cols: size.columns,
    rows: size.rows,
    cwd: process.cwd(),
    env,
  });
  let out = "";
  let seen = 0;
  pty.onData((data) => {
    out += data;
  });
  const end = new Promise<{ exitCode: number; signal?: number }>((resolve) => pty.onExit(resolve));
  let over = false;
  void end.then(() => {
    over = true;
  });
  const text = () => stripVTControlCharacters(out).replaceAll("\r\n", "\n");
  return {
    pid: pty.pid,
    text,
    raw: () => out,
    async until(wanted) {
      for (let tries = 0; tries < 500; tries++) {
        const at = text().indexOf(wanted, seen);
        if (at !== -1) {
          seen = at + wanted.length;
          return;
        }
        await delay(20);
      }
      throw new Error(`${JSON.stringify(wanted)} was not printed in ten seconds; there is:\n${text().slice(seen)}`);
    },
    type: (keys) => pty.write(keys),
    resize: (columns, rows) => pty.resize(columns, rows),
    hangUp: () => (pty as IPty & { destroy(): void }).destroy(),
    async ended() {
      const late = delay(10_000, undefined, { ref: false }).then(() => {
        throw new Error(`the program still runs after ten seconds; it printed:\n${text()}`);
      });
      return Promise.race([end, late]);
    },
    close() {
      if (over) return;
      try {
        process.kill(pty.pid, "SIGKILL");
      } catch {
        // It ended by itself.
      }
    },
  };
}
