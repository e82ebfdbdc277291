import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { personOf } from "../../src/journal/approval-person.ts";
import { giveVerdict } from "../../src/journal/approval-verdicts.ts";
import { readRequest } from "../../src/journal/approvals.ts";
import { belay, type Ended } from "../support/belay-process.ts";
import { crashApproval } from "../support/crash-groups.ts";
import { type Lab, type Life, openLab } from "../support/crash-lab.ts";
import { everyMoment } from "../support/crash-sweep.ts";
import { begunAfterEnd, falseOutcomes, groupLies, keysTwice } from "../support/crash-verdict.ts";

// kill -9 between asking for another person's approval and going on: asked once, in the same words; a word is said once.
const nobody = 65534;
const isRoot = process.getuid?.() === 0;
const asRoot = isRoot ? test : test.skip;
if (!isRoot) console.log("SKIP only root can hand in an approval as another user");

let lab: Lab;
let folder: string;
test.before(async () => {
  lab = await openLab();
  folder = mkdtempSync(join(tmpdir(), "belay-approval-"));
});
test.after(async () => {
  rmSync(folder, { recursive: true, force: true });
  await lab.close();
});

type Decision = "approve" | "reject";

/** What another user of this machine says about the step. */
function say(life: Life, decision: Decision): void {
  const place = { path: join(life.home, "runs", life.run() ?? "none") };
  for (const path of [dirname(dirname(life.home)), life.home]) chmodSync(path, 0o711);
  const found = readRequest(place, "asks");
  if (found.kind !== "waiting") throw new Error(`nothing waits: ${JSON.stringify(found)}`);
  process.seteuid?.(nobody);
  try {
    const given = giveVerdict(place, found.request, personOf(nobody), { decision });
    assert.is(given.kind, "given", JSON.stringify(given));
  } finally {
    process.seteuid?.(0);
  }
}

let traces = 0;
/** The moments of one turn. */
async function momentsOf(turn: (trace: string) => Promise<Ended>): Promise<string[]> {
  traces += 1;
  const trace = join(folder, String(traces));
  await turn(trace);
  const lines = readFileSync(trace, "utf8").trim().split("\n");
  const count = (moment: string) => lines.filter((line) => line.startsWith(`${moment} `)).length;
  const kinds: readonly (readonly [string, string])[] = [
    ["record", "record"],
    ["half", "record"],
    ["sync", "sync"],
    ["before", "change"],
    ["after", "change"],
  ];
  return kinds.flatMap(([kind, moment]) => Array.from({ length: count(moment) }, (_, i) => `${kind}:${i + 1}`));
}

const resumeAt = (life: Life, more: { crashAt?: string; trace?: string }) =>
  belay(["resume", life.run() ?? "none", "--yes", "--output", "ndjson", ...crashApproval.answers], {
    home: life.home,
    cwd: life.work,
    ...more,
  });

const some = (moments: readonly string[]) => (everyMoment ? moments : moments.filter((_, index) => index % 12 === 5));

const events = (life: Life, type: string) => life.records().filter(({ event }) => event.type === type);

/** What must hold at the end, whenever belay died. */
function wrongAtEnd(life: Life, decision: Decision): string[] {
  const records = life.records();
  const wrong = [...falseOutcomes(records), ...begunAfterEnd(records), ...groupLies(records), ...keysTwice(records)];
  const expect = (what: string, found: unknown, wanted: unknown) => {
    if (found !== wanted) wrong.push(`${what}: ${String(found)}, not ${String(wanted)}`);
  };
  // An attempt that was begun, and did nothing, is over: another one wants another agreement.
  const decisions = events(life, "decided").flatMap(({ event }) => (event.type === "decided" ? [event] : []));
  const again = decisions.filter(({ step, decision }) => step === "asks" && decision === "run-again").length;
  const agreed = decision === "approve" ? 1 + again : 0;
  expect("asked", events(life, "approval-asked").length, 1 + again);
  expect("approved", events(life, "approved").length, agreed);
  const ended = events(life, "approval-ended").map(({ event }) => (event.type === "approval-ended" ? event.state : ""));
  expect("ended", ended.join(), decision === "approve" ? Array(agreed).fill("approved").join() : "rejected");
  const begun = events(life, "step-started").filter(({ event }) => "step" in event && event.step === "asks");
  expect("begun", begun.length, agreed);
  const effects = [...life.effects()].map(([name, times]) => `${name} ${times}`).sort();
  expect("effects", effects.join(), decision === "approve" ? "after 1,asks 1,before 1" : "before 1");
  return wrong;
}

