import type { FileStat, ReadFiles } from "./files.ts";

/**
 * Whether two paths hold the same: kinds, names, sizes, link targets, and then the bytes. Owners, modes and times may
 * differ. Returns the first difference in a few words, or undefined when there is none. `onBytes` hears the bytes of
 * one side as they are compared.
 */
export async function compareTrees(
  files: ReadFiles,
  a: string,
  b: string,
  onBytes?: (count: number) => void,
): Promise<string | undefined> {
  const [first, second] = [await files.stat(a), await files.stat(b)];
  if (first === undefined) return `${a} is missing`;
  if (second === undefined) return `${b} is missing`;
  const root = await compareOne(files, { path: a, stat: first }, { path: b, stat: second });
  if (root !== undefined) return root;
  if (first.kind !== "directory") return first.kind === "file" ? compareBytes(files, a, b, onBytes) : undefined;
  // Names and sizes of everything first: they tell most differences without reading a byte.
  return (await compareFolders(files, a, b)) ?? (await compareContents(files, a, b, onBytes));
}

interface There {
  readonly path: string;
  readonly stat: FileStat;
}

async function compareOne(files: ReadFiles, a: There, b: There): Promise<string | undefined> {
  if (a.stat.kind !== b.stat.kind) return `${a.path} is a ${a.stat.kind}, ${b.path} a ${b.stat.kind}`;
  if (a.stat.kind === "file" && a.stat.size !== b.stat.size) {
    return `${a.path} has ${a.stat.size} bytes, ${b.path} has ${b.stat.size}`;
  }
  if (a.stat.kind === "symlink" && (await files.readLink(a.path)) !== (await files.readLink(b.path))) {
    return `${a.path} and ${b.path} point at different targets`;
  }
  return undefined;
}

async function compareFolders(files: ReadFiles, a: string, b: string): Promise<string | undefined> {
  const others = files.walk(b)[Symbol.asyncIterator]();
  try {
    for await (const one of files.walk(a)) {
      const next = await others.next();
      // Both walks have the same order, so the lesser name is the one that the other side lacks.
      if (next.done) return `${b} has no ${one.relative}`;
      const other = next.value;
      if (one.relative !== other.relative) {
        return lesser(one.relative, other.relative) ? `${b} has no ${one.relative}` : `${a} has no ${other.relative}`;
      }
      const difference = await compareOne(files, one, other);
      if (difference !== undefined) return difference;
    }
    const rest = await others.next();
    return rest.done ? undefined : `${a} has no ${rest.value.relative}`;
  } finally {
    await others.return?.();
  }
}

/** The order of a walk: folder by folder, each by code unit. */
function lesser(a: string, b: string): boolean {
  const [left, right] = [a.split("/"), b.split("/")];
  const at = left.findIndex((part, index) => part !== right[index]);
  return at !== -1 && (right[at] === undefined ? false : (left[at] ?? "") < right[at]);
}

async function compareContents(
  files: ReadFiles,
  a: string,
  b: string,
  onBytes?: (count: number) => void,
): Promise<string | undefined> {
  for await (const one of files.walk(a)) {
    if (one.stat.kind !== "file") continue;
    const difference = await compareBytes(files, one.path, `${b}/${one.relative}`, onBytes);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

async function compareBytes(
  files: ReadFiles,
  a: string,
  b: string,
  onBytes?: (count: number) => void,
): Promise<string | undefined> {
  const same = (await files.sha256(a, onBytes)) === (await files.sha256(b));
  return same ? undefined : `${a} and ${b} hold different bytes`;
}
