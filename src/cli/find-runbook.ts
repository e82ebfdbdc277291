import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { nearest } from "../source/nearest.ts";
import { CommandFailure, exit } from "./exit.ts";
import type { Io } from "./io.ts";

/** The library that comes with belay: `runbooks/` beside `dist/` (or beside `src/`). */
function libraryFolder(): string | undefined {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (let up = 0; up < 4; up++, folder = dirname(folder)) {
    if (existsSync(join(folder, "runbooks")) && existsSync(join(folder, "package.json")))
      return join(folder, "runbooks");
  }
  return undefined;
}

/** Where runbooks are looked up by name: `$BELAY_RUNBOOKS`, `./runbooks`, and belay's own. */
function searchFolders(io: Io): string[] {
  const own = io.env["BELAY_RUNBOOKS"]?.split(":").filter(Boolean) ?? [];
  const library = libraryFolder();
  const folders = [...own, join(io.cwd, "runbooks"), ...(library ? [library] : [])].map((folder) =>
    resolve(io.cwd, folder),
  );
  return [...new Set(folders)].filter((folder) => existsSync(folder));
}

export interface FoundRunbook {
  readonly name: string;
  readonly title: string;
  readonly file: string;
}

/** Every runbook that can be called by name. The first of a name wins. */
export function listRunbooks(io: Io): FoundRunbook[] {
  const found = new Map<string, FoundRunbook>();
  for (const folder of searchFolders(io)) {
    for (const entry of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
      if (!/\.ya?ml$/.test(entry)) continue;
      const file = join(folder, entry);
      const head = readFileSync(file, "utf8");
      if (!/^apiVersion:\s*belay\//m.test(head)) continue;
      const name = /^name:\s*["']?([a-z0-9.-]+)/m.exec(head)?.[1];
      const title = /^title:\s*(.+)$/m.exec(head)?.[1]?.replace(/^(["'])(.*)\1$/, "$2") ?? "";
      if (name && !found.has(name)) found.set(name, { name, title, file });
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The file of a runbook that was given as a path or a name. */
export function findRunbook(io: Io, given: string): string {
  const path = resolve(io.cwd, given);
  if (existsSync(path) && statSync(path).isFile()) return path;
  const known = listRunbooks(io);
  const named = known.find((one) => one.name === given);
  if (named) return named.file;
  const near = nearest(
    given,
    known.map((one) => one.name),
  );
  throw new CommandFailure(exit.wrongInput, `there is no runbook ${given}`, [
    near ? `did you mean ${near}?` : "a file, or one of the names that `belay list` shows",
  ]);
}

/** A file's name as short as it can be said from here. */
export function shortPath(io: Io, file: string): string {
  const short = relative(io.cwd, file);
  return short === "" || short.startsWith("../../") ? file : short;
}
