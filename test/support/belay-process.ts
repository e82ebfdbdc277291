import { type ChildProcess, spawn } from "node:child_process";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");

/** The built program (`make build`); another build of it can be named for a single test run. */
export const program = process.env["BELAY_PROGRAM"] ?? join(root, "dist/belay.js");
const preload = join(root, "test/support/crash-preload.mjs");

export interface BelayOptions {
  readonly home: string;
  readonly cwd: string;
  /** Where belay dies (see crash-preload.mjs). */
  readonly crashAt?: string | undefined;
  /** Its children die with it. */
  readonly endChildren?: boolean | undefined;
  /** A file that gets one line for each moment at which belay could be made to die. */
  readonly trace?: string | undefined;
  readonly env?: Readonly<Record<string, string>>;
  /** What runs node, in front of it (strace with its options, say). */
  readonly under?: readonly string[];
  /** After that it is killed, and the test fails. */
  readonly limitMs?: number;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts the built program. Nobody is at its terminal. */
export function startBelay(args: readonly string[], options: BelayOptions): Running {
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(BELAY|CRASH)_/.test(name)));
  const hooked = options.crashAt !== undefined || options.trace !== undefined;
  const env = {
    ...own,
    BELAY_HOME: options.home,
    NO_COLOR: "1",
    ...(options.crashAt ? { CRASH_AT: options.crashAt } : {}),
    ...(options.endChildren ? { CRASH_CHILDREN: "end" } : {}),
    ...(options.trace ? { CRASH_TRACE: options.trace } : {}),
    ...options.env,
  };
  const line = [...(options.under ?? []), process.execPath, ...(hooked ? ["--import", preload] : []), program, ...args];
  const child = spawn(line[0] as string, line.slice(1), { cwd: options.cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  return { child, ended: endOf(child, line, options.limitMs ?? 60_000) };
}

export function belay(args: readonly string[], options: BelayOptions): Promise<Ended> {
  return startBelay(args, options).ended;
}

function endOf(child: ChildProcess, line: readonly string[], limitMs: number): Promise<Ended> {
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    stdout += chunk;
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr += chunk;
  });
  return new Promise((done, fail) => {
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      fail(new Error(`still running after ${limitMs} ms: ${line.join(" ")}\n${stdout}\n${stderr}`));
    }, limitMs);
    child.once("error", fail);
    // Not `close`: a child of a killed belay holds none of these pipes, but nobody should wait for one that does.
    child.once("exit", (code, signal) => {
      clearTimeout(timer);
      setImmediate(() => done({ code, signal, stdout, stderr }));
    });
  });
}
