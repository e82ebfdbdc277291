import { ActionFailure } from "../../action/failure.ts";

/** Which paths of a tree a step is about. Paths are relative with `/`. */
export interface PathFilter {
  selects(path: string): boolean;
  /** Patterns of `include` that have matched nothing so far: probably a mistake in writing. */
  unused(): string[];
}

/**
 * Patterns as `.gitignore` and rsync have them. `*` and `?` match within a name, `**` across folders; nothing else is
 * special. A pattern without a slash is tried on every name of the path (`*.log`, `tmp`); one with a slash on the path
 * from its start (`/tmp`, `logs/*`). A pattern that matches a folder takes everything below it; `folder/**` is what is
 * below, without the folder itself. `exclude` wins over `include`; without `include`, everything is in.
 */
export function pathFilter(include: readonly string[] = [], exclude: readonly string[] = []): PathFilter {
  const patterns = (list: readonly string[]) => list.map((text) => ({ text, matches: globMatcher(text), used: false }));
  const included = patterns(include);
  const excluded = patterns(exclude);
  // Every pattern is asked, so that one that never matches anything shows.
  const some = (list: typeof included, path: string) => {
    const hits = list.filter(({ matches }) => matches(path));
    for (const hit of hits) hit.used = true;
    return hits.length > 0;
  };
  return {
    selects: (path) => {
      const wanted = included.length === 0 || some(included, path);
      return !some(excluded, path) && wanted;
    },
    unused: () => included.filter(({ used }) => !used).map(({ text }) => text),
  };
}

/** The words for a schema that takes such patterns. */
export const patternWords =
  "`*` and `?` within a name, `**` across folders; one without a slash is tried on every name, `/name` only at the top";

type NameMatcher = (name: readonly string[]) => boolean;

function globMatcher(pattern: string): (path: string) => boolean {
  const parts = pattern.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.length === 0 || parts.includes("..")) {
    throw new ActionFailure(
      "wrong-input",
      `The pattern ${JSON.stringify(pattern)} must be a path inside the folder, such as conf/** or *.xml`,
    );
  }
  const anywhere = !pattern.replace(/\/+$/, "").includes("/") && pattern !== "**";
  const names = parts.map((part) => (part === "**" ? undefined : nameMatcher(part)));
  const wanted = anywhere ? [undefined, ...names] : names;
  return (path) =>
    matches(
      wanted,
      path.split("/").map((name) => [...name]),
    );
}

/** Goes back only to the last star, so that no pattern takes long. */
function nameMatcher(part: string): NameMatcher {
  const wanted = [...part];
  return (name) => {
    let [at, next, star, retry] = [0, 0, -1, 0];
    while (at < name.length) {
      if (wanted[next] === "*") {
        star = next++;
        retry = at;
      } else if (next < wanted.length && (wanted[next] === "?" || wanted[next] === name[at])) {
        at++;
        next++;
      } else if (star !== -1) {
        next = star + 1;
        at = ++retry;
      } else return false;
    }
    while (wanted[next] === "*") next++;
    return next === wanted.length;
  };
}

// True also when the pattern matches a folder above. Row by row over the names, so that many ** can't make it explode.
function matches(pattern: readonly (NameMatcher | undefined)[], names: readonly (readonly string[])[]): boolean {
  let reached = closure(pattern, [0]);
  for (const name of names) {
    const next: number[] = [];
    for (const at of reached) {
      if (at === pattern.length) return true; // a folder above is matched as a whole
      const part = pattern[at];
      if (part === undefined) next.push(at, at + 1);
      else if (part(name)) next.push(at + 1);
    }
    reached = closure(pattern, next);
  }
  return reached.has(pattern.length);
}

/** A `**` in the middle also stands for no folder at all; at the end it stands for at least one name. */
function closure(pattern: readonly (NameMatcher | undefined)[], positions: readonly number[]): Set<number> {
  const reached = new Set<number>();
  for (let at of positions) {
    reached.add(at);
    while (at < pattern.length - 1 && pattern[at] === undefined) reached.add(++at);
  }
  return reached;
}
