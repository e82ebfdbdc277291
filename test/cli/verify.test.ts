import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { encodeRecord, type JournalRecord } from "../../src/journal/record.ts";
import { answers, evidencePlace } from "../support/evidence-place.ts";
import { rewriteRecord } from "../support/rewrite-journal.ts";

let place: ReturnType<typeof evidencePlace>;
let run = "";
let lines: string[] = [];

test.before(async () => {
  place = evidencePlace();
  writeFileSync(join(place.work, "go"), "");
  const ended = await place.belay("run", place.runbook, ...answers);
  assert.is(ended.code, 0, ended.stderr);
  run = place.newRun();
  lines = place.lines(run);
});
test.after(() => place.remove());
test.after.each(() => place.write(run, lines));

const verify = (...more: string[]) => place.belay("verify", run, ...more);
const parsed = (line: string | undefined) => JSON.parse(line ?? "") as JournalRecord;
const at = (index: number) => lines[index] as string;
/** The index of the record that ends a step. */
const endOf = (step: string) =>
  lines.findIndex((line) => parsed(line).event.type === "step-finished" && line.includes(`"step":"${step}"`));
const last = () => parsed(lines.at(-1)).hash;

async function refused(changed: readonly string[], ...said: RegExp[]): Promise<void> {
  place.write(run, changed);
  const { code, stdout } = await verify();
  assert.is(code, 5, stdout);
  for (const one of said) assert.match(stdout, one);
}

test("a whole record is proven, with its last hash to keep", async () => {
  const { code, stdout } = await verify();
  assert.is(code, 0);
  assert.match(stdout, new RegExp(`${lines.length} records, each as it was written`));
  assert.match(stdout, /logs: 2 of 2 are as their steps left them/);
  assert.match(stdout, /runbook\.yaml is as recorded/);
  assert.match(stdout, new RegExp(`last hash: ${last()}`));
  assert.match(stdout, /--expect HASH/);
});

test("a changed record is named: its number, its time, its step and what it says", async () => {
  const index = endOf("speak");
  const changed = lines.with(index, at(index).replace('"state":"done"', '"state":"skipped"'));
  await refused(changed, new RegExp(`line ${index + 1} .*WAS CHANGED: record ${index + 1}, 20.*, step speak: ⊘ speak`));
  const { stdout } = await verify("--output", "json");
  const data = JSON.parse(stdout);
  assert.is(data.proven, false);
  assert.equal(
    data.problems.map((one: { kind: string; line: number }) => [one.kind, one.line]),
    [["changed", index + 1]],
  );
});

test("a record that was changed and given a new hash shows at the next one", async () => {
  const index = endOf("speak");
  const { seq, at: time, key, event } = parsed(at(index));
  const made = encodeRecord(parsed(at(index - 1)).hash, seq, time, key, { ...event, message: "no" } as never);
  await refused(
    lines.with(index, made.line.trimEnd()),
    new RegExp(`line ${index + 2} .*WAS CHANGED`),
    /or the record before it/,
  );
});

test("only a hash that was changed is told as that", async () => {
  const index = endOf("speak");
  const { hash } = parsed(at(index));
  const other = hash.replace(/^./, (first) => (first === "0" ? "1" : "0"));
  await refused(
    lines.with(index, at(index).replace(hash, other)),
    /the hash of this record was changed; what it says was not/,
  );
});

test("removed records are counted, also the first", async () => {
  await refused(lines.toSpliced(3, 2), /2 records REMOVED before line 4/);
  await refused(lines.slice(1), /1 record REMOVED before line 1/);
});

test("an added record is told from the real ones", async () => {
  const { seq, at: time, key, event } = parsed(at(4));
  const forged = encodeRecord(parsed(at(3)).hash, seq, time, `${key} x`, { ...event, message: "forged" } as never);
  await refused(lines.toSpliced(4, 0, forged.line.trimEnd()), /line 5 .* WAS ADDED/);
  const { stdout } = await verify();
  assert.not.match(stdout, /line 6/);
  await refused(lines.toSpliced(6, 0, at(2)), /line 7 .* WAS ADDED/);
});

