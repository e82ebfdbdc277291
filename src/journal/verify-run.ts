import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { digestFile } from "./digest-file.ts";
import { tooNew } from "./failures.ts";
import { type ChainFinding, inspectChain } from "./inspect-chain.ts";
import { logName } from "./log-name.ts";
import { journalBytes } from "./read-journal.ts";
import type { JournalRecord } from "./record.ts";
import { journalVersion } from "./record.ts";
import type { RunFolder } from "./run-folder.ts";
import type { CopyStand, FileStand, LogProblem, Verification } from "./verification.ts";

export interface VerifyOptions {
  /** The hash of a record, kept elsewhere. */
  readonly expect?: string | undefined;
  /** A copy of the journal, kept elsewhere. */
  readonly copy?: { readonly file: string; readonly bytes: Buffer } | undefined;
  /** The digest of a plan's text, or undefined where it is none. */
  planDigest(text: string): string | undefined;
}

/** Checks a run's journal, and what its records have digests of. Throws JournalDamage for a newer format, and the system's errors. */
export async function verifyRun(
  folder: RunFolder,
  options: VerifyOptions,
): Promise<{ readonly verification: Verification; readonly chain: ChainFinding }> {
  const chain = inspectChain(journalBytes(folder.journal));
  if (chain.tooNew !== undefined) throw tooNew(folder.journal, 0, 1, chain.tooNew, journalVersion);
  const { records, firstHash, lastHash, tornBytes, problems } = chain;
  const expected = options.expect?.trim().toLowerCase();
  const seq = records.find((record) => record.hash === expected)?.seq;
  const verification: Verification = {
    run: folder.id,
    journal: folder.journal,
    records: records.length,
    ...(firstHash === undefined ? {} : { firstHash }),
    ...(lastHash === undefined ? {} : { lastHash }),
    tornBytes,
    problems,
    logs: await checkLogs(folder.logs, records),
    files: [...runbookStands(folder, records), ...planStand(folder, records, options)],
    ...(expected === undefined ? {} : { expected: { hash: expected, ...(seq === undefined ? {} : { seq }) } }),
    ...(options.copy ? { copy: compareCopy(options.copy, records) } : {}),
  };
  return { verification, chain };
}

async function checkLogs(folder: string, records: readonly JournalRecord[]): Promise<Verification["logs"]> {
  // A look that was begun again writes on in its old log: the last digest is of all of it.
  const wanted = new Map<string, { step: string; seq: number; bytes: number; sha256: string }>();
  const silent = new Map<string, { step: string; seq: number }>();
  const begun = new Set<string>();
  for (const { event, seq } of records) {
    if (event.type === "step-started" || event.type === "undo-started") begun.add(event.key);
    if (event.type !== "step-finished" && event.type !== "undo-finished") continue;
    const output = event.output ?? {};
    for (const [name, { bytes, sha256 }] of Object.entries(output))
      if (!/[/\\\0]/.test(name)) wanted.set(name, { step: event.step, seq, bytes, sha256 });
    // An end that is only stated, of an attempt that was begun, says nothing of what its programs printed.
    if (typeof event.key !== "string" || (begun.has(event.key) && event.durationMs === undefined)) continue;
    for (const ending of ["out", "err"]) {
      const name = `${logName(event.key)}.${ending}`;
      if (!Object.hasOwn(output, name)) silent.set(name, { step: event.step, seq });
    }
  }
  const problems: LogProblem[] = [];
  for (const [name, { step, seq, bytes, sha256 }] of wanted) {
    const file = join(folder, name);
    const say = (kind: LogProblem["kind"], now?: number) =>
      problems.push({ name, step, seq, kind, recordedBytes: bytes, ...(now === undefined ? {} : { bytes: now }) });
    try {
      const size = statSync(file, { throwIfNoEntry: false })?.size;
      if (size === undefined) say("missing");
      else if (size < bytes) say("changed", size);
      else if ((await digestFile(file, bytes))?.sha256 !== sha256) say("changed", size);
      else if (size > bytes) say("grown", size);
    } catch {
      say("unreadable");
    }
  }
  const withoutDigest: string[] = [];
  for (const name of namesIn(folder)) {
    const bytes = statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
    if (bytes === 0 || wanted.has(name)) continue;
    const known = silent.get(name);
    if (known) problems.push({ name, ...known, kind: "changed", recordedBytes: 0, bytes });
    else withoutDigest.push(name);
  }
  return { checked: wanted.size, problems, withoutDigest };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** The text that the run started with, those that it was taken over to, and what they include. */
function runbookStands(folder: RunFolder, records: readonly JournalRecord[]): FileStand[] {
  const wanted = new Map<string, string>();
  let first: string | undefined;
  for (const { event } of records) {
    if (event.type !== "run-started" && event.type !== "adopted") continue;
    const digest: unknown = event.runbook?.digest;
    if (isDigest(digest)) {
      if (event.type === "run-started") first ??= digest;
      wanted.set(digest === first ? folder.runbook : join(folder.adopted, `${digest}.yaml`), digest);
    }
    for (const one of event.included ?? [])
      if (isDigest(one.digest)) wanted.set(join(folder.included, `${one.digest}.yaml`), one.digest);
  }
  const stands = [...wanted].map(([file, digest]) =>
    standOf(file, digest, (text) => createHash("sha256").update(text).digest("hex")),
  );
  // Where the record of the start is gone, nothing says which text that was.
  const lost = !wanted.has(folder.runbook) && existsSync(folder.runbook);
  return lost ? [{ file: folder.runbook, state: "unknown" }, ...stands] : stands;
}

/** Also a record that somebody made up must name no file elsewhere. */
const isDigest = (digest: unknown): digest is string => typeof digest === "string" && /^[0-9a-f]{64}$/.test(digest);

function planStand({ plan: file }: RunFolder, records: readonly JournalRecord[], options: VerifyOptions): FileStand[] {
  const started = records.find(({ event }) => event.type === "run-started")?.event;
  if (started?.type !== "run-started" || started.plan === undefined) return [];
  return [standOf(file, started.plan, options.planDigest)];
}

function standOf(file: string, recorded: string, digest: (text: string) => string | undefined): FileStand {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return { file, state: "missing", recorded };
  }
  return { file, state: digest(text) === recorded ? "as-recorded" : "changed", recorded };
}

function compareCopy(copy: NonNullable<VerifyOptions["copy"]>, records: readonly JournalRecord[]): CopyStand {
  const other = inspectChain(copy.bytes);
  const differs = other.records.find((record, index) => records[index]?.hash !== record.hash);
  return {
    file: copy.file,
    records: other.records.length,
    problems: other.problems,
    ...(differs === undefined ? {} : { differsAt: differs.seq }),
  };
}
