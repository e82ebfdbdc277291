import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readJournal } from "../../src/journal/read-journal.ts";
import type { JournalRecord } from "../../src/journal/record.ts";
import { belay, type Ended } from "../support/belay-process.ts";
import { falseOutcomes } from "../support/crash-verdict.ts";
import { canMount, smallDisk } from "../support/small-disk.ts";

// The disk with the journal runs full at every place in turn, may not be written, or fails to sync.
const page = 4096;
const mounting = await canMount();
const tracing = spawnSync("strace", ["-V"]).status === 0;
const onDisk = mounting ? test : test.skip;
if (!mounting) console.log("SKIP a small disk can't be mounted here (that wants root)");
const traced = tracing ? test : test.skip;
if (!tracing) console.log("SKIP strace is not installed");

// Each input is longer than a page, so that each step's record needs room of its own.
const padding = "x".repeat(page + 500);
const ids = ["one", "two", "three", "four", "five"];
const runbook = `apiVersion: belay/v1
name: full
title: A full disk
steps:${ids
  .map(
    (id) => `
  - id: ${id}
    uses: exec
    with: { argv: [bash, -c, "echo ${id} >> effects"], env: { PAD: ${padding} } }
    check:
      uses: exec
      with: { argv: [grep, -c, "^${id}$", effects] }
      done: "\${{ result.lines.size() == 1 && result.lines[0] == '1' }}"
      notDone: "\${{ result.exitCode != 0 }}"`,
  )
  .join("")}
`;

let root: string;
let disk: string;
let unmount = () => {};

test.before(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "belay-full-")));
  disk = join(root, "disk");
  writeFileSync(join(root, "full.yaml"), runbook);
  if (mounting) ({ unmount } = await smallDisk(disk));
  else mkdirSync(disk);
});
test.after(() => {
  unmount();
  rmSync(root, { recursive: true, force: true });
});

interface Place {
  readonly home: string;
  readonly cwd: string;
}

let places = 0;
function newPlace(): Place {
  places += 1;
  const place = { home: join(disk, String(places)), cwd: join(root, `work${places}`) };
  mkdirSync(place.cwd);
  return place;
}

const filler = () => join(disk, "filler");
/** Leaves so many bytes free. */
function fill(leave: number): void {
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(filler(), Buffer.alloc(Math.max(0, bavail * bsize - leave)));
}

function effectsIn({ cwd }: Place): string[] {
  const file = join(cwd, "effects");
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
}

const start = (place: Place, more: { under?: readonly string[] } = {}): Promise<Ended> =>
  belay(["run", join(root, "full.yaml"), "--yes"], { ...place, ...more });

function runIn({ home }: Place): string | undefined {
  const listed = existsSync(join(home, "runs")) ? execFileSync("ls", [join(home, "runs")], { encoding: "utf8" }) : "";
  return listed.trim().split("\n").filter(Boolean)[0];
}

function recordsOf({ home }: Place, run: string): readonly JournalRecord[] {
  const file = join(home, "runs", run, "journal.ndjson");
  return existsSync(file) ? readJournal(file).records : [];
}

/** What happened is in the journal, whatever else is not. */
function nothingUnsaid(place: Place): void {
  const run = runIn(place);
  const begun =
    run === undefined
      ? []
      : recordsOf(place, run).flatMap(({ event }) => (event.type === "step-started" ? [event.step] : []));
  for (const effect of effectsIn(place))
    assert.ok(begun.includes(effect), `${effect} happened, and the journal does not know`);
  assert.equal(effectsIn(place), [...new Set(effectsIn(place))]);
}

async function endsWell(place: Place, how: string): Promise<void> {
  const run = runIn(place);
  const never = run === undefined || recordsOf(place, run).length === 0;
  const { code, stderr, stdout } = never ? await start(place) : await belay(["resume", run, "--yes"], place);
  assert.is(code, 0, `${how}: ${stderr}${stdout}`);
  assert.equal(effectsIn(place), ids, how);
  if (!never) assert.equal(falseOutcomes(recordsOf(place, run)), []);
}