test("two records that changed places are told as moved", async () => {
  const swapped = lines.with(4, at(5)).with(5, at(4));
  await refused(swapped, /WAS MOVED/);
  const { stdout } = await verify();
  assert.not.match(stdout, /WAS CHANGED|REMOVED|WAS ADDED/);
});

test("a line that is no record is named by its place", async () => {
  await refused(lines.with(4, "{broken"), /line 5 \(byte \d+\): it is no record/);
  const { stdout } = await verify();
  assert.not.match(stdout, /REMOVED/);
});

test("a chain that was made anew is proven by itself, and refused by a hash or a copy from elsewhere", async () => {
  const copy = join(place.work, "copy.ndjson");
  copyFileSync(place.journal(run), copy);
  const hash = last();
  rewriteRecord(place.journal(run), (event) => (event.type === "confirmed" ? { ...event, by: "nobody" } : event));
  assert.is((await verify()).code, 0);
  const expected = await verify("--expect", hash);
  assert.is(expected.code, 5);
  assert.match(expected.stdout, /no record has the hash/);
  const compared = await verify(copy);
  assert.is(compared.code, 5);
  assert.match(compared.stdout, /differ from record \d+ on/);
});

test("records that were taken off the end show against what was kept elsewhere", async () => {
  const copy = join(place.work, "whole.ndjson");
  copyFileSync(place.journal(run), copy);
  place.write(run, lines.slice(0, -2));
  assert.is((await verify()).code, 0);
  assert.is((await verify("--expect", last())).code, 5);
  const compared = await verify(copy);
  assert.is(compared.code, 5);
  assert.match(compared.stdout, /2 records more than the run's journal: they were taken off its end/);
});

test("an older hash and an older copy fit a journal that went on", async () => {
  const early = await verify("--expect", parsed(at(3)).hash.toUpperCase());
  assert.is(early.code, 0);
  assert.match(early.stdout, /record 4 has the hash that was expected; \d+ records came after it/);
  const copy = join(place.work, "early.ndjson");
  writeFileSync(copy, `${lines.slice(0, 4).join("\n")}\n`);
  const compared = await verify(copy);
  assert.is(compared.code, 0, compared.stdout);
  assert.match(compared.stdout, /the same 4 records; \d+ records came after them/);
});

test("a report in JSON vouches like its last hash", async () => {
  const report = join(place.work, "kept.json");
  assert.is((await place.belay("report", run, "--out", report)).code, 0);
  assert.is((await verify(report)).code, 0);
  rewriteRecord(place.journal(run), (event) => (event.type === "confirmed" ? { ...event, by: "nobody" } : event));
  assert.is((await verify(report)).code, 5);
});

test("logs are held against their digests", async () => {
  const folder = join(place.home, "runs", run, "logs");
  const log = readdirSync(folder).find(
    (name) => name.endsWith(".out") && readFileSync(join(folder, name)).length > 0,
  ) as string;
  const file = join(folder, log);
  const text = readFileSync(file);
  appendFileSync(file, "more\n");
  const grown = await verify();
  assert.is(grown.code, 0);
  assert.match(grown.stdout, new RegExp(`log ${log} of step speak has grown by 5 bytes`));
  writeFileSync(file, text.toString().replace("one", "two"));
  assert.match((await verify()).stdout, /WAS CHANGED: it had 4 bytes, and other ones/);
  rmSync(file);
  assert.match((await verify()).stdout, /IS MISSING/);
  writeFileSync(file, text);
  assert.is((await verify()).code, 0);
});

test("the frozen runbook is held against its digest", async () => {
  const file = join(place.home, "runs", run, "runbook.yaml");
  const text = readFileSync(file);
  appendFileSync(file, "# more\n");
  const { code, stdout } = await verify();
  assert.is(code, 5);
  assert.match(stdout, /runbook\.yaml WAS CHANGED/);
  writeFileSync(file, text);
});

test("what is no hash, no run and no file is said", async () => {
  assert.is((await verify("--expect", "abc")).code, 2);
  assert.is((await place.belay("verify", "zzzzz")).code, 2);
  assert.is((await verify("nothere")).code, 2);
});

test("the digests are those of the whole logs", async () => {
  const event = parsed(at(endOf("speak"))).event;
  assert.is(event.type, "step-finished");
  const output = event.type === "step-finished" ? event.output : undefined;
  assert.equal(
    Object.entries(output ?? {}).map(([, { bytes }]) => bytes),
    [4, 4],
  );
  const written = parsed(at(endOf("mark"))).event;
  assert.not.ok("output" in written && written.output, "a step without programs has none");
});

test("words in the log of an attempt that printed nothing were put there", async () => {
  const folder = join(place.home, "runs", run, "logs");
  for (const name of ["mark.1.err", "agree.1.out"]) {
    const file = join(folder, name);
    const before = existsSync(file);
    writeFileSync(file, "forged\n");
    const { code, stdout } = await verify();
    assert.is(code, 5, stdout);
    assert.match(stdout, new RegExp(`log ${name} of step \\w+ WAS CHANGED: it was empty, and has 7 bytes`));
    assert.match(stdout, /logs: 2 of 2 are as/);
    if (before) writeFileSync(file, "");
    else rmSync(file);
  }
  assert.is((await verify()).code, 0);
});

test("an empty journal proves nothing", async () => {
  writeFileSync(place.journal(run), "");
  const { code, stdout } = await verify();
  assert.is(code, 5);
  assert.match(stdout, /the journal is empty: what this run did can't be proven/);
  assert.not.match(stdout, /each as it was written/);
});

test("without the record of the start, nothing is said of its text", async () => {
  const digest = "a".repeat(64);
  const adopted = join(place.home, "runs", run, "adopted");
  const { seq, hash } = parsed(lines.at(-1));
  const event = {
    type: "adopted",
    runbook: { version: "2", file: "/r.yaml", digest },
    changes: [],
    by: "ana",
  } satisfies JournalRecord["event"];
  const more = encodeRecord(hash, seq + 1, new Date().toISOString(), "adopted 1", event).line.trimEnd();
  mkdirSync(adopted, { recursive: true });
  place.write(run, [...lines.slice(1), more]);
  const { code, stdout } = await verify();
  assert.is(code, 5);
  assert.match(stdout, /runbook\.yaml: no record has its digest any more/);
  assert.not.match(stdout, /runbook\.yaml WAS CHANGED/);
});

test("a journal that is a folder, and logs that are a file or gone, are sentences", async () => {
  const journal = place.journal(run);
  rmSync(journal);
  mkdirSync(journal);
  for (const command of ["verify", "report", "status", "logs"]) {
    const { code, stderr } = await place.belay(command, run);
    assert.is(code, 5, `${command}: ${stderr}`);
    assert.match(stderr, /it is a folder, not a file/);
  }
  rmSync(journal, { recursive: true });
  place.write(run, lines);
  const logs = join(place.home, "runs", run, "logs");
  renameSync(logs, `${logs}.away`);
  try {
    const gone = await place.belay("logs", run);
    assert.is(gone.code, 1, gone.stdout);
    assert.match(gone.stderr, /2 logs are missing that the journal has a digest of/);
    assert.is((await place.belay("logs", run, "mark")).code, 0);
    writeFileSync(logs, "");
    const file = await place.belay("logs", run);
    assert.is(file.code, 5, file.stderr);
    assert.match(file.stderr, /logs can't be read: it is no folder/);
    assert.is((await verify()).code, 5);
    rmSync(logs);
  } finally {
    renameSync(`${logs}.away`, logs);
  }
});

test.run();
