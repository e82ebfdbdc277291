import * as assert from "uvu/assert";
import type { Lab, Scenario } from "./crash-lab.ts";
import { type Baseline, brokenPromises, type Death, dieAtAll, type Verdict } from "./crash-point.ts";

/** BELAY_CRASH_ALL=1 tries every moment; otherwise the costly kinds are sampled, from BELAY_CRASH_SEED on. */
export const everyMoment = process.env["BELAY_CRASH_ALL"] === "1";
const seed = Number(process.env["BELAY_CRASH_SEED"] ?? new Date().getUTCDate());

/** Every moment of a kind; every `stride`th from the seed on, unless all are wanted. */
export function deathsAt(
  { moments }: Baseline,
  moment: "record" | "sync" | "change",
  kind: "record" | "half" | "sync" | "before" | "after",
  stride: number,
): Death[] {
  const count = moments.filter((line) => line.startsWith(`${moment} `)).length;
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const wanted = everyMoment ? numbers : numbers.filter((number) => (number + seed) % stride === 0);
  return wanted.map((number) => ({ at: `${kind}:${number}` }));
}

/** Lets a scenario die at all of these, and fails unless every promise was kept and only the undecidable was asked about. */
export async function sweep(
  lab: Lab,
  scenario: Scenario,
  baseline: Baseline,
  deaths: readonly Death[],
  undecidable: readonly string[] = [],
): Promise<Verdict[]> {
  const begun = performance.now();
  const verdicts = await dieAtAll(lab, scenario, baseline, deaths);
  const died = verdicts.filter((verdict) => verdict.died).length;
  const asked = verdicts.filter((verdict) => verdict.asked.length > 0).length;
  const seconds = Math.round((performance.now() - begun) / 1000);
  console.log(
    `${scenario.name}: ${deaths.length} moments from ${deaths[0]?.at} (seed ${seed}), ${died} deaths, ${asked} questions, ${seconds} s`,
  );
  assert.is(brokenPromises(verdicts).join("\n"), "");
  assert.ok(died >= deaths.length * 0.9, `only ${died} of ${deaths.length} died: the moments are not where they were`);
  const unexpected = verdicts.flatMap((verdict) => verdict.asked).filter((step) => !undecidable.includes(step));
  assert.equal(unexpected, []);
  return verdicts;
}
