import { createHash } from "node:crypto";
import type { JournalEvent } from "../event/event.ts";
import { chainStart, type JournalRecord, journalVersion } from "./record.ts";

/** What is wrong at one place of a chain. `line` counts from 1; lines are records. */
export interface ChainProblem {
  /**
   * `changed`: what the record says is not what its hash was made over, or the record before it was changed and given a
   * new hash · `hash`: only its hash was changed · `removed`: `count` records are missing before it · `added`: it was
   * put in · `moved`: it stands at another place · `unreadable`: it is no record
   */
  readonly kind: "changed" | "hash" | "removed" | "added" | "moved" | "unreadable";
  readonly line: number;
  /** Where in the file it begins. */
  readonly byte: number;
  /** Of `changed`: the record before it may be the changed one. */
  readonly orBefore?: boolean;
  readonly count?: number;
  /** The record that the line holds, as far as it can be read. */
  readonly record?: JournalRecord;
}

export interface ChainFinding {
  /** Every line that can be read as a record, in the order of the file, trusted or not. */
  readonly records: readonly JournalRecord[];
  readonly firstHash: string | undefined;
  readonly lastHash: string | undefined;
  /** Bytes after the last newline: a record that was being written when belay or the machine stopped. */
  readonly tornBytes: number;
  /** A record of a newer format: nothing can be told. */
  readonly tooNew?: number;
  /** In the order of the file; at most 100. */
  readonly problems: readonly ChainProblem[];
}

interface Line {
  readonly number: number;
  readonly body: string;
  readonly hash: string | undefined;
  readonly byte: number;
  readonly record: JournalRecord | undefined;
}

const mostProblems = 100;
const ending = /,"hash":"([0-9a-f]{64})"\}$/;

/** Reads a journal without trusting it, and says what of it is not as it was written. */
export function inspectChain(bytes: Buffer): ChainFinding {
  const { lines, tornBytes } = linesOf(bytes);
  const records = lines.flatMap(({ record }) => (record ? [record] : []));
  const tooNew = records.find(({ v }) => v > journalVersion)?.v;
  const hashes = lines.flatMap(({ hash }) => (hash === undefined ? [] : [hash]));
  return {
    records,
    firstHash: hashes[0],
    lastHash: hashes.at(-1),
    tornBytes,
    ...(tooNew === undefined ? {} : { tooNew }),
    problems: tooNew === undefined ? problemsOf(lines) : [],
  };
}

function linesOf(bytes: Buffer): { lines: Line[]; tornBytes: number } {
  const lines: Line[] = [];
  let from = 0;
  for (let end = bytes.indexOf(10, from); end !== -1; end = bytes.indexOf(10, from)) {
    const text = bytes.toString("utf8", from, end);
    const hash = ending.exec(text)?.[1];
    const body = hash === undefined ? text : `${text.slice(0, text.length - hash.length - 11)}}`;
    lines.push({ number: lines.length + 1, body, hash, byte: from, record: recordOf(text) });
    from = end + 1;
  }
  return { lines, tornBytes: bytes.length - from };
}

function recordOf(text: string): JournalRecord | undefined {
  try {
    const data = JSON.parse(text) as Partial<JournalRecord> | null;
    const whole =
      typeof data === "object" &&
      data !== null &&
      typeof data.v === "number" &&
      Number.isSafeInteger(data.seq) &&
      (data.seq as number) > 0 &&
      typeof data.at === "string" &&
      !Number.isNaN(Date.parse(data.at)) &&
      typeof (data.event as JournalEvent | undefined)?.type === "string";
    return whole ? (data as JournalRecord) : undefined;
  } catch {
    return undefined;
  }
}

const hashAfter = (previous: string, line: Line) =>
  createHash("sha256").update(previous).update(line.body).digest("hex");

const fits = (previous: string, line: Line) => line.hash !== undefined && hashAfter(previous, line) === line.hash;

