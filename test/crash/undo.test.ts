import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { everyMoment } from "../support/crash-sweep.ts";
import { goOn, type UndoLife, undoLies, undoLife } from "../support/undo-crash.ts";

// kill -9 at chosen moments of an undo, then resume: the world is as before the run, and every undo happened once.
const seed = Number(process.env["BELAY_CRASH_SEED"] ?? new Date().getUTCDate());
const steps = ["blind", "e a", "e b", "inner", "one"];
const counts = (words: string, times: number, only = steps) => only.map((id) => [`${words} ${id}`, times] as const);
const once = Object.fromEntries([...counts("do", 1), ...counts("undo", 1)].sort(([a], [b]) => (a < b ? -1 : 1)));
const all = ["undo", "--yes"];
const back = ["undo", "--yes", "--to", "mid"];

/** The moments of an undo that nobody disturbs. */
async function momentsOf(args: readonly string[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "belay-trace-"));
  const life = await undoLife();
  try {
    const ended = await life.belay(args, { trace: join(folder, "trace") });
    assert.is(ended.code, 0, ended.stderr + ended.stdout);
    return readFileSync(join(folder, "trace"), "utf8").trim().split("\n");
  } finally {
    life.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Lets many lives die at moments of a kind, two at a time; the broken promises of each, one line each. */
async function deaths(
  args: readonly string[],
  moment: "record" | "change",
  kind: "record" | "half" | "before" | "after",
  stride: number,
  afterwards: (life: UndoLife) => Promise<string[]>,
): Promise<void> {
  const total = (await momentsOf(args)).filter((line) => line.startsWith(`${moment} `)).length;
  assert.ok(total > 10, `only ${total} moments`);
  const queue = Array.from({ length: total }, (_, index) => index + 1).filter(
    (number) => everyMoment || (number + seed) % stride === 0,
  );
  const wanted = queue.length;
  const broken: string[] = [];
  let died = 0;
  const lane = async () => {
    for (let number = queue.shift(); number !== undefined; number = queue.shift()) {
      const life = await undoLife();
      try {
        const ended = await life.belay(args, { crashAt: `${kind}:${number}` });
        if (ended.signal === "SIGKILL") died += 1;
        if (!life.records().some(({ event }) => event.type === "undo-begun")) await life.belay(args);
        const wrong = [...(await afterwards(life)), ...undoLies(life.records())];
        broken.push(...wrong.map((line) => `${kind}:${number} ${line}`));
      } finally {
        life.remove();
      }
    }
  };
  await Promise.all([lane(), lane()]);
  console.log(`undo ${args.at(-1)}: ${wanted} of ${total} moments (${kind}, seed ${seed}), ${died} deaths`);
  assert.is(broken.join("\n"), "");
  assert.ok(died >= wanted * 0.9, `only ${died} of ${wanted} died`);
}

const differences = (life: UndoLife, effects: { [line: string]: number }): string[] => {
  const wrong: string[] = [];
  if (JSON.stringify(life.effects()) !== JSON.stringify(effects))
    wrong.push(`effects ${JSON.stringify(life.effects())}`);
  const [before, now] = [new Set(life.before), new Set(life.world())];
  for (const line of before) if (!now.has(line)) wrong.push(`missing: ${line}`);
  for (const line of now) if (!before.has(line)) wrong.push(`left over: ${line}`);
  return wrong;
};

const undone = async (life: UndoLife) => [...(await goOn(life, "run-finished")), ...differences(life, once)];

test("killed right after each record of an undo", () => deaths(all, "record", "record", 4, undone));

test("killed when half a record of an undo was written", () => deaths(all, "record", "half", 9, undone));

test("killed after single changes of files in an undo", () => deaths(all, "change", "after", 8, undone));

test("killed while the run is taken back to a step; then it goes on, and all of it is undone", async () => {
  const later = ["blind", "e a", "e b"];
  const twice = Object.fromEntries(
    [
      ...counts("do", 1, ["inner", "one"]),
      ...counts("undo", 1, ["inner", "one"]),
      ...counts("do", 2, later),
      ...counts("undo", 2, later),
    ].sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  await deaths(back, "record", "record", 5, async (life) => {
    const wrong = await goOn(life, "rewound");
    const forward = await life.belay(["resume", "--yes"]);
    if (forward.code !== 0) wrong.push(`going on from there ended with ${forward.code}: ${forward.stdout.slice(-300)}`);
    const last = await life.belay(all);
    if (last.code !== 0) wrong.push(`the last undo ended with ${last.code}: ${last.stderr} ${last.stdout.slice(-300)}`);
    return [...wrong, ...differences(life, twice)];
  });
});

test.run();
