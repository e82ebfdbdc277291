import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { hostname, tmpdir, userInfo } from "node:os";
import { join, relative, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse } from "yaml";
import { belay, type Ended } from "../support/belay-process.ts";

const root = resolve(import.meta.dirname, "../..");
export const runbookFile = (name: string) => join(root, "runbooks/wso2-open-banking", `${name}.yaml`);

// For the stand-ins that this process or belay starts: a second each would make these tests minutes long.
process.env["CARBON_STUB_PAUSE"] = "150";

/** A home with a stand-in for a WSO2 server in it. */
export interface Home {
  readonly name: "obkm" | "obam";
  readonly path: string;
  readonly url: string;
}

/** Two homes in a temporary folder, and what a test does with them. */
export interface Bank {
  readonly folder: string;
  readonly km: Home;
  readonly am: Home;
  readonly safety: string;
  belay(args: readonly string[], more?: Settings): Promise<Ended>;
  /** Runs a runbook with all its answers; inputs that are given win over the usual ones. */
  run(runbook: string, inputs: Inputs, more?: Settings): Promise<Ended>;
  resume(run: string, more?: Settings): Promise<Ended>;
  /** Takes a run back, and agrees to what it asks a person to take back. */
  undo(run: string, more?: Settings): Promise<Ended>;
  /** Goes on with that. */
  resumeUndo(run: string, more?: Settings): Promise<Ended>;
  /** Ends what was started, and removes the folder. */
  close(): Promise<void>;
}

export type Inputs = { readonly [name: string]: string | number | boolean };

export interface Settings {
  /** Options besides the usual answers; a later `--answer` for the same question wins. */
  readonly options?: readonly string[];
  /** See kill-at.mjs. */
  readonly killAt?: string;
}

const answers = {
  quiet: { done: "true" },
  dumps: { where: "/backup/db", same_moment: "true" },
  drain: { done: "true" },
  databases: { state: "unchanged since that moment" },
  reindex: { done: "true" },
  passwords: { done: "true" },
  start_bi: { done: "true" },
  look_closer: { found: "all three work" },
  back: { done: "true" },
  sign_off: { by_whom: "a test" },
};

/** The answers that a runbook asks for: others would be refused. */
function agreeingTo(file: string): string[] {
  const { steps } = parse(readFileSync(file, "utf8")) as {
    steps: { id: string; uses: string; confirm?: { type?: string } }[];
  };
  const given = steps
    .filter(({ uses }) => uses === "manual")
    .flatMap(({ id }) =>
      Object.entries(answers[id as keyof typeof answers] ?? {}).flatMap(([name, value]) => [
        "--answer",
        `${id}.${name}=${value}`,
      ]),
    );
  const typed = steps.filter(({ confirm }) => confirm?.type).flatMap(({ id }) => ["--confirm", `${id}=${hostname()}`]);
  return ["--yes", ...typed, ...given];
}

/** The same for what a person takes back. */
function takingBack(file: string): string[] {
  const { steps } = parse(readFileSync(file, "utf8")) as { steps: { id: string; undo?: { uses?: string } }[] };
  const asked = steps.filter(({ undo }) => undo?.uses === "manual");
  return ["--yes", ...asked.flatMap(({ id }) => ["--answer", `${id}.done=true`])];
}

/** Makes the homes, with nothing running; `like` another bank, whose backup is then a backup of these homes, too. */
export async function openBank(like?: Bank): Promise<Bank> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "belay-bank-")));
  const [km, am] = await makeHomes(folder, like);
  const safety = join(folder, "safety");
  mkdirSync(safety);
  const usual: Inputs = {
    km_home: km.path,
    apim_home: am.path,
    backup: join(like?.folder ?? folder, "backup"),
    run_user: userInfo().username,
    km_health_url: km.url,
    apim_health_url: am.url,
    poll: "100ms",
    stop_timeout: "10s",
    start_timeout: "15s",
  };
  const run: Bank["belay"] = (args, { options = [], killAt } = {}) =>
    belay([...args, ...options], {
      home: join(folder, "belay"),
      cwd: folder,
      limitMs: 60_000,
      ...(killAt ? { under: preloaded(killAt) } : {}),
    });
  const kept = (id: string) => join(folder, "belay", "runs", id, "runbook.yaml");
  return {
    folder,
    km,
    am,
    safety,
    belay: run,
    run: (name, inputs, more) => {
      const given = { ...usual, ...(name.startsWith("restore") ? { safety, reach_databases: false } : {}), ...inputs };
      const pairs = Object.entries(given).flatMap(([key, value]) => ["-i", `${key}=${value}`]);
      return run(["run", runbookFile(name), ...pairs, ...agreeingTo(runbookFile(name))], more);
    },
    resume: (id, more) => run(["resume", id, ...agreeingTo(kept(id))], more),
    undo: (id, more) => run(["undo", id, ...takingBack(kept(id))], more),
    resumeUndo: (id, more) => run(["resume", id, ...takingBack(kept(id))], more),
    close: async () => {
      for (const home of [km, am]) await endServers(home);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const preloaded = (killAt: string) => [
  "env",
  `KILL_AT=${killAt}`,
  `NODE_OPTIONS=--import=${join(import.meta.dirname, "kill-at.mjs")}`,
];

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => done(typeof address === "object" && address ? address.port : 0));
    });
  });
}

