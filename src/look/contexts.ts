import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import type { ProbeContext, Progress, ReadContext } from "../action/context.ts";
import { ActionFailure } from "../action/failure.ts";
import type { Processes } from "../action/processes.ts";
import type { OutputSink, StreamMask, Systems } from "../action/systems.ts";
import type { Json } from "../schema/json.ts";
import type { Connections } from "./connections.ts";
import type { Place } from "./world.ts";

/** Absolute form of a path; `~` is the home folder. */
export function absolutePath(cwd: string, path: string): string {
  if (path === "~" || path.startsWith("~/")) return join(homedir(), path.slice(1));
  return isAbsolute(path) ? resolve(path) : resolve(cwd, path);
}

/** What contexts are made from, besides the step. */
export interface ContextSource {
  /** This machine. */
  readonly systems: Systems;
  readonly connections: Connections;
  readonly cwd: string;
  readonly run: { readonly id: string; readonly startedAt: string };
  /** Hides secrets in what programs print; absent where there are none. */
  mask?(): StreamMask | undefined;
  /** The environment variables that hold secrets, which programs do not inherit. */
  readonly hideEnv?: readonly string[];
  /** What an earlier attempt of a step captured before it began. */
  captured?(step: string): Json | undefined;
  /** What was captured, with its secrets back in their places. */
  unsealed?(captured: Json): Json;
  onProgress(place: Place, progress: Progress): void;
  onNote(place: Place, line: string): void;
  onOutput(place: Place, lines: string[]): void;
}

/** The machine that a step works on. */
export async function systemsOf(source: ContextSource, place: Place): Promise<Systems> {
  if (place.on === undefined) return source.systems;
  return (await source.connections.use(place.on, place.signal)).systems ?? source.systems;
}

async function lookingAt(source: ContextSource, place: Place): Promise<Pick<ReadContext, "files" | "connection">> {
  const files = await (await systemsOf(source, place)).readFiles();
  if (place.on === undefined) return { files };
  const { client } = await source.connections.use(place.on, place.signal);
  return { files, connection: { name: place.on, client } };
}

/** The context for looking: nothing in it can write. */
export async function readContext(source: ContextSource, place: Place): Promise<ReadContext> {
  const captured = source.captured?.(place.id);
  return {
    run: { id: source.run.id, startedAt: source.run.startedAt },
    step: { id: place.id, key: place.key },
    ...(await lookingAt(source, place)),
    ...(captured === undefined ? {} : { captured }),
    signal: place.signal,
    resolvePath: (path) => absolutePath(source.cwd, path),
    progress: (progress) => source.onProgress(place, progress),
    note: (line) => source.onNote(place, line),
  };
}

/** For a read that starts programs. */
export async function probeContext(source: ContextSource, place: Place, output: OutputSink): Promise<ProbeContext> {
  return { ...(await readContext(source, place)), processes: lazyProcesses(source, place, output) };
}

/** Made when a program is first started: most actions start none. */
export function lazyProcesses(source: ContextSource, place: Place, output: OutputSink): Processes {
  const make = async () => {
    // A program that belay reads through a pipe ends with belay. So only those that are handed a secret are; what others
    // print is looked through when they are over.
    const mask = place.secret || output.kind === "memory" ? source.mask?.() : undefined;
    return (await systemsOf(source, place)).processes({
      runId: source.run.id,
      stepKey: place.key,
      cwd: source.cwd,
      signal: place.signal,
      output,
      ...(mask ? { mask: () => source.mask?.() ?? mask } : {}),
      ...(source.hideEnv ? { hideEnv: source.hideEnv } : {}),
      ...(output.kind === "files" ? { onOutput: (lines: string[]) => source.onOutput(place, lines) } : {}),
    });
  };
  return {
    run: async (command) => (await make()).run(command),
    job: async (name) => {
      const processes = await make();
      if (processes.job) return processes.job(name);
      throw new ActionFailure("wrong-input", "A background job can't be kept on this host; nothing was started");
    },
  };
}
