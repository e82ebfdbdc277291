import { test } from "uvu";
import * as assert from "uvu/assert";
import { crashGroups } from "../support/crash-groups.ts";
import { type Lab, openLab } from "../support/crash-lab.ts";
import { type Baseline, baselineOf } from "../support/crash-point.ts";
import { deathsAt, sweep } from "../support/crash-sweep.ts";

// kill -9 at chosen moments of a run with every kind of group, then resume. Nothing in it needs a person.
let lab: Lab;
let baseline: Baseline;

test.before(async () => {
  lab = await openLab();
  baseline = await baselineOf(lab, crashGroups);
});
test.after(() => lab.close());

test("two undisturbed runs come to the same world", async () => {
  const again = await baselineOf(lab, crashGroups);
  const plain = ({ world }: Baseline) => [...world].map(([path, { what }]) => `${path} ${what}`);
  const unordered = (lines: string[]) => lines.filter((line) => !line.startsWith("effects "));
  assert.equal(unordered(plain(again)), unordered(plain(baseline)));
  assert.equal([...again.effects].sort(), [...baseline.effects].sort());
  const names = [...baseline.effects.keys()].sort();
  assert.ok(names.includes("sum 2 true y failed done"), names.join());
  assert.ok(names.includes("stop bad/one") && !names.includes("start bad/one"));
  assert.ok([...baseline.effects.values()].every((times) => times === 1));
});

test("killed right after each record", async () => {
  await sweep(lab, crashGroups, baseline, deathsAt(baseline, "record", "record", 9));
});

test("killed when half a record was written", async () => {
  await sweep(lab, crashGroups, baseline, deathsAt(baseline, "record", "half", 25));
});

test("killed right after each flush to the disk", async () => {
  await sweep(lab, crashGroups, baseline, deathsAt(baseline, "sync", "sync", 16));
});

test("killed before and after each change of a file", async () => {
  await sweep(lab, crashGroups, baseline, deathsAt(baseline, "change", "before", 25));
  await sweep(lab, crashGroups, baseline, deathsAt(baseline, "change", "after", 25));
});

test.run();
