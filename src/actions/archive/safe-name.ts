/**
 * Why a name can't be a path inside a folder, on any system; undefined for one that can. A backslash is an ordinary
 * character, unless the name would lead elsewhere where it separates folders.
 */
export function nameProblem(name: string): string | undefined {
  if (name === "") return "has no name";
  if (name.includes("\0")) return "has a zero byte in its name";
  const slashed = name.replaceAll("\\", "/");
  if (slashed.startsWith("/")) return "has an absolute path";
  if (/^[A-Za-z]:/.test(name)) return "has a drive letter";
  if (slashed.split("/").includes("..")) return "has a path that goes up (..)";
  return undefined;
}

/** The path that a safe name stands for: no `.` and no empty parts; "" for the folder itself. */
export function plainPath(name: string): string {
  return name
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
}

/** The folders above a path, outermost first. */
export function foldersAbove(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
}
