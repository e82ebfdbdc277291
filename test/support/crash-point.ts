import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Ended } from "./belay-process.ts";
import type { Lab, Life, Scenario } from "./crash-lab.ts";
import { begunAfterEnd, falseOutcomes, groupLies, keysTwice, openChanges } from "./crash-verdict.ts";
import { differencesOf, remade, type Thing } from "./crash-world.ts";

/** How a scenario ends when nobody disturbs it. */
export interface Baseline {
  readonly world: ReadonlyMap<string, Thing>;
  readonly trash: ReadonlyMap<string, Thing>;
  readonly effects: ReadonlyMap<string, number>;
  /** The moments at which belay can be made to die, in order: `record 7 …`, `sync 3`, `change 12 rename /x`, `child 2 …`. */
  readonly moments: readonly string[];
}

/** What came of one death. Each list is empty when belay kept its promises. */
export interface Verdict {
  readonly at: string;
  /** False when the run came to its end before the moment was reached. */
  readonly died: boolean;
  readonly resumes: number;
  /** The steps that a person had to decide. */
  readonly asked: readonly string[];
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly lies: readonly string[];
  /** Whatever else is not as it should be: exit codes, files left over. */
  readonly wrong: readonly string[];
}

const mostResumes = 5;

export async function baselineOf(lab: Lab, scenario: Scenario): Promise<Baseline> {
  const folder = mkdtempSync(join(tmpdir(), "belay-trace-"));
  const trace = join(folder, "trace");
  const life = lab.life(scenario);
  try {
    const ended = await life.start({ trace });
    if (ended.code !== 0) throw new Error(`${scenario.name} fails undisturbed: ${ended.stderr}\n${ended.stdout}`);
    const moments = readFileSync(trace, "utf8").trim().split("\n");
    return { world: life.world(), trash: life.trash(), effects: life.effects(), moments };
  } finally {
    life.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How a scenario is made to die, and who then decides what belay can't know. */
export interface Death {
  readonly at: string;
  readonly endChildren?: boolean;
  /** Options for every resume. */
  readonly resume?: readonly string[];
  /** How belay is started, when it is not the preload that kills it. */
  start?(life: Life): Promise<Ended>;
  /** An operator who looks, may put in order what is half done, and says what to do. */
  decide?(life: Life, step: string): "done" | "run-again";
}

/** Lets a scenario die once, resumes it to its end, and compares the world with an undisturbed one. */
export async function dieAndResume(lab: Lab, scenario: Scenario, baseline: Baseline, death: Death): Promise<Verdict> {
  const life = lab.life(scenario);
  const wrong: string[] = [];
  const asked: string[] = [];
  let resumes = 0;
  try {
    const { at, endChildren = false } = death;
    let ended = death.start ? await death.start(life) : await life.start({ crashAt: at, endChildren });
    const died = ended.signal === "SIGKILL";
    if (!died && ended.code !== 0) wrong.push(`it was not killed, and ended with ${ended.code}: ${ended.stderr}`);
    if (died && life.run() === undefined) ended = await life.start({});
    const atDeath = life.world();
    const over = life.run() !== undefined && life.records().at(-1)?.event.type === "run-finished";
    const unknown = life.run() === undefined ? [] : openChanges(life.records());
    for (
      let options: string[] = [...(death.resume ?? [])];
      ended.code !== 0 && !over && resumes < mostResumes;
      resumes++
    ) {
      ended = await life.resume(...options);
      options = [...(death.resume ?? [])];
      if (ended.code !== 4) {
        if (ended.code !== 0) wrong.push(`resume ended with ${ended.code}: ${ended.stderr} ${lastLine(ended.stdout)}`);
        continue;
      }
      const [step] = openChanges(life.records());
      if (step === undefined || !unknown.includes(step)) {
        wrong.push(`asked about ${step}, which was not open`);
        break;
      }
      asked.push(step);
      const decision = death.decide?.(life, step) ?? truth(life, step);
      options.push("--decide", `${step}=${decision}`, "--why", "looked", "--evidence", "the effects");
    }
    if (ended.code !== 0 && !over) wrong.push(`not at its end after ${resumes} resumes`);
    return { at, died, resumes, asked, ...judged(life, baseline, atDeath), wrong: [...wrong, ...left(life, baseline)] };
  } finally {
    life.remove();
  }
}

/** What an operator finds out who looks whether the effect is there. */
function truth(life: Life, step: string): "done" | "run-again" {
  return (life.effects().get(step) ?? 0) > 0 ? "done" : "run-again";
}

const lastLine = (text: string) => text.trim().split("\n").at(-1) ?? "";

function judged(life: Life, baseline: Baseline, atDeath: ReadonlyMap<string, Thing>) {
  const lost: string[] = [];
  const doubled: string[] = [];
  const effects = life.effects();
  for (const name of new Set([...baseline.effects.keys(), ...effects.keys()])) {
    const [wanted, found] = [baseline.effects.get(name) ?? 0, effects.get(name) ?? 0];
    if (found < wanted) lost.push(`${name} happened ${found} times, not ${wanted}`);
    if (found > wanted) doubled.push(`${name} happened ${found} times, not ${wanted}`);
  }
  const records = life.records();
  doubled.push(...remade(atDeath, baseline.world, life.world()), ...begunAfterEnd(records), ...keysTwice(records));
  return { lost, doubled, lies: [...falseOutcomes(records), ...groupLies(records)] };
}

// The order of effects is that of the steps; how often each happened is counted elsewhere.
const ignored = (path: string) => path === "effects" || path === "flaky";

function left(life: Life, baseline: Baseline): string[] {
  return [
    ...differencesOf(baseline.world, life.world(), ignored),
    ...differencesOf(baseline.trash, life.trash(), () => false).map((line) => `trash: ${line}`),
  ];
}

/** Many deaths, two at a time. */
export async function dieAtAll(
  lab: Lab,
  scenario: Scenario,
  baseline: Baseline,
  deaths: readonly Death[],
): Promise<Verdict[]> {
  const queue = [...deaths];
  const verdicts: Verdict[] = [];
  const lane = async () => {
    for (let death = queue.shift(); death; death = queue.shift())
      verdicts.push(await dieAndResume(lab, scenario, baseline, death));
  };
  await Promise.all([lane(), lane()]);
  return verdicts;
}

/** The promises that were broken, one line each. */
export function brokenPromises(verdicts: readonly Verdict[]): string[] {
  return verdicts.flatMap(({ at, lost, doubled, lies, wrong }) => [
    ...lost.map((line) => `${at}: LOST ${line}`),
    ...doubled.map((line) => `${at}: DOUBLED ${line}`),
    ...lies.map((line) => `${at}: LIE ${line}`),
    ...wrong.map((line) => `${at}: ${line}`),
  ]);
}
