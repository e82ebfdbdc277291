import type { ChildProcess } from "node:child_process";
import { lastLines } from "../../action/last-lines.ts";
import type { Output } from "../output.ts";
import type { Connection } from "./connection.ts";
import { endRemote, type RemoteEnd } from "./end-remote.ts";
import { type Report, readReport, withoutReport } from "./report.ts";

export interface Watching {
  readonly signal: AbortSignal;
  /** Between SIGTERM and SIGKILL; default 10000. */
  readonly graceMs?: number;
  /** Gets the last lines (at most 3) when the program has printed something. */
  readonly onOutput?: (lines: string[]) => void;
}

/** How a remote program ended, as far as that can be told from here. */
export interface RemoteProgram {
  /** Absent when the connection was lost, or its shell was killed. */
  readonly report?: Report;
  /** Present when it was ended from here. */
  readonly end?: RemoteEnd;
  /** Whether the connection was up after it. */
  readonly alive: boolean;
}

const lookMs = 100;
/** What a grandchild that holds the output gets to say after the program has ended, and how long in all. */
const quietMs = 1000;
const chattyMs = 60_000;
const afterEndMs = 2000;

/** Resolves when the program and its session are over. */
export async function watchProgram(
  connection: Connection,
  child: ChildProcess,
  token: string,
  output: Output,
  { signal, graceMs = 10_000, onOutput }: Watching,
): Promise<RemoteProgram> {
  let report: Report | undefined;
  let reportedAt = 0;
  let heardAt = 0;
  const look = () => {
    const text = output.fresh();
    const now = performance.now();
    if (text !== undefined) {
      heardAt = now;
      if (report === undefined) {
        report = readReport(text, token);
        reportedAt = now;
      }
      const lines = onOutput ? lastLines(withoutReport(text, token), 3) : [];
      if (lines.length > 0) onOutput?.(lines);
    }
    // sshd keeps the session open for whoever holds its pipes, which can be for hours; the program itself is over.
    const over = report !== undefined && (now - heardAt > quietMs || now - reportedAt > chattyMs);
    if (over) letGo(child);
  };
  const timer = setInterval(look, lookMs);
  let ending: Promise<RemoteEnd> | undefined;
  const end = () => {
    ending = endRemote(connection, token, graceMs).then((how) => {
      // The session ends by itself now; where it does not, the connection is dead.
      setTimeout(() => letGo(child), how === "unreachable" ? 0 : afterEndMs).unref();
      return how;
    });
  };
  signal.addEventListener("abort", end, { once: true });
  if (signal.aborted) end();
  await closed(child);
  signal.removeEventListener("abort", end);
  clearInterval(timer);
  const how = await ending;
  look();
  const alive = report !== undefined || (await connection.answers());
  return { ...(report && { report }), ...(how && { end: how }), alive };
}

function letGo(child: ChildProcess): void {
  child.kill("SIGKILL");
  for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe?.destroy();
}

function closed(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once("error", () => resolve());
    child.once("close", () => resolve());
  });
}
