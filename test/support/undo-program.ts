import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { UndoContext } from "../../src/action/context.ts";
import { ActionFailure } from "../../src/action/failure.ts";
import { catalog } from "../../src/actions/catalog.ts";
import { localFiles } from "../../src/host/local-files.ts";
import type { Json } from "../../src/schema/json.ts";

// Runs or undoes one action in a process of its own, so that it can be killed at any moment:
//   node undo-program.mjs run|undo ACTION INPUT STATE TRASH
// STATE is a folder that holds what a journal would: what was captured and remembered, and the result.
// Exit codes: 0 through, 10 an ActionFailure, whose message is on stdout.
const [phase, name = "", inputText = "", state = "", trashFolder = ""] = process.argv.slice(2);
const input = JSON.parse(inputText) as Json;
const kept = (file: string): Json | undefined =>
  existsSync(join(state, file)) ? (JSON.parse(readFileSync(join(state, file), "utf8")) as Json) : undefined;
const log = join(state, "remembered");
const lines = existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [];
const remembered = new Map<string, Json>(lines.map((line) => JSON.parse(line) as [string, Json]));
const result = kept("result");

const context = (captured: Json | undefined): UndoContext => ({
  run: { id: "k7", startedAt: "2026-11-21T03:02:00.000Z" },
  step: { id: "step", key: "step#1" },
  files: localFiles({ trashFolder }),
  processes: { run: () => Promise.reject(new Error("no programs here")) },
  signal: new AbortController().signal,
  resolvePath: (path) => path,
  progress: () => {},
  note: () => {},
  remember: async (key, value) => {
    remembered.set(key, value);
    appendFileSync(log, `${JSON.stringify([key, value])}\n`);
  },
  recall: (key) => remembered.get(key),
  ended: () => false,
  input,
  ...(captured === undefined ? {} : { captured }),
  ...(result === undefined ? {} : { result }),
});

const action = await catalog.load(name);
if (action?.effect !== "change") throw new Error(`${name} is no change`);
try {
  if (phase === "run") {
    if (kept("captured") === undefined)
      writeFileSync(
        join(state, "captured"),
        JSON.stringify((await action.capture?.(input, context(undefined))) ?? null),
      );
    const made = await action.run(input, context(kept("captured")));
    writeFileSync(join(state, "result"), JSON.stringify(made));
  } else if (kept("captured") !== undefined) {
    // A step of which nothing was captured was never begun, and is not undone.
    await action.undo?.(kept("captured") ?? null, context(kept("captured")));
  }
} catch (error) {
  if (!(error instanceof ActionFailure)) throw error;
  process.stdout.write(`${error.message}\n${error.details.join("\n")}`);
  process.exitCode = 10;
}