async function makeHomes(folder: string, like: Bank | undefined): Promise<[Home, Home]> {
  const portOf = ({ url }: Home) => Number(new URL(url).port);
  const ports = like ? [portOf(like.km), portOf(like.am)] : [await freePort(), await freePort()];
  const script = join(root, "examples/wso2-demo/make-homes.mjs");
  await ended(spawn(process.execPath, [script, folder, ...ports.map(String)], { stdio: "ignore" }));
  const home = (name: Home["name"], port: number | undefined): Home => ({
    name,
    path: join(folder, `wso2-${name}-1.5.0`),
    url: `http://127.0.0.1:${port}/carbon/admin/login.jsp`,
  });
  return [home("obkm", ports[0]), home("obam", ports[1])];
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((done, fail) => {
    child.once("error", fail);
    child.once("close", (code) => (code === 0 ? done() : fail(new Error(`ended with exit code ${code}`))));
  });
}

/** The processes that were started for a home, wherever they came from. */
export function serversOf(home: Home): number[] {
  const mark = `\0-Dcarbon.home=${home.path}\0`;
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(mark);
      } catch {
        return false; // it has just ended
      }
    })
    .map(Number);
}

/** TERM, and KILL for one that ignores it. Only for what a test started. */
export async function endServers(home: Home): Promise<void> {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    for (const pid of serversOf(home)) process.kill(pid, signal);
    // A dead process that nobody has looked after has no command line any more, and is none of them.
    for (let tries = 0; tries < 30 && serversOf(home).length > 0; tries++) await sleep(50);
  }
}

/** Starts the servers by hand, and waits until both answer. */
export async function startServers(...homes: readonly Home[]): Promise<void> {
  for (const { path } of homes) await ended(spawn(join(path, "bin/wso2server.sh"), ["start"], { stdio: "ignore" }));
  for (const home of homes) await untilUp(home);
}

export async function untilUp({ url }: Home): Promise<void> {
  for (let tries = 0; (await statusOf(url)) !== 200; tries++) {
    if (tries > 200) throw new Error(`${url} does not answer`);
    await sleep(50);
  }
}

export const statusOf = (url: string): Promise<number> =>
  fetch(url).then(
    ({ status }) => status,
    () => 0,
  );

/** How often the server of a home was started, by its own count. */
export function startsOf({ path }: Home): number {
  const log = join(path, "starts.log");
  return existsSync(log) ? readFileSync(log, "utf8").trim().split("\n").length : 0;
}

/** Every file, symlink and folder below a folder, with its mode and content: without what a running server writes. */
export function treeOf(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  const volatile = /^(repository\/)?(logs|tmp)\/|\.lock\.db$|^wso2carbon\.pid$|^starts\.log$|\.(old|new)\.\w+(\/|$)/;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    const name = relative(folder, file);
    if (volatile.test(name)) continue;
    if (entry.isSymbolicLink()) found.set(name, `→ ${readlinkSync(file)}`);
    else if (entry.isFile()) found.set(name, createHash("sha256").update(readFileSync(file)).digest("hex"));
    else found.set(name, "folder");
  }
  return found;
}

/** What differs between two trees, in a few words each. */
export function differences(before: Map<string, string>, after: Map<string, string>): string[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => `${name}: ${before.has(name) ? (after.has(name) ? "changed" : "missing") : "new"}`);
}

/** The name of the run, from what belay printed. */
export function runOf({ stdout }: Ended): string {
  const name = /\brun (\w+) ·/.exec(stdout)?.[1];
  if (name === undefined) throw new Error(`no run in:\n${stdout}`);
  return name;
}

interface Recorded {
  readonly type: string;
  readonly step?: string;
  readonly key?: string;
  readonly section?: string;
  readonly effect?: string;
  readonly state?: string;
  readonly decision?: string;
  readonly via?: string;
}

/** The events in the journal of a run. */
export function journalOf(bank: Bank, run: string): Recorded[] {
  return readFileSync(join(bank.folder, "belay/runs", run, "journal.ndjson"), "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => (JSON.parse(line) as { event: Recorded }).event);
}

/** The changes that a run began, in order; one that was begun twice is in it twice. */
export function begunIn(bank: Bank, run: string): string[] {
  return journalOf(bank, run)
    .filter(({ type, effect }) => type === "step-started" && effect === "change")
    .map(({ step }) => step ?? "");
}

/** Writes the checksums of a backup anew: it is sound then, whatever is in it. */
export async function reseal(bank: Bank, backup: string): Promise<void> {
  const sums = join(backup, "SHA256SUMS");
  rmSync(sums, { force: true });
  const seal = join(bank.folder, "seal.yaml");
  const step = `{ id: seal, uses: checksum.create, with: { path: "${backup}", to: "${sums}" } }`;
  writeFileSync(seal, `apiVersion: belay/v1\nname: seal\ntitle: Seal\nsteps:\n  - ${step}\n`);
  const { code, stderr } = await bank.belay(["run", seal, "--yes"]);
  if (code !== 0) throw new Error(stderr);
}
