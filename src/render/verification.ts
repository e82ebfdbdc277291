import type { JournalEvent } from "../event/event.ts";
import { formatBytes } from "./amounts.ts";
import { count } from "./layout.ts";
import { printable } from "./printable.ts";
import { recordName } from "./record-words.ts";

/** As `journal/verification.ts` says it; this room knows no files. */
export interface VerifiedRun {
  readonly run: string;
  readonly records: number;
  readonly lastHash?: string;
  readonly tornBytes: number;
  readonly problems: readonly ChainWords[];
  readonly logs: {
    readonly checked: number;
    readonly problems: readonly {
      readonly name: string;
      readonly step: string;
      readonly kind: "missing" | "changed" | "grown" | "unreadable";
      readonly recordedBytes: number;
      readonly bytes?: number;
    }[];
    readonly withoutDigest: readonly string[];
  };
  readonly files: readonly {
    readonly file: string;
    readonly state: "as-recorded" | "changed" | "missing" | "unknown";
  }[];
  readonly expected?: { readonly hash: string; readonly seq?: number };
  readonly copy?: {
    readonly file: string;
    readonly records: number;
    readonly problems: readonly ChainWords[];
    readonly differsAt?: number;
  };
}

export interface ChainWords {
  readonly kind: "changed" | "hash" | "removed" | "added" | "moved" | "unreadable";
  readonly line: number;
  readonly byte: number;
  readonly orBefore?: boolean;
  readonly count?: number;
  readonly record?: { readonly seq: number; readonly at: string; readonly event: JournalEvent };
}

/** What was found of a run's record, a sentence a line. */
export function foundLines({ run, records, tornBytes, problems, logs, files, copy }: VerifiedRun): string[] {
  return [
    problems.length === 0 && records === 0
      ? `run ${run}: the journal is empty: what this run did can't be proven`
      : problems.length === 0
        ? `run ${run}: ${count(records, "record")}, each as it was written`
        : `run ${run}: THE JOURNAL IS NOT AS IT WAS WRITTEN`,
    ...problems.flatMap(chainProblem),
    ...(tornBytes > 0 ? [`${count(tornBytes, "byte")} of a record that was never finished follow them`] : []),
    ...logLines(logs),
    ...files.map(fileLine),
    ...(copy ? copyLines(copy, records) : []),
  ];
}

/** The same, with what was expected, and what it does not prove. */
export function verificationLines(found: VerifiedRun, proven: boolean): string[] {
  const { run, records, lastHash, expected, copy } = found;
  const lines = foundLines(found);
  if (expected) {
    const { hash, seq } = expected;
    lines.push(
      seq === undefined
        ? `EXPECTED: no record has the hash ${hash}: this is not the journal that it was noted from`
        : seq === records
          ? `the last record has the hash that was expected`
          : `record ${seq} has the hash that was expected; ${count(records - seq, "record")} came after it`,
    );
  }
  if (lastHash) lines.push(`last hash: ${lastHash}`);
  if (proven && !expected && !copy)
    lines.push(
      "Whoever may write in the run's folder can also make a whole new chain, or take records off its end:",
      `keep the last hash elsewhere, and compare with: belay verify ${run} --expect HASH`,
    );
  return lines;
}

function chainProblem(problem: ChainWords): string[] {
  const { kind, line, byte, record, orBefore, count: many = 0 } = problem;
  const place = `line ${line} (byte ${byte})`;
  const name = record ? recordName(record) : "";
  switch (kind) {
    case "unreadable":
      return [`  ${place}: it is no record`];
    case "changed":
      return [
        `  ${place} WAS CHANGED: ${name}`,
        ...(orBefore ? ["    (or the record before it was changed and given a new hash; one of the two)"] : []),
      ];
    case "hash":
      return [`  ${place}: the hash of this record was changed; what it says was not: ${name}`];
    case "removed":
      return [`  ${count(many, "record")} REMOVED before ${place}: ${name}`];
    case "added":
      return [`  ${place} WAS ADDED, no other record was made after it: ${name}`];
    case "moved":
      return [`  ${place} WAS MOVED from its place: ${name}`];
  }
}

function logLines({ checked, problems, withoutDigest }: VerifiedRun["logs"]): string[] {
  const good = checked - problems.filter(({ recordedBytes }) => recordedBytes > 0).length;
  const lines = [
    ...(checked === 0
      ? ["logs: none has a digest in the journal"]
      : [
          `logs: ${good} of ${checked} ${checked === 1 ? "is" : "are"} as ${checked === 1 ? "its step" : "their steps"} left ${checked === 1 ? "it" : "them"}`,
        ]),
    ...problems.map(({ name, step, kind, recordedBytes, bytes }) => {
      const of = `  log ${printable(name)} of step ${printable(step)}`;
      switch (kind) {
        case "missing":
          return `${of} IS MISSING: it had ${formatBytes(recordedBytes)}`;
        case "unreadable":
          return `${of} can't be read`;
        case "changed":
          if (recordedBytes === 0) return `${of} WAS CHANGED: it was empty, and has ${count(bytes ?? 0, "byte")}`;
          return `${of} WAS CHANGED: it had ${count(recordedBytes, "byte")}${bytes === recordedBytes ? ", and other ones" : `, and has ${bytes ?? 0}`}`;
        case "grown":
          return `${of} has grown by ${count((bytes ?? 0) - recordedBytes, "byte")}: its first ${recordedBytes} are as recorded; the rest was written later (a program that the step left running does that)`;
      }
      return of;
    }),
  ];
  if (withoutDigest.length > 0)
    lines.push(
      `  nothing vouches for ${count(withoutDigest.length, "log")} (of undoing, and of attempts whose end is not recorded): ${withoutDigest.slice(0, 5).map(printable).join(", ")}${withoutDigest.length > 5 ? ", …" : ""}`,
    );
  return lines;
}

function fileLine({ file, state }: VerifiedRun["files"][number]): string {
  const name = printable(file);
  if (state === "unknown") return `${name}: no record has its digest any more, so there is nothing to compare it with`;
  if (state === "as-recorded") return `${name} is as recorded`;
  return state === "missing" ? `${name} IS MISSING` : `${name} WAS CHANGED: its digest is not the recorded one`;
}

function copyLines(copy: NonNullable<VerifiedRun["copy"]>, records: number): string[] {
  const name = printable(copy.file);
  if (copy.problems.length > 0)
    return [`THE COPY ${name} is not as it was written:`, ...copy.problems.flatMap(chainProblem)];
  if (copy.differsAt !== undefined)
    return [
      copy.differsAt > records
        ? `THE COPY ${name} has ${count(copy.records - records, "record")} more than the run's journal: they were taken off its end`
        : `THE COPY ${name} and the run's journal differ from record ${copy.differsAt} on: one of them was made anew`,
    ];
  const more = records - copy.records;
  return [
    `the copy ${name} has the same ${count(copy.records, "record")}${more > 0 ? `; ${count(more, "record")} came after them` : ""}`,
  ];
}
