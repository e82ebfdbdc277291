import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readJournal } from "../../src/journal/read-journal.ts";
import type { JournalRecord } from "../../src/journal/record.ts";
import { belay, type Ended, type Running, startBelay } from "./belay-process.ts";
import { type Thing, worldOf } from "./crash-world.ts";
import { type EffectServer, effectServer } from "./effect-server.ts";

/** What is run, and what it must come to. */
export interface Scenario {
  readonly name: string;
  readonly runbook: string;
  prepare(work: string): void;
  /** Options that answer what is asked on the way. */
  readonly answers: readonly string[];
  /** Where runs are kept; beside the work folder without it. */
  readonly homes?: string;
}

/** One life of a scenario in a folder of its own. */
export interface Life {
  readonly work: string;
  readonly home: string;
  readonly url: string;
  /** How often each effect happened, by name: lines in `effects`, and requests that were served. */
  effects(): Map<string, number>;
  start(more: { crashAt?: string; endChildren?: boolean; trace?: string }): Promise<Ended>;
  /** Starts the run and leaves it to the test. */
  begin(): Running;
  /** Kills belay while the server handles a POST, before or after it took effect. */
  startAndKillAt(moment: "before" | "after"): Promise<Ended>;
  resume(...options: string[]): Promise<Ended>;
  /** Resumes the run and leaves it to the test. */
  resumeRunning(): Running;
  /** The run that began; undefined when none did. */
  run(): string | undefined;
  records(): readonly JournalRecord[];
  world(): Map<string, Thing>;
  trash(): Map<string, Thing>;
  remove(): void;
}

export interface Lab {
  readonly server: EffectServer;
  life(scenario: Scenario): Life;
  close(): Promise<void>;
}

/** Folders and a server for many lives. */
export async function openLab(): Promise<Lab> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "belay-crash-")));
  const server = await effectServer();
  let lives = 0;
  return {
    server,
    life(scenario) {
      lives += 1;
      return beginLife(scenario, join(root, String(lives)), server, `k${lives}`);
    },
    async close() {
      rmSync(root, { recursive: true, force: true });
      await server.close();
    },
  };
}

function beginLife(scenario: Scenario, folder: string, server: EffectServer, key: string): Life {
  const work = join(folder, "work");
  const home = scenario.homes === undefined ? join(folder, "home") : mkdtempSync(join(scenario.homes, "belay-home-"));
  const runbook = join(folder, "runbook.yaml");
  const url = `${server.url}/${key}`;
  mkdirSync(work, { recursive: true });
  scenario.prepare(work);
  writeFileSync(runbook, scenario.runbook);
  const places = { home, cwd: work };
  const common = ["--yes", "--output", "ndjson", ...scenario.answers];
  const run = () => runsIn(home)[0];
  const begin = () => startBelay(["run", runbook, "-i", `url=${url}`, ...common], places);
  return {
    work,
    home,
    url,
    effects() {
      const counts = new Map(server.counts(key));
      const file = join(work, "effects");
      const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
      for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
      return counts;
    },
    start: (more) => belay(["run", runbook, "-i", `url=${url}`, ...common], { ...places, ...more }),
    begin,
    async startAndKillAt(moment) {
      const { child, ended } = begin();
      server.onPost = async (at) => {
        if (at !== moment) return;
        server.onPost = undefined;
        child.kill("SIGKILL");
        await ended;
      };
      return ended.finally(() => {
        server.onPost = undefined;
      });
    },
    resume: (...options) => belay(["resume", run() ?? "none", ...common, ...options], places),
    resumeRunning: () => startBelay(["resume", run() ?? "none", ...common], places),
    run,
    records: () => readJournal(join(home, "runs", run() ?? "none", "journal.ndjson")).records,
    world: () => worldOf(work, run() ?? "none"),
    // Its names hold a digest of where each thing was.
    trash: () => {
      const kept = worldOf(join(home, "runs", run() ?? "none", "trash"), run() ?? "none");
      return new Map([...kept].map(([path, thing]) => [path.replace(/\.[0-9a-f]{8}(?=\/|$)/, ""), thing]));
    },
    remove() {
      rmSync(folder, { recursive: true, force: true });
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Runs of which at least the first record is on disk. */
function runsIn(home: string): string[] {
  const runs = join(home, "runs");
  if (!existsSync(runs)) return [];
  return readdirSync(runs).filter((id) => {
    const journal = join(runs, id, "journal.ndjson");
    return existsSync(journal) && readFileSync(journal).includes(10);
  });
}
