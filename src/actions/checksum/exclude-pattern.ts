/**
 * Whether a path below the folder is left out. A pattern without a slash is tried on every part of the path ("*.log",
 * "tmp"); one with a slash on the path from its start ("logs/*", "**" for any number of folders). What is in an
 * excluded folder is excluded.
 */
export function isExcluded(relative: string, patterns: readonly string[]): boolean {
  const parts = relative.split("/");
  return patterns.some((pattern) => {
    const wanted = pattern.replace(/^\/|\/$/g, "").split("/");
    if (!pattern.replace(/\/$/, "").includes("/")) return parts.some((part) => matchesPart(part, wanted[0] ?? ""));
    return parts.some((_, index) => matchesPath(parts.slice(0, index + 1), wanted));
  });
}

function matchesPath(parts: readonly string[], wanted: readonly string[]): boolean {
  const [first, ...rest] = wanted;
  if (first === undefined) return parts.length === 0;
  if (first === "**") {
    return parts.some((_, index) => matchesPath(parts.slice(index), rest)) || rest.length === 0;
  }
  return parts[0] !== undefined && matchesPart(parts[0], first) && matchesPath(parts.slice(1), rest);
}

/** `*` and `?` in one part of a path. Goes back only to the last star, so that no pattern takes long. */
function matchesPart(text: string, pattern: string): boolean {
  let [at, next, star, retry] = [0, 0, -1, 0];
  while (at < text.length) {
    if (pattern[next] === "*") {
      star = next++;
      retry = at;
    } else if (next < pattern.length && (pattern[next] === "?" || pattern[next] === text[at])) {
      at++;
      next++;
    } else if (star !== -1) {
      next = star + 1;
      at = ++retry;
    } else return false;
  }
  while (pattern[next] === "*") next++;
  return next === pattern.length;
}
