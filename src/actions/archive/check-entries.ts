import { ActionFailure } from "../../action/failure.ts";
import type { PathFilter } from "../paths/path-filter.ts";
import type { ArchiveEntry } from "./archive-format.ts";
import { foldersAbove, nameProblem, plainPath } from "./safe-name.ts";

/** An entry that stays inside the folder it is extracted to. */
export interface CheckedEntry extends ArchiveEntry {
  /** "" for the folder itself. */
  readonly path: string;
  /** Whether it is extracted. */
  readonly wanted: boolean;
}

/**
 * Judges all entries of an archive before anything is extracted, and selects. One entry that would leave the folder
 * makes the whole archive suspect: `wrong-input`. Of files that are in it twice, the last one counts, as with tar.
 */
export function checkEntries(archive: string, entries: readonly ArchiveEntry[], filter: PathFilter): CheckedEntry[] {
  const refuse = (entry: ArchiveEntry, why: string) =>
    new ActionFailure(
      "wrong-input",
      `The archive ${archive} is refused, nothing was extracted: ${quoted(entry.name)} ${why}`,
    );

  const last = new Map<string, number>();
  const paths = entries.map((entry, index) => {
    const problem = nameProblem(entry.name);
    if (problem !== undefined) throw refuse(entry, problem);
    if (entry.kind === "device") throw refuse(entry, `is ${entry.what}`);
    const path = plainPath(entry.name);
    if (path === "" && entry.kind !== "directory") throw refuse(entry, "takes the place of the folder itself");
    const earlier = entries[last.get(path) ?? -1];
    if (earlier !== undefined && differ(earlier, entry)) throw refuse(entry, "is in it twice, as two different things");
    last.set(path, index);
    return path;
  });

  for (const [path, index] of last) {
    for (const folder of foldersAbove(path)) {
      const above = entries[last.get(folder) ?? -1];
      if (above === undefined || above.kind === "directory") continue;
      const entry = entries[index]!;
      if (above.kind !== "symlink") throw refuse(entry, `is below ${quoted(above.name)}, which is not a folder`);
      throw refuse(entry, `would be written through the symlink ${quoted(above.name)}`);
    }
  }

  const selected = paths.map((path, index) => last.get(path) === index && path !== "" && filter.selects(path));
  // The folders above what is selected keep their mode and owner.
  const parents = new Set(paths.filter((_, index) => selected[index]).flatMap(foldersAbove));
  const checked = entries.map((entry, index): CheckedEntry => {
    const path = paths[index]!;
    const parent = entry.kind === "directory" && (path === "" || parents.has(path));
    return { ...entry, path, wanted: selected[index]! || (parent && last.get(path) === index) };
  });
  checkLinks(checked, refuse);
  return checked;
}

function checkLinks(
  entries: readonly CheckedEntry[],
  refuse: (entry: ArchiveEntry, why: string) => ActionFailure,
): void {
  const wanted = entries.filter((entry) => entry.wanted);
  const links = new Map(
    wanted.flatMap((entry) => (entry.kind === "symlink" ? [[entry.path, entry.target ?? ""]] : [])),
  );
  const seen = new Map<string, CheckedEntry>();
  const times = new Map<string, number>();
  for (const { path } of entries) times.set(path, (times.get(path) ?? 0) + 1);
  for (const entry of entries) {
    if (entry.kind === "hardlink") {
      const target = entry.target ?? "";
      const problem = nameProblem(target);
      if (problem !== undefined) throw refuse(entry, `is a hard link to ${quoted(target)}, which ${problem}`);
      const file = seen.get(plainPath(target));
      if (file?.kind !== "file" && file?.kind !== "hardlink") {
        throw refuse(entry, `is a hard link to ${quoted(target)}, which is no file before it in the archive`);
      }
      if (times.get(file.path) !== 1) throw refuse(entry, `is a hard link to ${quoted(target)}, which is in it twice`);
      if (entry.wanted && !file.wanted) {
        throw refuse(entry, `is a hard link to ${quoted(target)}, which is not selected; select both or neither`);
      }
    }
    seen.set(entry.path, entry);
    if (!entry.wanted) continue;
    if (entry.kind === "unsupported") throw refuse(entry, `is ${entry.what}; an exclude pattern leaves it out`);
    if (entry.kind === "symlink") {
      const target = entry.target ?? "";
      if (target === "" || target.includes("\0")) throw refuse(entry, "is a symlink without a valid target");
      if (leaves(entry.path, target, links))
        throw refuse(entry, `is a symlink that leads out of the folder (to ${quoted(target)})`);
    }
  }
}

/**
 * Whether following a symlink leads out, by way of the archive's other symlinks: a `..` goes up from where the link
 * before it led, so the text of the target alone does not tell.
 */
export function leaves(link: string, target: string, links: ReadonlyMap<string, string>): boolean {
  const at = link.split("/").slice(0, -1);
  const todo: string[] = [];
  const follow = (text: string) => {
    todo.unshift(...text.split("/"));
    return !/^[/\\]|^[A-Za-z]:/.test(text);
  };
  if (!follow(target)) return true;
  for (let hops = 0; todo.length > 0; ) {
    const part = todo.shift();
    if (part === "" || part === ".") continue;
    if (part === "..") {
      if (at.pop() === undefined) return true;
      continue;
    }
    at.push(part!);
    const next = links.get(at.join("/"));
    if (next === undefined) continue;
    if (++hops > 40) return false; // a circle: the system does not follow it either
    at.pop();
    if (!follow(next)) return true;
  }
  return false;
}

function differ(one: ArchiveEntry, other: ArchiveEntry): boolean {
  return one.kind !== other.kind || one.target !== other.target;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
