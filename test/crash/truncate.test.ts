import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { foldEvent } from "../../src/event/fold-event.ts";
import { emptyRunState } from "../../src/event/run-state.ts";
import { JournalDamage } from "../../src/journal/failures.ts";
import { readJournal } from "../../src/journal/read-journal.ts";
import { encodeRecord, timed } from "../../src/journal/record.ts";
import { belay } from "../support/belay-process.ts";
import { type Lab, type Life, openLab, type Scenario } from "../support/crash-lab.ts";

// A journal that is cut or changed anywhere: it is read as far as it is whole, or refused with the byte.
const counted = (id: string) => `
  - id: ${id}
    uses: shell
    with: { script: "echo ${id} >> effects" }
    check:
      uses: exec
      with: { argv: [grep, -c, "^${id}$", effects] }
      done: "\${{ result.lines.size() == 1 && result.lines[0] == '1' }}"
      notDone: "\${{ result.exitCode != 0 }}"`;
const scenario: Scenario = {
  name: "cut",
  runbook: `apiVersion: belay/v1\nname: cut\ntitle: Ein Stück Ñandú 漢字\ninputs: { url: { type: string } }\nsteps:${counted("one")}${counted("two")}
  - { id: write, uses: files.write, with: { path: written, content: "\u00fc\\n" } }${counted("three")}`,
  prepare: () => {},
  answers: [],
};

let lab: Lab;
let finished: Life;
let interrupted: Life;
let scratch: string;

test.before(async () => {
  lab = await openLab();
  scratch = realpathSync(mkdtempSync(join(tmpdir(), "belay-cut-")));
  finished = lab.life(scenario);
  assert.is((await finished.start({})).code, 0);
  interrupted = lab.life(scenario);
  // The third change was begun: its record is the last whole one, and half of the next stands behind it.
  assert.is((await interrupted.start({ crashAt: "half:7" })).signal, "SIGKILL");
});
test.after(async () => {
  rmSync(scratch, { recursive: true, force: true });
  await lab.close();
});

const journalOf = (life: Life) => join(life.home, "runs", life.run() as string, "journal.ndjson");
const bytesOf = (life: Life) => readFileSync(journalOf(life));

/** What reading says of these bytes as a journal: the number of records, or the byte of the damage. */
function read(bytes: Buffer): { records: number; torn: number } | JournalDamage {
  const file = join(scratch, "journal.ndjson");
  writeFileSync(file, bytes);
  try {
    const { records, tornBytes } = readJournal(file);
    const state = emptyRunState();
    for (const record of records) foldEvent(state, timed(record));
    return { records: records.length, torn: tornBytes };
  } catch (error) {
    if (error instanceof JournalDamage) return error;
    throw error;
  }
}

test("cut at every byte, it is read up to its last whole record", () => {
  for (const life of [finished, interrupted]) {
    const bytes = bytesOf(life);
    for (let length = 0; length <= bytes.length; length++) {
      const cut = bytes.subarray(0, length);
      const lines = cut.filter((byte) => byte === 10).length;
      const torn = length - (cut.lastIndexOf(10) + 1);
      assert.equal(read(cut), { records: lines, torn }, `cut to ${length} bytes`);
    }
  }
});

test("every changed byte is noticed, and named by the line it is in", () => {
  const bytes = bytesOf(finished);
  let tried = 0;
  for (let at = 0; at < bytes.length; at++) {
    for (const bit of [0x01, 0x80, 1 << (at % 8)]) {
      const changed = Buffer.from(bytes);
      changed[at] = (bytes[at] as number) ^ bit;
      const found = read(changed);
      tried += 1;
      if (found instanceof JournalDamage) {
        // A line end in the middle of a record makes two of it; the second may be where the damage shows.
        const line = bytes.subarray(0, at).lastIndexOf(10) + 1;
        assert.ok(found.byte >= line && found.byte <= at, `byte ${at} changed, damage said to be at ${found.byte}`);
        assert.ok(found.message.includes(String(found.byte)));
        assert.ok(found.advice.length > 0);
      } else {
        // Without its line end, the last record is one that was never finished.
        assert.is(at, bytes.length - 1, `byte ${at} changed, and nobody noticed`);
        assert.ok(found.torn > 0);
      }
    }
  }
  console.log(`${tried} changes of ${bytes.length} bytes`);
});

