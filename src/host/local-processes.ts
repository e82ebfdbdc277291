import { constants } from "node:os";
import { dirname, resolve } from "node:path";
import { ActionFailure } from "../action/failure.ts";
import { lastLines } from "../action/last-lines.ts";
import type { Command, CommandResult, Processes } from "../action/processes.ts";
import type { StreamMask } from "../action/systems.ts";
import { letGoAfterExit } from "./let-go-after-exit.ts";
import { makeOutput } from "./make-output.ts";
import type { Output } from "./output.ts";
import { endGroup } from "./process-group.ts";
import { startBare } from "./start-bare.ts";
import { startFailure } from "./start-failure.ts";
import type { Ended, Start, Started } from "./started.ts";

export interface LocalProcessesOptions {
  readonly runId: string;
  readonly stepKey: string;
  /** Where commands start, and what their relative `cwd` is below. Absolute. */
  readonly cwd: string;
  /** Ends the running command when it aborts; no other is started then. */
  readonly signal: AbortSignal;
  /** Between SIGTERM and SIGKILL; default 10000. */
  readonly graceMs?: number;
  /** `files` appends to two logs; `memory` writes nothing. */
  readonly output:
    | { readonly kind: "files"; readonly stdout: string; readonly stderr: string }
    | { readonly kind: "memory" };
  /** Gets the last lines (at most 3, of 200 characters) when a running command has printed something. */
  readonly onOutput?: (lastLines: string[]) => void;
  /** A mask for each stream; without it, a command writes into the files by itself. */
  readonly mask?: () => StreamMask;
  /** What commands do not inherit of belay's environment. */
  readonly hideEnv?: readonly string[];
}

const watchMs = 100;

/** Starts programs on this host. */
export function localProcesses(options: LocalProcessesOptions): Processes {
  return {
    async run(command) {
      refuseWhenEnded(command, options.signal);
      const output = makeOutput(options.output, options.mask);
      try {
        return await runCommand(command, output, options);
      } finally {
        output.close();
      }
    },
    ...(options.output.kind === "files" ? { job: jobsBeside(options.output.stdout, options) } : {}),
  };
}

/** Jobs are kept in the folder of the step's logs. Their module is loaded when one is wanted. */
function jobsBeside(log: string, options: LocalProcessesOptions): NonNullable<Processes["job"]> {
  return async (name) => (await import("./start-job.ts")).startableJob(name, { ...options, logs: dirname(log) });
}

function refuseWhenEnded(command: Command, signal: AbortSignal): void {
  if (!signal.aborted) return;
  if (signal.reason instanceof ActionFailure) throw signal.reason;
  throw new ActionFailure("failed", `${command.argv[0]} was not started: the step was ended before`);
}

async function runCommand(command: Command, output: Output, options: LocalProcessesOptions): Promise<CommandResult> {
  const cwd = resolve(options.cwd, command.cwd ?? "");
  const child = await start(command, cwd, output, options);
  output.attach(child);
  if (child.stdin) {
    child.stdin.on("error", () => {});
    child.stdin.end(command.stdin);
  }
  if (child.stdin || child.stdout) letGoAfterExit(child);
  const finishEnding = endOnAbort(child.pid, options);
  const timer = options.onOutput && watch(output, options.onOutput);
  const ended = await child.ended;
  clearInterval(timer);
  await finishEnding();
  if ("failed" in ended) throw startFailure(ended.failed, command.argv[0] ?? "", cwd);
  return toResult(ended, output);
}

async function start(command: Command, cwd: string, output: Output, options: LocalProcessesOptions): Promise<Started> {
  const request: Start = {
    argv: command.argv,
    cwd,
    env: { ...inherited(options.hideEnv), ...command.env, BELAY_RUN: options.runId, BELAY_STEP: options.stepKey },
    stdin: command.stdin === undefined ? "ignore" : "pipe",
    stdout: output.stdout,
    stderr: output.stderr,
  };
  try {
    if (output.stdout !== "pipe") return startBare(request);
    return (await import("./start-captured.ts")).startCaptured(request);
  } catch (error) {
    throw startFailure(error, command.argv[0] ?? "", cwd);
  }
}

let environment: NodeJS.ProcessEnv | undefined;

/** belay never changes its environment, and reading all of it is not cheap. */
function ownEnvironment(): NodeJS.ProcessEnv {
  environment ??= { ...process.env };
  return environment;
}

function inherited(hidden: readonly string[] = []): NodeJS.ProcessEnv {
  if (hidden.length === 0) return ownEnvironment();
  const rest = { ...ownEnvironment() };
  for (const name of hidden) delete rest[name];
  return rest;
}

function endOnAbort(pid: number | undefined, { signal, graceMs = 10_000 }: LocalProcessesOptions): () => Promise<void> {
  let ending: Promise<void> | undefined;
  const end = () => {
    if (pid !== undefined) ending = endGroup(pid, graceMs);
  };
  signal.addEventListener("abort", end, { once: true });
  return async () => {
    signal.removeEventListener("abort", end);
    await ending;
  };
}

function watch(output: Output, tell: (lines: string[]) => void): NodeJS.Timeout {
  return setInterval(() => {
    const text = output.fresh();
    const lines = text === undefined ? [] : lastLines(text, 3);
    if (lines.length > 0) tell(lines);
  }, watchMs);
}

function toResult(ended: Exclude<Ended, { failed: unknown }>, output: Output): CommandResult {
  if ("exitCode" in ended) return { exitCode: ended.exitCode, ...output.kept() };
  return { exitCode: 128 + constants.signals[ended.signal], signal: ended.signal, ...output.kept() };
}