function problemsOf(lines: readonly Line[]): ChainProblem[] {
  const found: ChainProblem[] = [];
  const say = (line: Line, kind: ChainProblem["kind"], more: Partial<ChainProblem> = {}) =>
    found.push({
      kind,
      line: line.number,
      byte: line.byte,
      ...(line.record ? { record: line.record } : {}),
      ...more,
    });
  const readable = lines.filter((line) => line.record !== undefined && line.hash !== undefined);
  for (const line of lines) if (!line.record || line.hash === undefined) say(line, "unreadable");
  const { bySeq, added, moved } = inOrder(readable);
  for (const line of added) say(line, "added");
  for (const line of moved) say(line, "moved");

  let hash = chainStart;
  let last = 0;
  for (const [seq, line] of [...bySeq].sort(([a], [b]) => a - b)) {
    const next = bySeq.get(seq + 1);
    const missing = seq - last - 1;
    const own = line.hash ?? "";
    if (missing > 0) {
      // A line that is no record any more stands where one was.
      const spoilt = lines.filter(
        (one) =>
          (!one.record || one.hash === undefined) &&
          one.number < line.number &&
          one.number > (bySeq.get(last)?.number ?? 0),
      );
      if (missing > spoilt.length) say(line, "removed", { count: missing - spoilt.length });
    } else if (!fits(hash, line)) {
      const made = hashAfter(hash, line);
      if (next && !fits(own, next) && fits(made, next)) {
        say(line, "hash");
        hash = made;
        last = seq;
        continue;
      }
      say(line, "changed", seq > 1 ? { orBefore: true } : {});
    }
    hash = own;
    last = seq;
  }
  return found.sort((a, b) => a.line - b.line).slice(0, mostProblems);
}

interface Order {
  /** The lines of the chain by their numbers, wherever they stand. */
  readonly bySeq: ReadonlyMap<number, Line>;
  readonly added: readonly Line[];
  readonly moved: readonly Line[];
}

/** Two lines of one number: the one that the others were made over is the chain's. A line out of order was moved. */
function inOrder(lines: readonly Line[]): Order {
  const same = new Map<number, Line[]>();
  for (const line of lines) {
    const seq = line.record?.seq ?? 0;
    same.set(seq, [...(same.get(seq) ?? []), line]);
  }
  const bySeq = new Map<number, Line>();
  const added: Line[] = [];
  for (const [seq, all] of same) {
    const before = same.get(seq - 1)?.map((one) => one.hash ?? "") ?? (seq === 1 ? [chainStart] : []);
    const score = (line: Line) =>
      (same.get(seq + 1)?.some((next) => fits(line.hash ?? "", next)) ? 2 : 0) +
      (before.some((hash) => fits(hash, line)) ? 1 : 0);
    // Of two that are the same, the one nearer to its place.
    const distance = (line: Line) => Math.abs(line.number - seq);
    const [real, ...others] =
      all.length === 1 ? all : [...all].sort((a, b) => score(b) - score(a) || distance(a) - distance(b));
    if (real) bySeq.set(seq, real);
    added.push(...others);
  }
  const kept = lines.filter((line) => bySeq.get(line.record?.seq ?? 0) === line);
  const rising = new Set(longestRising(kept));
  const misplaced = kept.filter((line) => !rising.has(line));
  const highest = Math.max(0, ...[...rising].slice(-1).map((line) => line.record?.seq ?? 0));
  // A number past the end that no record of the chain was made for was made up.
  const invented = misplaced.filter((line) => {
    const seq = line.record?.seq ?? 0;
    return seq > highest && !fits(bySeq.get(seq - 1)?.hash ?? "", line);
  });
  for (const line of invented) bySeq.delete(line.record?.seq ?? 0);
  return {
    bySeq,
    added: [...added, ...invented],
    moved: misplaced.filter((line) => !invented.includes(line)),
  };
}

/** The most lines whose numbers rise. */
function longestRising(lines: readonly Line[]): Line[] {
  const seq = (index: number) => lines[index]?.record?.seq ?? 0;
  const tails: number[] = [];
  const previous: number[] = [];
  for (let at = 0; at < lines.length; at++) {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (seq(tails[middle] ?? 0) < seq(at)) low = middle + 1;
      else high = middle;
    }
    previous[at] = low > 0 ? (tails[low - 1] ?? -1) : -1;
    tails[low] = at;
  }
  const chain: Line[] = [];
  for (let at = tails.at(-1) ?? -1; at >= 0; at = previous[at] ?? -1) {
    const line = lines[at];
    if (line) chain.push(line);
  }
  return chain.reverse();
}
