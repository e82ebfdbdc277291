import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { program } from "./belay-process.ts";

export interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  readonly all: string;
}

export interface RecordedEvent {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** A folder with files, and belay called in it as a user would, without a terminal. */
export interface ProgramPlace {
  readonly folder: string;
  readonly home: string;
  belay(...args: string[]): Said;
  /** With other surroundings: variables, the folder, what stands in front of node, options of node. */
  with(more: {
    readonly env?: Readonly<Record<string, string>>;
    readonly cwd?: string;
    readonly under?: readonly string[];
    readonly node?: readonly string[];
  }): (...args: string[]) => Said;
  at(name: string): string;
  write(name: string, text: string): void;
  read(name: string): string;
  has(name: string): boolean;
  /** The only run. */
  run(): string;
  /** A file of the only run. */
  inRun(name: string): string;
  events(): RecordedEvent[];
  end(): void;
}

export function programPlace(files: Readonly<Record<string, string>>): ProgramPlace {
  const folder = mkdtempSync(join(tmpdir(), "belay-place-"));
  const home = join(folder, "home");
  const at = (name: string) => join(folder, name);
  const write = (name: string, text: string) => {
    mkdirSync(dirname(at(name)), { recursive: true });
    writeFileSync(at(name), text);
  };
  for (const [name, text] of Object.entries(files)) write(name, text);
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("BELAY_")));
  const call: ProgramPlace["with"] =
    ({ env = {}, cwd = folder, under = [], node = [] }) =>
    (...args) => {
      const [command = "", ...rest] = [...under, process.execPath, ...node, program, ...args];
      const { status, stdout, stderr } = spawnSync(command, rest, {
        cwd,
        env: { ...own, BELAY_HOME: home, NO_COLOR: "1", ...env },
        encoding: "utf8",
        timeout: 30_000,
      });
      return { code: status, out: stdout, err: stderr, all: stdout + stderr };
    };
  const run = () => {
    const [id, ...more] = readdirSync(join(home, "runs"));
    if (id === undefined || more.length > 0) throw new Error(`one run was expected, not ${more.length + 1}`);
    return id;
  };
  const inRun = (name: string) => join(home, "runs", run(), name);
  return {
    folder,
    home,
    belay: call({}),
    with: call,
    at,
    write,
    read: (name) => readFileSync(at(name), "utf8"),
    has: (name) => existsSync(at(name)),
    run,
    inRun,
    events: () =>
      readFileSync(inRun("journal.ndjson"), "utf8")
        // What follows the last newline was never finished.
        .split("\n")
        .slice(0, -1)
        .map((line) => (JSON.parse(line) as { event: RecordedEvent }).event),
    end: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A runbook's text. */
export function runbookText(steps: string, head = ""): string {
  const indented = steps.trim().replace(/^/gm, "  ");
  return `apiVersion: belay/v1\nname: r\ntitle: R\n${head.trim()}\nsteps:\n${indented}\n`;
}
