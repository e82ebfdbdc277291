import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { belay, type Ended } from "./belay-process.ts";

/** A home and a folder to work in, with a runbook that prints, changes, asks, and can be made to fail. */
export interface EvidencePlace {
  readonly home: string;
  readonly work: string;
  readonly runbook: string;
  belay(...args: string[]): Promise<Ended>;
  /** The newest of the runs that are not in `before`. */
  newRun(before?: readonly string[]): string;
  runs(): string[];
  journal(run: string): string;
  lines(run: string): string[];
  write(run: string, lines: readonly string[]): void;
  remove(): void;
}

export const evidenceRunbook = `apiVersion: belay/v1
name: evidence
version: 1.0.0
title: A test of evidence
steps:
  - id: speak
    title: Say something
    uses: shell
    with: { script: "echo one; echo two >&2" }
  - id: mark
    title: Write the marker
    uses: files.write
    with: { path: marker, content: "1\\n" }
  - id: agree
    title: Stop what writes
    uses: shell
    confirm: { type: prod, message: Traffic stops here. }
    with: { script: "test -e go || { echo 'no go' >&2; exit 3; }" }
  - id: ask
    title: Point the load balancer at it
    uses: manual
    with: { instructions: Point it., ask: { nodes: { type: integer } } }
`;

export const answers = ["--yes", "--confirm", "agree=prod", "--answer", "ask.nodes=3"];

export function evidencePlace(): EvidencePlace {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "belay-evidence-")));
  const home = join(folder, "home");
  const work = join(folder, "work");
  mkdirSync(work);
  const runbook = join(work, "evidence.yaml");
  writeFileSync(runbook, evidenceRunbook);
  const runs = () => readdirSync(join(home, "runs"));
  const journal = (run: string) => join(home, "runs", run, "journal.ndjson");
  return {
    home,
    work,
    runbook,
    belay: (...args) => belay(args, { home, cwd: work, env: { TZ: "UTC" } }),
    newRun(before = []) {
      const [run, ...more] = runs().filter((id) => !before.includes(id));
      if (run === undefined || more.length > 0) throw new Error(`not one new run: ${runs().join(", ")}`);
      return run;
    },
    runs,
    journal,
    lines: (run) => readFileSync(journal(run), "utf8").split("\n").filter(Boolean),
    write: (run, lines) => writeFileSync(journal(run), lines.map((line) => `${line}\n`).join("")),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
