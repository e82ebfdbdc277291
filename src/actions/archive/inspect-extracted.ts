import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { ReadContext } from "../../action/context.ts";
import type { Inspection } from "../../action/inspection.ts";
import { byteWords } from "../files/byte-words.ts";
import { amount } from "./amount.ts";
import type { ArchiveInput } from "./archive-input.ts";
import type { CheckedEntry } from "./check-entries.ts";
import { extraction } from "./extraction.ts";

/** The result of `archive.extract`. */
export interface Extracted {
  path: string;
  files: number;
  bytes: number;
}

/** Whether everything that would be extracted is there: same kinds, sizes, modes and, for zip, checksums. */
export async function inspectExtracted(input: ArchiveInput, context: ReadContext): Promise<Inspection<Extracted>> {
  const { files } = context;
  const from = context.resolvePath(input.from);
  const to = context.resolvePath(input.to);
  const found = await files.stat(to);
  const empty = found === undefined || (found.kind === "directory" && (await files.list(to)).length === 0);
  if ((await files.statTarget(from)) === undefined) {
    if (!empty)
      return { state: "partial", seen: `${to} is there, but ${from} is not, so they can't be compared`, changes: [] };
    const changes = [{ kind: "create", target: to, summary: `what ${from} holds by then` }] as const;
    return { state: "not-done", seen: `neither ${from} nor ${to} is there`, changes };
  }
  const plan = await extraction(input, context);
  if (empty) {
    const changes = [{ kind: "create", target: to, summary: amount(plan.files, plan.bytes) }] as const;
    return { state: "not-done", seen: `${to} is ${found ? "empty" : "not there"}`, changes };
  }
  const wanted = plan.entries.filter((entry) => entry.wanted);
  for (const entry of wanted) {
    context.signal.throwIfAborted();
    const difference = await entryDifference(entry, to, context);
    if (difference === undefined) continue;
    return {
      state: "partial",
      seen: `${to} is there, but ${entry.path || "the folder itself"} ${difference}`,
      changes: [],
    };
  }
  const compared = wanted.some((entry) => entry.crc32 !== undefined) ? "sizes, modes and checksums" : "sizes and modes";
  return {
    state: "done",
    seen: `${to} has everything that ${from} holds: ${amount(plan.files, plan.bytes)}, same ${compared}`,
    result: { path: to, files: plan.files, bytes: plan.bytes },
  };
}

async function entryDifference(entry: CheckedEntry, to: string, context: ReadContext): Promise<string | undefined> {
  const path = join(to, entry.path);
  const stat = await context.files.stat(path);
  if (stat === undefined) return "is missing";
  const kind = entry.kind === "hardlink" ? "file" : entry.kind;
  if (stat.kind !== kind) return `is a ${stat.kind}, and a ${kind} in the archive`;
  if (entry.kind === "symlink") {
    const target = await context.files.readLink(path);
    return target === entry.target ? undefined : `points to ${target}, and to ${entry.target} in the archive`;
  }
  if (entry.kind === "hardlink") return undefined; // the file that it names is compared
  // Without root, the bits above the permissions are not kept.
  if (stat.mode !== entry.mode && stat.mode !== (entry.mode & 0o777)) {
    return `has mode ${stat.mode.toString(8)}, and ${entry.mode.toString(8)} in the archive`;
  }
  if (entry.kind !== "file") return undefined;
  if (stat.size !== entry.size) return `has ${byteWords(stat.size)}, and ${byteWords(entry.size)} in the archive`;
  if (entry.crc32 === undefined) return undefined;
  let sum = 0;
  for await (const chunk of context.files.stream(path)) {
    context.signal.throwIfAborted();
    sum = crc32(chunk, sum);
  }
  return sum === entry.crc32 ? undefined : "has another content than in the archive";
}
