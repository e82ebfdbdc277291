import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readJournal } from "../../src/journal/read-journal.ts";
import type { JournalRecord } from "../../src/journal/record.ts";
import { belay, type Ended } from "./belay-process.ts";
import { worldOf } from "./crash-world.ts";

const indent = (text: string, by = 2) => text.replace(/^(?=.)/gm, " ".repeat(by));

/** A step whose doing and undoing each add a line outside of the work folder, and a check that sees whether it is done. */
const marked = (id: string, name = id) => `- id: ${id}
  uses: shell
  with: { script: 'echo "do $N" >> ../effects; touch "mark $N"', env: { N: "${name}" } }
  check:
    uses: exec
    with: { argv: [test, -e, "mark ${name}"] }
    done: "\${{ result.exitCode == 0 }}"
    notDone: "\${{ result.exitCode == 1 }}"
  undo: { uses: shell, with: { script: 'sleep 0.02; echo "undo $N" >> ../effects; rm "mark $N"', env: { N: "${name}" } } }
`;

/** Every way in which a step is undone: by its action, by its author, in a group, in instances, blindly. */
export const undoRunbook = `apiVersion: belay/v1
name: crash-undo
title: A test of crashes in an undo
steps:
${indent(`- { id: edit, uses: files.edit, with: { path: app.conf, set: { port: 90 } } }
- { id: gone, uses: files.remove, with: { path: tree } }
- { id: copy, uses: files.copy, with: { from: seed, to: copied } }
${marked("one")}- { id: write, uses: files.write, with: { path: new.txt, content: "new" } }
- id: group
  steps:
${indent(`${marked("inner")}- { id: swap, uses: files.replace-directory, with: { path: live, with: staged } }\n`, 4)}- id: mid
  uses: files.edit
  with: { path: app.conf, set: { port: 91, host: x } }
- id: each
  forEach: [a, b]
  steps:
${indent(`${marked("e", "e ${{ each.key }}")}- { id: conf, uses: files.edit, with: { path: "conf-\${{ each.key }}", set: { site: "\${{ each.key }}" } } }\n`, 4)}- id: blind
  uses: shell
  with: { script: "echo do blind >> ../effects" }
  undo: { uses: shell, with: { script: "echo undo blind >> ../effects" } }
- { id: move, uses: files.move, with: { from: move_me, to: moved } }
`)}`;

function prepare(work: string): void {
  for (const folder of ["seed/sub", "tree/y", "live", "staged"]) mkdirSync(join(work, folder), { recursive: true });
  const put = (path: string, text: string) => writeFileSync(join(work, path), text);
  put("app.conf", "# app\nport=80\n");
  put("seed/a", "a\n");
  put("seed/sub/b", "b\n");
  put("tree/x", "x\n");
  put("tree/y/z", "z\n");
  put("live/v", "old\n");
  put("staged/v", "new\n");
  put("move_me", "m\n");
  for (const site of ["a", "b"]) put(`conf-${site}`, "site=none\n");
}

/** A run that is done, and is going to be undone. */
export interface UndoLife {
  readonly before: readonly string[];
  world(): string[];
  /** How often each line of `effects` is there. */
  effects(): { [line: string]: number };
  records(): readonly JournalRecord[];
  belay(args: readonly string[], more?: { crashAt?: string; trace?: string }): Promise<Ended>;
  remove(): void;
}

/** Runs the runbook to its end in a folder of its own. */
export async function undoLife(): Promise<UndoLife> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "belay-undo-crash-")));
  const [work, home] = [join(folder, "work"), join(folder, "home")];
  mkdirSync(work);
  prepare(work);
  const runbook = join(folder, "runbook.yaml");
  writeFileSync(runbook, undoRunbook);
  const world = () => [...worldOf(work, "no run")].map(([path, { what }]) => `${path} ${what}`);
  const before = world();
  const run = () => readdirSync(join(home, "runs"))[0] ?? "none";
  const places = { home, cwd: work };
  const started = await belay(["run", runbook, "--yes", "--output", "ndjson"], places);
  if (started.code !== 0) throw new Error(`the run itself failed: ${started.stderr}\n${started.stdout}`);
  return {
    before,
    world,
    effects() {
      const file = join(folder, "effects");
      const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
      return Object.fromEntries(
        [...new Set(lines)].sort().map((line) => [line, lines.filter((one) => one === line).length]),
      );
    },
    records: () => readJournal(join(home, "runs", run(), "journal.ndjson")).records,
    belay: ([command = "", ...args], more = {}) =>
      belay([command, run(), ...args, "--output", "ndjson", "--orphans", "wait"], { ...places, ...more }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Goes on until the journal says what is wanted; a person decides what belay can't know, by what the effects say. */
export async function goOn(life: UndoLife, until: JournalRecord["event"]["type"]): Promise<string[]> {
  const wrong: string[] = [];
  let options: string[] = [];
  for (let resumes = 0; resumes < 6; resumes++) {
    if (
      life
        .records()
        .some(({ event }) => event.type === until && !(event.type === "run-finished" && event.state !== "undone"))
    )
      return wrong;
    const ended = await life.belay(["resume", ...options]);
    options = [];
    if (ended.code === 4) {
      const done = (life.effects()["undo blind"] ?? 0) > 0;
      options = ["--decide", `blind=${done ? "done" : "run-again"}`, "--why", "looked", "--evidence", "the effects"];
      if (!ended.stdout.includes("undoing step blind is in doubt"))
        wrong.push(`asked about another step: ${ended.stdout}`);
    } else if (ended.code !== 0)
      wrong.push(`a resume ended with ${ended.code}: ${ended.stderr} ${ended.stdout.slice(-400)}`);
  }
  return [...wrong, "not at its end after 6 resumes"];
}

/** Lies about an undo, one line each: an end of what another turn began, without a doubt; one begun after its end. */
export function undoLies(records: readonly JournalRecord[]): string[] {
  const lies: string[] = [];
  const begunBy = new Map<string, string>();
  const doubted = new Set<string>();
  const keys = new Set<string>();
  const over = new Set<string>();
  let turn = "";
  for (const { event, key } of records) {
    if (keys.has(key)) lies.push(`two records have the key ${key}`);
    keys.add(key);
    if (event.type === "run-started" || event.type === "run-resumed") turn = event.attempt;
    if (event.type === "undo-started") {
      begunBy.set(event.key, event.attempt);
      if (over.has(event.step)) lies.push(`${event.step} was undone, and its undoing was begun again`);
    }
    if (event.type === "undo-in-doubt") doubted.add(event.key);
    if (event.type === "undo-finished") {
      const by = begunBy.get(event.key);
      if (by !== undefined && by !== turn && !doubted.has(event.key))
        lies.push(`${event.key} was begun by a turn that was killed, and is called ${event.state}`);
      if (event.state !== "failed") over.add(event.step);
    }
    if (event.type === "rewound") for (const step of event.steps) over.delete(step);
  }
  return lies;
}
