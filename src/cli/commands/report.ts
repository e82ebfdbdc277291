import { closeSync, existsSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { foldEvent } from "../../event/fold-event.ts";
import { emptyRunState } from "../../event/run-state.ts";
import { holderLives, lockHolder } from "../../journal/lock.ts";
import { timed } from "../../journal/record.ts";
import { belayHome, type RunFolder, runFolder } from "../../journal/run-folder.ts";
import { isProven } from "../../journal/verification.ts";
import { verifyRun } from "../../journal/verify-run.ts";
import type { Report } from "../../render/report/model.ts";
import { foundLines } from "../../render/verification.ts";
import { CommandFailure, type ExitCode, exit } from "../exit.ts";
import { frozenRunbook } from "../frozen-runbook.ts";
import type { Io } from "../io.ts";
import { keptPlan, planDigest } from "../kept-plan.ts";
import { runIdOf } from "../run-id.ts";
import { version } from "../version.ts";

type Format = "html" | "markdown" | "json";

export interface ReportCommandOptions {
  readonly format?: Format;
  readonly out?: string;
}

/** What happened in a run, as a document to keep. A record that was tampered with is reported too, and the exit code says so. */
export async function reportCommand(io: Io, given: string, options: ReportCommandOptions): Promise<ExitCode> {
  const folder = runFolder(belayHome(io.env), runIdOf(io, given));
  const format =
    options.format ?? formatOf(options.out) ?? (options.out === undefined && io.stdout.isTTY ? "markdown" : "html");
  if (options.out !== undefined) refuseOther(io, options.out);
  const report = await reportOf(folder);
  const text = await render(report, format);
  if (options.out === undefined) io.stdout.write(text);
  else {
    save(io, options.out, text);
    io.stdout.write(`the report of run ${folder.id} is in ${options.out}\n`);
  }
  if (report.chain.verified) return exit.done;
  io.stderr.write(`belay: the record of run ${folder.id} is not as it was written; the report says what is not\n`);
  return exit.refused;
}

function formatOf(out: string | undefined): Format | undefined {
  if (out === undefined) return undefined;
  return /\.md$|\.markdown$/i.test(out) ? "markdown" : /\.json$/i.test(out) ? "json" : undefined;
}

async function render(report: Report, format: Format): Promise<string> {
  if (format === "json") return (await import("../../render/report/json.ts")).renderJson(report);
  if (format === "markdown") return (await import("../../render/report/markdown.ts")).renderMarkdown(report);
  return (await import("../../render/report/html.ts")).renderHtml(report);
}

async function reportOf(folder: RunFolder): Promise<Report> {
  const { buildReport } = await import("../../render/report/build.ts");
  const { verification, chain } = await verifyRun(folder, { planDigest });
  const state = emptyRunState();
  const problems: string[] = [];
  for (const record of chain.records) {
    try {
      foldEvent(state, timed(record));
    } catch {
      problems.push(`  record ${record.seq} says what no belay writes, and is left out`);
    }
  }
  if (!state.started)
    throw new CommandFailure(exit.refused, `run ${folder.id} never began: its first record is not there`, [
      `belay verify ${folder.id}`,
    ]);
  const proven = isProven(verification) && problems.length === 0;
  const holder = lockHolder(folder.lock);
  const live = holder !== undefined && holderLives(holder) === true;
  if (!live && state.status === "running") state.status = "interrupted";
  // A text that was changed, or that this belay can't load, takes the titles away and nothing else.
  const runbook = await frozenRunbook(folder, state).catch(() => undefined);
  const { records, firstHash, lastHash } = verification;
  return buildReport({
    run: folder.id,
    records: chain.records,
    state,
    live,
    runbook,
    plan: keptPlan(folder),
    planChanged: verification.files.some(({ file, state: stand }) => file === folder.plan && stand === "changed"),
    chain: {
      records,
      ...(firstHash === undefined ? {} : { firstHash }),
      ...(lastHash === undefined ? {} : { lastHash }),
      verified: proven,
      found: [...foundLines(verification), ...problems],
    },
    files: {
      folder: folder.path,
      journal: folder.journal,
      runbook: folder.runbook,
      ...(existsSync(folder.plan) ? { plan: folder.plan } : {}),
      logs: folder.logs,
    },
    belay: version,
    now: Date.now(),
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
}

/** A report replaces an older report, and nothing else. */
function refuseOther(io: Io, out: string): void {
  const path = resolve(io.cwd, out);
  if (!existsSync(path)) return;
  let head = "";
  try {
    const fd = openSync(path, "r");
    const bytes = Buffer.alloc(1024);
    head = bytes.toString("utf8", 0, readSync(fd, bytes, 0, bytes.length, 0));
    closeSync(fd);
  } catch {
    // a folder, or closed to us
  }
  if (head.includes("belay-report")) return;
  throw new CommandFailure(exit.wrongInput, `${out} is there already and is no report; nothing was written`);
}

/** Whole or not at all. It tells of production systems: only its owner reads it, until they share it. */
function save(io: Io, out: string, text: string): void {
  const path = resolve(io.cwd, out);
  const draft = join(dirname(path), `.belay-report.${process.pid}`);
  try {
    const fd = openSync(draft, "wx", 0o600);
    try {
      writeFileSync(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw new CommandFailure(
      exit.failed,
      `the report can't be written to ${out}: ${(error as NodeJS.ErrnoException).code}`,
    );
  }
}
