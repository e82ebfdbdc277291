import { existsSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { test } from "uvu";
import { type Lab, openLab, type Scenario } from "../support/crash-lab.ts";
import { type Baseline, baselineOf } from "../support/crash-point.ts";
import { filesRunbook, prepareWork } from "../support/crash-runbook.ts";
import { deathsAt, sweep } from "../support/crash-sweep.ts";

// kill -9 inside the actions on files and archives, before and after each single change that they make.
const shared = "/dev/shm";
const otherDisk = existsSync(shared) && statSync(shared).dev !== statSync(tmpdir()).dev;
const here: Scenario = { name: "files", runbook: filesRunbook, prepare: prepareWork, answers: [] };
const elsewhere: Scenario = { ...here, name: "files, with the trash on another file system", homes: shared };

let lab: Lab;
let baseline: Baseline;

test.before(async () => {
  lab = await openLab();
  baseline = await baselineOf(lab, here);
});
test.after(() => lab.close());

test("killed right after each record", async () => {
  await sweep(lab, here, baseline, deathsAt(baseline, "record", "record", 2));
});

test("killed after each single change", async () => {
  await sweep(lab, here, baseline, deathsAt(baseline, "change", "after", 4));
});

test("killed before each single change", async () => {
  await sweep(lab, here, baseline, deathsAt(baseline, "change", "before", 12));
});

(otherDisk ? test : test.skip)(
  "killed after each single change, when the trash is on another file system",
  async () => {
    const other = await baselineOf(lab, elsewhere);
    await sweep(lab, elsewhere, other, deathsAt(other, "change", "after", 8));
  },
);
if (!otherDisk) console.log(`SKIP ${shared} is not a file system of its own`);

test.run();
