import { createHash } from "node:crypto";
import { accessSync, closeSync, constants, openSync, readlinkSync, readSync, type Stats, statSync } from "node:fs";
import { arch, platform, release } from "node:os";
import { delimiter, isAbsolute, join, resolve } from "node:path";
import type { Step } from "../runbook/runbook.ts";
import { isJsonObject, type Json } from "../schema/json.ts";
import type { Io } from "./io.ts";
import { localTarget } from "./local-target.ts";
import { version } from "./version.ts";

/** A program that a step names. Without `path` there is none of that name. */
export interface ProgramFacts {
  readonly path?: string;
  readonly size?: number;
  /** SHA-256 of its first 64 KiB: it is never run to ask for its version. */
  readonly head?: string;
}

/** What the outcome of a run may depend on, as far as it can be known at once. */
export interface Environment {
  readonly host: string;
  readonly machine?: string;
  readonly platform: string;
  readonly arch: string;
  readonly release: string;
  readonly belay: string;
  readonly node: string;
  readonly user: string;
  readonly uid?: number;
  readonly umask: string;
  readonly zone: string;
  readonly locale: string;
  readonly path: string;
  /** Programs that steps on this machine start, by the name they write. */
  readonly programs: { readonly [name: string]: ProgramFacts };
}

const headBytes = 64 * 1024;

/** Reads a few small files and starts nothing. `steps`: those that can still run; `undone`: those that are taken back. */
export function environmentOf(io: Io, steps: Iterable<Step>, cwd: string, undone: Iterable<Step> = []): Environment {
  const names = new Set<string>();
  for (const step of steps) for (const name of programsOf(step)) names.add(name);
  for (const step of undone) for (const name of undoProgramsOf(step)) names.add(name);
  const uid = process.getuid?.();
  return {
    ...localTarget(),
    platform: platform(),
    arch: arch(),
    release: release(),
    belay: version,
    node: process.version,
    user: io.user,
    ...(uid === undefined ? {} : { uid }),
    umask: process.umask().toString(8).padStart(4, "0"),
    zone: zoneOf(io.env),
    locale: io.env["LC_ALL"] || io.env["LANG"] || "",
    path: io.env["PATH"] ?? "",
    programs: Object.fromEntries(
      [...names].sort().map((name) => [name, programFacts(name, cwd, io.env["PATH"] ?? "")]),
    ),
  };
}

/** The programs that a step names literally, on this machine. */
export function programsOf(step: Step): string[] {
  const looks: Use[] = [{ uses: step.uses, written: step.written, on: step.on }];
  if (step.poll && isJsonObject(step.written))
    looks.push({ uses: step.poll.uses, written: step.written["with"] ?? {}, on: step.on });
  return [...programsIn(looks), ...undoProgramsOf(step)];
}

interface Use {
  readonly uses: string;
  readonly written: Json;
  readonly on?: string | undefined;
}

/** Those that taking a step back starts: its undo's, and its check's. */
function undoProgramsOf(step: Step): string[] {
  const looks: Use[] = [];
  const { undo } = step;
  if (undo?.kind === "uses") looks.push({ uses: undo.uses, written: undo.written, on: undo.on });
  const check = isJsonObject(step.raw) ? step.raw["check"] : undefined;
  if (step.check && isJsonObject(check))
    looks.push({ uses: step.check.uses, written: check["with"] ?? {}, on: step.check.on });
  return programsIn(looks);
}

function programsIn(looks: readonly Use[]): string[] {
  return looks.flatMap(({ uses, written, on }) => (on === undefined ? programOf(uses, written) : []));
}

function programOf(uses: string, written: Json): string[] {
  if (uses === "shell") return ["bash"];
  if (uses !== "exec" || !isJsonObject(written) || !Array.isArray(written["argv"])) return [];
  const [first] = written["argv"];
  return typeof first === "string" && first !== "" && !first.includes("${{") ? [first] : [];
}

function programFacts(name: string, cwd: string, path: string): ProgramFacts {
  const found = name.includes("/")
    ? [resolve(cwd, name)]
    : path.split(delimiter).map((folder) => join(isAbsolute(folder) ? folder : resolve(cwd, folder), name));
  for (const file of found) {
    const stat = statOf(file);
    if (!stat?.isFile() || !mayRun(file)) continue;
    const head = headOf(file);
    return { path: file, size: stat.size, ...(head === undefined ? {} : { head }) };
  }
  return {};
}

/** A folder of the PATH that can't be entered has no program to give. */
function statOf(file: string): Stats | undefined {
  try {
    return statSync(file);
  } catch {
    return undefined;
  }
}

function mayRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function headOf(file: string): string | undefined {
  try {
    const fd = openSync(file, "r");
    try {
      const bytes = Buffer.alloc(headBytes);
      const read = readSync(fd, bytes, 0, headBytes, 0);
      return createHash("sha256").update(bytes.subarray(0, read)).digest("hex");
    } finally {
      closeSync(fd);
    }
  } catch {
    // It may be run, and not be read.
    return undefined;
  }
}

/** The zone of local times; reading a link costs less than asking for it. */
function zoneOf(env: NodeJS.ProcessEnv): string {
  if (env["TZ"]) return env["TZ"];
  try {
    const link = readlinkSync("/etc/localtime");
    const at = link.indexOf("zoneinfo/");
    if (at >= 0) return link.slice(at + "zoneinfo/".length);
  } catch {
    // no link
  }
  const minutes = -new Date().getTimezoneOffset();
  return minutes === 0 ? "UTC" : `UTC${minutes > 0 ? "+" : "-"}${Math.abs(minutes) / 60}`;
}