test("records that are missing, doubled or in another order are noticed", () => {
  const lines = bytesOf(finished).toString("utf8").trimEnd().split("\n");
  const bad = (text: readonly string[]) => read(Buffer.from(`${text.join("\n")}\n`)) instanceof JournalDamage;
  for (let at = 0; at + 1 < lines.length; at++) {
    assert.ok(bad([...lines.slice(0, at), ...lines.slice(at + 1)]), `without line ${at + 1}`);
    assert.ok(bad([...lines.slice(0, at + 1), ...lines.slice(at)]), `line ${at + 1} twice`);
    assert.ok(bad([...lines.slice(0, at), lines[at + 1] as string, lines[at] as string, ...lines.slice(at + 2)]));
  }
});

test("zeros at the end, as a power cut leaves them, are a torn tail", () => {
  for (const life of [finished, interrupted]) {
    const bytes = bytesOf(life);
    const { records } = read(bytes) as { records: number };
    for (const zeros of [1, 511, 4096, 70_000])
      assert.is((read(Buffer.concat([bytes, Buffer.alloc(zeros)])) as { records: number }).records, records);
  }
});

/** A copy of a life's home with other bytes in its journal. */
function homeWith(life: Life, bytes: Buffer): string {
  const home = mkdtempSync(join(scratch, "home-"));
  cpSync(life.home, home, { recursive: true });
  writeFileSync(join(home, "runs", life.run() as string, "journal.ndjson"), bytes);
  return home;
}

const at = (home: string) => ({ home, cwd: scratch });

test("a journal of a newer belay is refused in a sentence, by every command that reads it", async () => {
  const life = interrupted;
  const next = encodeRecord("0".repeat(64), 1, "2030-01-01T00:00:00Z", "x", { type: "run-finished", state: "done" });
  const home = homeWith(life, Buffer.from(next.line.replace('"v":1', '"v":2')));
  for (const command of ["status", "resume", "verify"]) {
    const { code, stderr } = await belay([command, life.run() as string], at(home));
    assert.is(code, 5, `${command}: ${stderr}`);
    assert.match(stderr, /was written by a newer belay: line 1 \(byte 0\) has format 2, and this one reads up to 1/);
    assert.not.match(stderr, /restore the file/);
  }
});

test("the commands say the same: damage is refused with its byte and nothing runs; a torn tail is none", async () => {
  const life = interrupted;
  const run = life.run() as string;
  const bytes = bytesOf(life);
  const second = bytes.indexOf(10) + 1;
  const changed = Buffer.from(bytes);
  changed[second + 60] = (bytes[second + 60] as number) ^ 1;
  const damaged = homeWith(life, changed);
  for (const command of ["status", "resume", "verify"]) {
    const { code, stderr } = await belay([command, run, ...(command === "resume" ? ["--yes"] : [])], at(damaged));
    assert.is(code, 5, stderr);
    assert.match(stderr, `is damaged at byte ${second} (line 2)`);
  }
  assert.equal(readFileSync(join(damaged, "runs", run, "journal.ndjson")), changed, "a damaged journal is left alone");
  const torn = homeWith(life, Buffer.concat([bytes, Buffer.alloc(5000)]));
  const verify = await belay(["verify", run], at(torn));
  assert.is(verify.code, 0);
  assert.match(verify.stdout, /bytes of a record that was never finished/);
  assert.is((await belay(["status", run], at(torn))).code, 0);
});

test("resumed from a journal that was cut anywhere, what is done is found done", async () => {
  for (const life of [finished, interrupted]) {
    const bytes = bytesOf(life);
    const step = process.env["BELAY_CRASH_ALL"] === "1" ? 97 : 601;
    for (let length = 0; length < bytes.length; length += step) {
      const home = homeWith(life, bytes.subarray(0, length));
      const before = life.effects();
      const { code, stderr } = await belay(["resume", life.run() as string, "--yes", "--output", "ndjson"], at(home));
      const whole = bytes.subarray(0, length).includes(10);
      assert.is(code, whole ? 0 : 5, `cut to ${length}: ${stderr}`);
      if (!whole) assert.match(stderr, /never began/);
      else for (const [name, count] of life.effects()) assert.is(count, 1, `cut to ${length}: ${name}`);
      if (!whole) assert.equal(life.effects(), before);
    }
  }
});

test.run();