/** Resumes until the run waits, is done, or was rejected. */
async function goOn(life: Life): Promise<Ended> {
  if (life.run() === undefined) return life.start({});
  return life.resume();
}

asRoot("killed while it asks: it asks once, and what is asked stays the same", async () => {
  const calm = lab.life(crashApproval);
  const moments = await momentsOf(async (trace) => calm.start({ trace }));
  const wrong: string[] = [];
  let died = 0;
  for (const at of some(moments)) {
    const life = lab.life(crashApproval);
    const first = await life.start({ crashAt: at });
    if (first.signal === "SIGKILL") died += 1;
    const known = life.run() === undefined ? undefined : events(life, "approval-asked")[0]?.event;
    const waits = await goOn(life);
    if (waits.code !== 3) wrong.push(`${at}: it does not wait: ${waits.code} ${waits.stderr}`);
    const asked = events(life, "approval-asked")[0]?.event;
    if (known && JSON.stringify(known) !== JSON.stringify(asked)) wrong.push(`${at}: what is asked changed`);
    say(life, "approve");
    const last = await life.resume();
    if (last.code !== 0) wrong.push(`${at}: ${last.code} ${last.stderr} ${last.stdout.slice(-400)}`);
    wrong.push(...wrongAtEnd(life, "approve").map((line) => `${at}: ${line}`));
    life.remove();
  }
  console.log(`asking: ${some(moments).length} of ${moments.length} moments, ${died} deaths`);
  assert.is(wrong.join("\n"), "");
  assert.ok(died >= some(moments).length * 0.9);
});

for (const decision of ["approve", "reject"] as const) {
  asRoot(`killed after another person said ${decision}: it is heard once, and stays what it was`, async () => {
    const asked = async () => {
      const life = lab.life(crashApproval);
      assert.is((await life.start({})).code, 3);
      say(life, decision);
      return life;
    };
    const calm = await asked();
    const moments = await momentsOf((trace) => resumeAt(calm, { trace }));
    assert.equal(wrongAtEnd(calm, decision), []);
    const wrong: string[] = [];
    let died = 0;
    for (const at of some(moments)) {
      const life = await asked();
      const ended = await resumeAt(life, { crashAt: at });
      if (ended.signal === "SIGKILL") died += 1;
      // Who resumes after a rejection is recorded asks anew; before that, the rejection is heard.
      const over = events(life, "approval-ended").length > 0 || ended.signal === null;
      if (!(decision === "reject" && over)) {
        let last = await life.resume();
        if (decision === "approve" && last.code === 3) {
          say(life, decision);
          last = await life.resume();
        }
        const state = life.records().at(-1)?.event.type;
        if (decision === "approve" && state !== "run-finished")
          wrong.push(`${at}: ${last.code} ${last.stderr} ${last.stdout.slice(-400)}`);
        if (decision === "reject" && last.code === 0) wrong.push(`${at}: a rejected step went on`);
      }
      wrong.push(...wrongAtEnd(life, decision).map((line) => `${at}: ${line}`));
      life.remove();
    }
    console.log(`${decision}: ${some(moments).length} of ${moments.length} moments, ${died} deaths`);
    assert.is(wrong.join("\n"), "");
    assert.ok(died >= some(moments).length * 0.9);
  });
}

test.run();
