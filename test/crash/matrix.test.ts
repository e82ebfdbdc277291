import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Lab, openLab, type Scenario } from "../support/crash-lab.ts";
import { type Baseline, baselineOf } from "../support/crash-point.ts";
import { everythingRunbook, prepareWork } from "../support/crash-runbook.ts";
import { deathsAt, everyMoment, sweep } from "../support/crash-sweep.ts";

// kill -9 at chosen moments of a run of every action, then resume: every effect happened once, or a person was asked.
const everything: Scenario = {
  name: "everything",
  runbook: everythingRunbook,
  prepare: prepareWork,
  answers: ["--confirm", "confirmed=yes really", "--answer", "by_hand.seen=7"],
};
const undecidable = ["blind_exec", "blind_post"];

let lab: Lab;
let baseline: Baseline;

test.before(async () => {
  lab = await openLab();
  baseline = await baselineOf(lab, everything);
});
test.after(() => lab.close());

test("two undisturbed runs come to the same world", async () => {
  const again = await baselineOf(lab, everything);
  const plain = ({ world }: Baseline) => [...world].map(([path, { what }]) => `${path} ${what}`);
  assert.equal(plain(again), plain(baseline));
  assert.equal(again.effects, baseline.effects);
});

test("killed right after each record", async () => {
  const verdicts = await sweep(lab, everything, baseline, deathsAt(baseline, "record", "record", 3), undecidable);
  // Both steps of which nobody can know were asked about, each in the one moment when it had begun.
  if (everyMoment) assert.equal(verdicts.flatMap((verdict) => verdict.asked).sort(), undecidable);
});

test("killed right after each flush to the disk", async () => {
  await sweep(lab, everything, baseline, deathsAt(baseline, "sync", "sync", 8), undecidable);
});

test("killed when half a record was written", async () => {
  await sweep(lab, everything, baseline, deathsAt(baseline, "record", "half", 12), undecidable);
});

test("killed after each single change of a file", async () => {
  await sweep(lab, everything, baseline, deathsAt(baseline, "change", "after", 25), undecidable);
});

test.run();
