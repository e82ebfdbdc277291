import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ActionFailure } from "../action/failure.ts";
import { lastLines } from "../action/last-lines.ts";
import type { Command, Job, JobEnd } from "../action/processes.ts";
import type { StreamMask } from "../action/systems.ts";
import { jobLives, readEnd, readStatus, readWatcher, watcherLives } from "./job-files.ts";
import { takenCode, watcherArgv } from "./job-script.ts";
import { maskFile } from "./mask-file.ts";
import { keptBytes, tailBytes } from "./output.ts";
import { endGroup } from "./process-group.ts";
import { startFailure } from "./start-failure.ts";

export interface JobOptions {
  /** The folder that the job's own folder is made in. */
  readonly logs: string;
  readonly cwd: string;
  readonly signal: AbortSignal;
  readonly graceMs?: number;
  readonly onOutput?: (lastLines: string[]) => void;
  readonly mask?: () => StreamMask;
  readonly hideEnv?: readonly string[];
}

const firstLookMs = 20;
/** A watcher that has made its folder writes down who it is within this time, or never. */
const watcherMs = 5000;

/** A program that outlives belay. Everything that is known of it is in `job-<name>` below the logs. */
export function startableJob(name: string, options: JobOptions): Job {
  if (!/^[0-9a-z-]+$/.test(name)) throw new Error(`a job can't be named ${JSON.stringify(name)}`);
  const folder = join(options.logs, `job-${name}`);
  return {
    found: async () => existsSync(folder) || jobLives(name),
    start: (command) => startJob(command, name, folder, options),
    wait: (everyMs) => waitForJob(everyMs, name, folder, options),
  };
}

async function startJob(
  command: Command,
  name: string,
  folder: string,
  options: JobOptions,
): Promise<"started" | "attached"> {
  if (existsSync(folder)) return "attached";
  const program = command.argv[0] ?? "";
  if (options.signal.aborted) {
    if (options.signal.reason instanceof ActionFailure) throw options.signal.reason;
    throw new ActionFailure("failed", `${program} was not started: the step was ended before`);
  }
  const cwd = resolve(options.cwd, command.cwd ?? "");
  const own: NodeJS.ProcessEnv = { ...process.env };
  for (const hidden of options.hideEnv ?? []) delete own[hidden];
  const env: NodeJS.ProcessEnv = { ...own, ...command.env, BELAY_JOB: name };
  // By these, a resume finds what an attempt left running, and offers to end it.
  delete env["BELAY_RUN"];
  delete env["BELAY_STEP"];
  refuseUnstartable(program, cwd, env);
  const [shell = "", ...args] = watcherArgv(folder, command.argv);
  let watcher: ChildProcess;
  try {
    watcher = spawn(shell, args, { cwd, env, stdio: "ignore", detached: true });
  } catch (error) {
    throw startFailure(error, program, cwd);
  }
  let ended: number | undefined;
  let failed: unknown;
  watcher.once("exit", (code) => {
    ended = code ?? -1;
  });
  watcher.once("error", (error) => {
    failed = error;
  });
  for (let claimed = readWatcher(folder); claimed?.pid !== watcher.pid; claimed = readWatcher(folder)) {
    if (claimed !== undefined) return "attached"; // another watcher was faster
    if (failed !== undefined) throw startFailure(failed, program, cwd);
    if (ended === takenCode) return "attached";
    if (ended !== undefined && readWatcher(folder) === undefined)
      throw new ActionFailure("failed", `${program} was not started: nothing could be written in ${options.logs}`);
    await sleep(5);
  }
  watcher.unref();
  return "started";
}

/** The shell would say it in its own words, after the job counts as started. */
function refuseUnstartable(program: string, cwd: string, env: NodeJS.ProcessEnv): void {
  const refused = (code: string) => startFailure(Object.assign(new Error(code), { code }), program, cwd);
  if (program === "" || !statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) throw refused("ENOENT");
  const places = program.includes("/")
    ? [resolve(cwd, program)]
    : (env["PATH"] ?? "").split(delimiter).map((folder) => resolve(cwd, folder, program));
  const there = places.filter(isFile);
  if (there.length === 0) throw refused("ENOENT");
  if (!there.some(executable)) throw refused("EACCES");
}

/** A folder of the PATH that can't be entered has no program to give. */
function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function waitForJob(everyMs: number, name: string, folder: string, options: JobOptions): Promise<JobEnd> {
  const begun = performance.now();
  const tell = teller(folder, options);
  for (let pause = firstLookMs; ; pause = Math.min(pause * 2, everyMs)) {
    if (isOver(name, folder, performance.now() - begun > watcherMs)) return endOf(folder, options);
    tell();
    if (options.signal.aborted) {
      await endJob(name, folder, options);
      return endOf(folder, options);
    }
    await sleep(Math.min(pause, everyMs), undefined, { signal: options.signal }).catch(() => {});
  }
}

function isOver(name: string, folder: string, late: boolean): boolean {
  if (readStatus(folder) !== undefined) return true;
  const watcher = readWatcher(folder);
  if (watcher === undefined ? !late : watcherLives(watcher)) return false;
  // What its watcher left behind is waited for, too: its end is not known, but it must be over.
  return !jobLives(name);
}

async function endJob(name: string, folder: string, { graceMs = 10_000 }: JobOptions): Promise<void> {
  const watcher = readWatcher(folder);
  // A number is given out again: a group is ended only while somebody in it carries the job's name.
  if (watcher !== undefined && (watcherLives(watcher) || jobLives(name))) await endGroup(watcher.pid, graceMs);
}

async function endOf(folder: string, { mask }: JobOptions): Promise<JobEnd> {
  const streams = [join(folder, "stdout"), join(folder, "stderr")] as const;
  // The program wrote them by itself: from here on, they say what a log may say.
  if (mask) for (const stream of streams) await maskFile(stream, mask());
  const exitCode = readStatus(folder);
  const startedAt = readWatcher(folder)?.startedAt;
  const [out, err] = [readEnd(streams[0]), readEnd(streams[1])];
  return {
    ...(exitCode === undefined ? { state: "lost" } : { state: "ended", exitCode }),
    ...(startedAt === undefined ? {} : { startedAt }),
    stdout: out.text,
    stderr: err.text,
    truncated: out.size > keptBytes || err.size > keptBytes,
  };
}

/** Tells the last lines when something was printed since the last look. */
function teller(folder: string, { onOutput, mask }: JobOptions): () => void {
  if (onOutput === undefined) return () => {};
  let seen = 0;
  return () => {
    const ends = ["stdout", "stderr"].map((stream) => readEnd(join(folder, stream), tailBytes));
    const size = ends.reduce((sum, end) => sum + end.size, 0);
    if (size === seen) return;
    seen = size;
    const shown = ends.map((end) => masked(end.size > tailBytes ? wholeLines(end.text) : end.text, mask?.()));
    const lines = lastLines(shown.join("\n"), 3);
    if (lines.length > 0) onOutput(lines);
  };
}

/** Of a secret that the cut went through, the rest would not be known for one. */
function wholeLines(text: string): string {
  const end = text.indexOf("\n");
  return end === -1 ? "" : text.slice(end + 1);
}

/** What may become a secret with the next bytes is not told yet. */
function masked(text: string, mask: StreamMask | undefined): string {
  return mask === undefined ? text : mask.push(Buffer.from(text)).toString("utf8");
}
