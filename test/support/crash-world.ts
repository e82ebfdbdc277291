import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** One thing below a folder. `what` is the same for the same content; `identity` tells a thing from one that replaced it. */
export interface Thing {
  readonly what: string;
  readonly identity: string;
}

/** Everything below a folder, by relative path. Names and contents that hold the run's id say RUN instead. */
export function worldOf(folder: string, run: string): Map<string, Thing> {
  const found = new Map<string, Thing>();
  if (existsSync(folder)) collect(folder, "", run, found);
  return found;
}

function collect(folder: string, above: string, run: string, found: Map<string, Thing>): void {
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    const relative = `${above}${name}`.replaceAll(run, "RUN");
    const stat = lstatSync(path);
    const mode = (stat.mode & 0o7777).toString(8);
    if (stat.isDirectory()) {
      found.set(relative, { what: `folder ${mode}`, identity: String(stat.ino) });
      collect(path, `${above}${name}/`, run, found);
    } else if (stat.isSymbolicLink()) {
      found.set(relative, { what: `link ${readlinkSync(path)}`, identity: String(stat.ino) });
    } else {
      const digest = createHash("sha256").update(readFileSync(path)).digest("hex").slice(0, 16);
      found.set(relative, { what: `file ${mode} ${stat.size} ${digest}`, identity: `${stat.ino} ${stat.mtimeMs}` });
    }
  }
}

/** What is different, one line each; `ignore` names what is judged elsewhere. */
export function differencesOf(
  wanted: ReadonlyMap<string, Thing>,
  found: ReadonlyMap<string, Thing>,
  ignore: (path: string) => boolean,
): string[] {
  const lines: string[] = [];
  for (const path of new Set([...wanted.keys(), ...found.keys()])) {
    if (ignore(path)) continue;
    const [before, now] = [wanted.get(path)?.what, found.get(path)?.what];
    if (before === now) continue;
    lines.push(
      now === undefined
        ? `${path} is missing`
        : before === undefined
          ? `${path} is left over`
          : `${path} is ${now}, not ${before}`,
    );
  }
  return lines;
}

// A `repeatable` step without a check runs again when nobody knows whether it ran: its author allowed that.
const maybeAgain = "made/again";

/** Files that were as they must be when belay died, and were made anew nevertheless. */
export function remade(
  atDeath: ReadonlyMap<string, Thing>,
  wanted: ReadonlyMap<string, Thing>,
  found: ReadonlyMap<string, Thing>,
): string[] {
  const lines: string[] = [];
  for (const [path, thing] of atDeath) {
    if (path === maybeAgain || thing.what.startsWith("folder") || wanted.get(path)?.what !== thing.what) continue;
    const now = found.get(path);
    if (now && now.identity !== thing.identity) lines.push(`${path} was right, and was made again`);
  }
  return lines;
}
