import { setTimeout as delay } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Lab, openLab } from "../support/crash-lab.ts";
import { begunAfterEnd, falseOutcomes, groupLies, keysTwice } from "../support/crash-verdict.ts";
import { differencesOf } from "../support/crash-world.ts";
import { groupsScenario } from "../support/groups-runbook.ts";
import { randomFrom } from "../support/random.ts";

// BELAY_CRASH_ALL=1 kills two hundred times; otherwise a few, from BELAY_CRASH_SEED on.
const kills = process.env["BELAY_CRASH_ALL"] === "1" ? 200 : 14;
const mostTurns = 400;
const effectsFile = (path: string) => path === "effects" || path === "inner.yaml";

let lab: Lab;
test.before(async () => {
  lab = await openLab();
});
test.after(() => lab.close());

test(`${kills} kills at random moments of a run with groups: the world is that of an uninterrupted run`, async () => {
  const seed = Number(process.env["BELAY_CRASH_SEED"] ?? Date.now() % 1e6);
  const random = randomFrom(seed);
  const calm = lab.life(groupsScenario);
  const begun = performance.now();
  const first = await calm.start({});
  const wholeMs = performance.now() - begun;
  assert.is(first.code, 0, first.stdout + first.stderr);
  const wanted = { world: calm.world(), effects: calm.effects() };
  assert.ok([...wanted.effects.values()].every((times) => times === 1));
  assert.ok(wanted.effects.size >= 45, `${wanted.effects.size} effects`);
  const [lost, doubled, lies, world]: [string[], string[], string[], string[]] = [[], [], [], []];
  let killed = 0;
  let turns = 0;
  let lives = 0;
  while (killed < kills && turns < mostTurns) {
    const life = lab.life(groupsScenario);
    lives += 1;
    for (let over = false; !over && turns < mostTurns; turns++) {
      const running = life.run() === undefined ? life.begin() : life.resumeRunning();
      // Most of the time at the work itself, now and then in the start or the end.
      const afterMs = 60 + random() * (killed < kills ? wholeMs / 3 : 60_000);
      const clock = new AbortController();
      const limit = delay(afterMs, "time", { signal: clock.signal }).catch(() => "ended");
      const end = await Promise.race([running.ended, limit]);
      clock.abort();
      if (end === "time" && killed < kills) {
        running.child.kill("SIGKILL");
        const { signal } = await running.ended;
        if (signal === "SIGKILL") killed += 1;
      }
      const { code, signal, stdout, stderr } = await running.ended;
      if (signal === "SIGKILL") continue;
      assert.is(code, 0, `seed ${seed}, kill ${killed}: ${stdout.slice(-2000)} ${stderr}`);
      over = true;
    }
    const records = life.records();
    world.push(...differencesOf(wanted.world, life.world(), effectsFile));
    const effects = life.effects();
    for (const name of new Set([...wanted.effects.keys(), ...effects.keys()])) {
      const [times, found] = [wanted.effects.get(name) ?? 0, effects.get(name) ?? 0];
      if (found < times) lost.push(`${name} happened ${found} times`);
      if (found > times) doubled.push(`${name} happened ${found} times`);
    }
    doubled.push(...begunAfterEnd(records), ...keysTwice(records));
    lies.push(...falseOutcomes(records), ...groupLies(records));
    assert.equal([...lost, ...doubled, ...lies, ...world], [], `seed ${seed}, after ${killed} kills`);
    life.remove();
  }
  console.log(
    `seed ${seed}: ${killed} kills in ${turns} turns of ${lives} runs: ${lost.length} lost, ${doubled.length} doubled, ${lies.length} false outcomes`,
  );
  assert.ok(killed >= kills, `only ${killed} kills in ${turns} turns`);
});

test.run();
