import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import * as assert from "uvu/assert";
import type { JsonObject } from "../../src/schema/json.ts";
import { everyMoment } from "./crash-sweep.ts";

/** A step that is run, killed and undone, each in a process of its own. */
export interface Undoing {
  readonly action: string;
  /** Makes the world before the step. All times in it are set afterwards. */
  prepare(work: string): void;
  input(work: string): JsonObject;
  /** The trash is on another file system than the work. */
  readonly farTrash?: boolean;
}

const root = resolve(import.meta.dirname, "../..");
const preload = join(root, "test/support/crash-preload.mjs");
const seed = Number(process.env["BELAY_CRASH_SEED"] ?? new Date().getUTCDate());
const shared = "/dev/shm";
/** Whether there is another file system for the trash. */
export const otherDisk = existsSync(shared) && statSync(shared).dev !== statSync(tmpdir()).dev;

interface Life {
  readonly work: string;
  readonly before: string;
  tree(): string;
  go(phase: "run" | "undo", env?: Record<string, string>): { code: number | null; killed: boolean; said: string };
  remove(): void;
}

/** Everything below a folder: names, kinds, modes, owners, contents and times. */
function treeOf(folder: string, above = ""): string {
  const lines: string[] = [];
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    const stat = lstatSync(path);
    const common = `${above}${name} ${(stat.mode & 0o7777).toString(8)} ${stat.uid}:${stat.gid} ${Math.round(stat.mtimeMs)}`;
    if (stat.isDirectory()) lines.push(`${common} folder`, treeOf(path, `${above}${name}/`));
    else if (stat.isSymbolicLink()) lines.push(`${common} → ${readlinkSync(path)}`);
    else lines.push(`${common} ${createHash("sha256").update(readFileSync(path)).digest("hex")}`);
  }
  return lines.filter(Boolean).join("\n");
}

/** Long ago, and of each its own, so that nothing has the right time by chance. */
function setTimes(folder: string, at = { time: 1.6e9 }): void {
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (lstatSync(path).isDirectory()) setTimes(path, at);
    at.time += 60.25;
    lutimesSync(path, at.time, at.time);
  }
}

function beginLife(base: string, program: string, undoing: Undoing): Life {
  const folder = mkdtempSync(join(base, "life-"));
  const far = undoing.farTrash ? mkdtempSync(join(shared, "belay-undo-")) : undefined;
  const work = join(folder, "work");
  const state = join(folder, "state");
  const trash = join(far ?? folder, "trash");
  mkdirSync(work);
  mkdirSync(state);
  undoing.prepare(work);
  setTimes(work);
  const input = JSON.stringify(undoing.input(work));
  return {
    work,
    before: treeOf(work),
    tree: () => treeOf(work),
    go(phase, env) {
      const line = [...(env ? ["--import", preload] : []), program, phase, undoing.action, input, state, trash];
      const options = { encoding: "utf8", env: { ...process.env, ...env }, timeout: 30_000 } as const;
      const { status, signal, stdout, stderr } = spawnSync(process.execPath, line, options);
      return { code: status, killed: signal === "SIGKILL", said: stdout + stderr };
    },
    remove() {
      rmSync(folder, { recursive: true, force: true });
      if (far) rmSync(far, { recursive: true, force: true });
    },
  };
}

export interface UndoLab {
  /** Once undisturbed, and with a kill at the moments of the change and of its undoing: the world is as it was before. */
  sweep(undoing: Undoing): void;
  close(): void;
}

export async function openUndoLab(): Promise<UndoLab> {
  const base = realpathSync(mkdtempSync(join(tmpdir(), "belay-undo-")));
  const program = join(base, "program", "undo-program.mjs");
  const banner =
    'import { createRequire as belayCreateRequire } from "node:module"; const require = belayCreateRequire(import.meta.url);';
  await build({
    entryPoints: { "undo-program": join(root, "test/support/undo-program.ts") },
    outdir: join(base, "program"),
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    banner: { js: banner },
    logLevel: "error",
  });
  const begin = (undoing: Undoing) => beginLife(base, program, undoing);
  return {
    sweep(undoing) {
      const moments = undisturbed(begin(undoing), join(base, "trace"));
      const count = { run: killedChanges(moments.run, () => begin(undoing)), undo: 0 };
      count.undo = killedUndoings(moments.undo, () => begin(undoing));
      const name = `${undoing.action}${undoing.farTrash ? ", trash on another file system" : ""}`;
      console.log(`${name}: ${count.run} deaths in the change, ${count.undo} in the undoing (seed ${seed})`);
    },
    close: () => rmSync(base, { recursive: true, force: true }),
  };
}

function through(step: ReturnType<Life["go"]>, what: string): void {
  assert.is(step.code, 0, `${what}: ${step.said}`);
}

/** How many moments the change and its undoing have. */
function undisturbed(life: Life, trace: string): { run: number; undo: number } {
  const traced = (phase: "run" | "undo") => {
    rmSync(trace, { force: true });
    through(life.go(phase, { CRASH_TRACE: trace }), phase);
    if (!existsSync(trace)) return 0;
    return readFileSync(trace, "utf8")
      .split("\n")
      .filter((line) => line.startsWith("change ")).length;
  };
  const run = traced("run");
  assert.is.not(life.tree(), life.before);
  const undo = traced("undo");
  assert.is(life.tree(), life.before, "undone");
  through(life.go("undo"), "undone twice");
  assert.is(life.tree(), life.before, "undone twice");
  life.remove();
  return { run, undo };
}

/** Before each change is after the one before it, so one of them is enough but for the first. */
function momentsOf(count: number): string[] {
  const stride = everyMoment ? 1 : 3;
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  return ["before:1", ...numbers.filter((number) => (number + seed) % stride === 0).map((number) => `after:${number}`)];
}

function killedChanges(count: number, begin: () => Life): number {
  let deaths = 0;
  for (const at of momentsOf(count)) {
    const life = begin();
    if (life.go("run", { CRASH_AT: at }).killed) deaths += 1;
    through(life.go("undo"), `undone after a change that died at ${at}`);
    assert.is(life.tree(), life.before, `undone after a change that died at ${at}`);
    life.remove();
  }
  assert.ok(deaths > 0);
  return deaths;
}

function killedUndoings(count: number, begin: () => Life): number {
  let deaths = 0;
  for (const at of momentsOf(count)) {
    const life = begin();
    through(life.go("run"), "run");
    if (life.go("undo", { CRASH_AT: at }).killed) deaths += 1;
    through(life.go("undo"), `undone again after it died at ${at}`);
    assert.is(life.tree(), life.before, `undone again after it died at ${at}`);
    life.remove();
  }
  assert.ok(deaths > 0);
  return deaths;
}
