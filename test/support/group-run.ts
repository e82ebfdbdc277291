import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import * as assert from "uvu/assert";
import { readJournal } from "../../src/journal/read-journal.ts";
import type { JournalRecord } from "../../src/journal/record.ts";
import type { Runbook } from "../../src/runbook/runbook.ts";
import type { JsonObject } from "../../src/schema/json.ts";
import { begunAfterEnd, falseOutcomes, groupLies, keysTwice } from "./crash-verdict.ts";
import { type Engine, type EngineOptions, engineFor } from "./engine.ts";

export interface GroupRun extends Engine {
  /** The lines of the file `said`. */
  said(): string[];
  put(name: string, text?: string): void;
  /** Waits until all of these lines were said. */
  until(...lines: string[]): Promise<void>;
  records(): readonly JournalRecord[];
}

/** Lets a test play with a run; at the end its journal must not lie. */
export async function withRun(
  runbook: Runbook,
  work: (run: GroupRun) => Promise<void>,
  inputs: JsonObject = {},
  options: EngineOptions = {},
): Promise<void> {
  const engine = engineFor(runbook, inputs, options);
  const file = join(engine.home, "said");
  const run: GroupRun = {
    ...engine,
    said: () => (existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : []),
    put: (name, text = "") => writeFileSync(join(engine.home, name), text),
    async until(...lines) {
      for (let tries = 0; tries < 500; tries++) {
        const said = run.said();
        if (lines.every((line) => said.includes(line))) return;
        await delay(10);
      }
      throw new Error(`not said in five seconds: ${lines.filter((line) => !run.said().includes(line)).join(", ")}`);
    },
    records: () => readJournal(engine.folder.journal).records,
  };
  try {
    await work(run);
    const records = run.records();
    const wrong = [...falseOutcomes(records), ...begunAfterEnd(records), ...groupLies(records), ...keysTwice(records)];
    assert.equal(wrong, []);
  } finally {
    engine.remove();
  }
}