onDisk(
  "room runs out at every place: it stops before the next change, says so, and goes on when there is room",
  async () => {
    const stoppedAfter = new Map<number, number>();
    let whole = false;
    // What is kept in reserve takes 64 pages; below that, no run begins.
    for (let pages = 0; pages < 120 && !whole; pages += pages < 3 || pages >= 60 ? 1 : 19) {
      const place = newPlace();
      fill(pages * page);
      const { code, stdout, stderr } = await start(place);
      const said = stdout + stderr;
      nothingUnsaid(place);
      whole = code === 0;
      if (!whole) {
        assert.is(code, 1, `${pages} pages: ${said}`);
        assert.match(said, /disk (that holds .* )?is full/, `${pages} pages`);
        assert.not.match(said, "belay itself failed");
        const done = effectsIn(place).length;
        stoppedAfter.set(done, (stoppedAfter.get(done) ?? 0) + 1);
        // Still no room: nothing more is begun, and it is said again.
        const run = runIn(place);
        if (run !== undefined && pages % 5 === 0 && existsSync(join(place.home, "runs", run, "journal.ndjson"))) {
          const again = await belay(["resume", run, "--yes"], place);
          assert.is.not(again.code, 0);
          assert.not.match(again.stderr, "belay itself failed", again.stderr);
          nothingUnsaid(place);
        }
      }
      rmSync(filler());
      if (!whole) await endsWell(place, `${pages} pages`);
      rmSync(place.home, { recursive: true });
    }
    assert.ok(whole, "it never had room enough");
    console.log(
      `stopped after so many effects: ${[...stoppedAfter].map(([done, times]) => `${done}: ${times} times`).join(", ")}`,
    );
    for (let done = 0; done < ids.length; done++)
      assert.ok(stoppedAfter.has(done), `it never stopped after ${done} effects`);
  },
);

onDisk("a disk that may not be written: status works, and a run or a resume says why it does not", async () => {
  const place = newPlace();
  writeFileSync(join(place.cwd, "effects"), "one\none\n"); // half done: a person would have to decide
  assert.is((await start(place)).code, 4);
  const run = runIn(place) as string;
  execFileSync("mount", ["-o", "remount,ro", disk]);
  try {
    assert.is((await belay(["status", run], place)).code, 0);
    const resumed = await belay(["resume", run, "--yes"], place);
    assert.is(resumed.code, 1);
    assert.not.match(resumed.stderr, "belay itself failed");
    assert.match(resumed.stderr, /read-only|may not be written/);
    const started = await start(place);
    assert.is(started.code, 1);
    assert.match(started.stderr, "nothing ran");
  } finally {
    execFileSync("mount", ["-o", "remount,rw", disk]);
  }
  writeFileSync(join(place.cwd, "effects"), "");
  await endsWell(place, "after it may be written again");
});

traced("a flush that fails: the change is not begun, and a resume ends in the right world", async () => {
  for (const from of [1, 2, 3, 5]) {
    for (const which of [`${from}`, `${from}+`]) {
      const place = newPlace();
      const under = [
        "strace",
        "-f",
        "-o",
        "/dev/null",
        "-e",
        "trace=fdatasync",
        "-e",
        `inject=fdatasync:error=EIO:when=${which}`,
      ];
      const { code, stdout, stderr } = await start(place, { under });
      const how = `fdatasync ${which}`;
      assert.is(code, 1, `${how}: ${stdout}${stderr}`);
      // Sentences are folded to the width of the terminal that is not there.
      assert.match((stdout + stderr).replace(/\s+/g, " "), /journal\.ndjson can't be written: .*EIO/, how);
      assert.not.match(stderr, "belay itself failed", how);
      nothingUnsaid(place);
      // The first flush is that of the run's own start, each other one that of a step's: that step did not begin.
      assert.is(effectsIn(place).length, Math.max(0, from - 2), how);
      await endsWell(place, how);
    }
  }
});

test.run();
