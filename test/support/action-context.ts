import { mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Progress, UndoContext } from "../../src/action/context.ts";
import type { Processes } from "../../src/action/processes.ts";
import { localFiles } from "../../src/host/local-files.ts";
import type { Json } from "../../src/schema/json.ts";

export interface ActionContextOptions {
  readonly runId?: string;
  readonly stepId?: string;
  /** Given for the second life of a step: the first life's `folder`, so that it meets the same world. */
  readonly folder?: string;
  /** Given for the second life of a step: the first life's `remembered`. */
  readonly remembered?: Map<string, Json>;
  /** What starts programs; without it, starting one fails the test. */
  readonly processes?: Processes;
}

/** A real context: real files below a temporary folder. It is also a ReadContext. */
export interface TestContext extends UndoContext {
  /** A new, empty folder for the test to work in. */
  readonly work: string;
  /** Where `files.trash` puts things. */
  readonly trash: string;
  /** Holds `work` and the trash; removed by `remove`. */
  readonly folder: string;
  readonly notes: string[];
  readonly progressed: Progress[];
  readonly remembered: Map<string, Json>;
  /** An absolute path below `work`. */
  path(...parts: string[]): string;
  /** Aborts `signal`. */
  abort(): void;
  /** Ends the test: removes the folder. */
  remove(): Promise<void>;
}

const noProcesses: Processes = {
  run: async ({ argv }) => {
    throw new Error(`the test gave no processes, and the action started ${argv.join(" ")}`);
  },
};

/** What an action gets in a run, over a temporary folder, with everything it said kept to be looked at. */
export async function actionContext(options: ActionContextOptions = {}): Promise<TestContext> {
  const folder = options.folder ?? (await realpath(await mkdtemp(join(tmpdir(), "belay-test-"))));
  const work = join(folder, "work");
  await mkdir(work, { recursive: true });
  const id = options.stepId ?? "step";
  const trash = join(folder, "trash", id);
  const remembered = options.remembered ?? new Map<string, Json>();
  const notes: string[] = [];
  const progressed: Progress[] = [];
  const end = new AbortController();
  return {
    run: { id: options.runId ?? "k7", startedAt: "2026-11-21T03:02:00.000Z" },
    step: { id, key: id },
    files: localFiles({ trashFolder: trash }),
    processes: options.processes ?? noProcesses,
    signal: end.signal,
    resolvePath: (path) => resolve(work, path),
    progress: (progress) => void progressed.push(progress),
    note: (line) => void notes.push(line),
    remember: async (name, value) => void remembered.set(name, structuredClone(value)),
    recall: (name) => remembered.get(name),
    ended: () => false,
    input: null,
    work,
    trash,
    folder,
    notes,
    progressed,
    remembered,
    path: (...parts) => join(work, ...parts),
    abort: () => end.abort(),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
