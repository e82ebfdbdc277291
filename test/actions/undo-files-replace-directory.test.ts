import { mkdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { filesReplaceDirectory } from "../../src/actions/files/replace-directory.ts";
import { actionContext } from "../support/action-context.ts";
import { failureOf } from "../support/failure-of.ts";
import { openUndoLab, type UndoLab } from "../support/undo-lab.ts";

let lab: UndoLab;
test.before(async () => {
  lab = await openUndoLab();
});
test.after(() => lab.close());

const prepare = (work: string) => {
  for (const name of ["live", "staged"]) {
    mkdirSync(join(work, name));
    writeFileSync(join(work, name, "is"), name);
    utimesSync(join(work, name), 1e9, 1e9);
  }
};
const input = (work: string) => ({ path: join(work, "live"), with: join(work, "staged") });

test("both folders go back", () => {
  lab.sweep({ action: "files.replace-directory", prepare, input });
});

async function swapped() {
  const context = await actionContext();
  prepare(context.work);
  const given = input(context.work);
  const captured = (await filesReplaceDirectory.capture?.(given, context)) ?? null;
  await filesReplaceDirectory.run(given, context);
  const undo = () => Promise.resolve(filesReplaceDirectory.undo?.(captured, { ...context, input: given }));
  return { context, ...given, old: `${given.path}.old.k7`, undo };
}

test("a folder goes back with what came into it since", async () => {
  const { context, path, with: staged, undo } = await swapped();
  writeFileSync(join(path, "new"), "");
  await undo();
  assert.is(readFileSync(join(path, "is"), "utf8"), "live");
  assert.is(readFileSync(join(staged, "new"), "utf8"), "");
  await context.remove();
});

test("refused: another folder in the place of either, or the old one gone", async () => {
  const cases: [words: string, change: (path: string, old: string) => void][] = [
    [
      "not those that the step swapped",
      (path) => {
        renameSync(path, `${path}.mine`);
        mkdirSync(path);
      },
    ],
    [
      "not those that the step swapped",
      (_, old) => {
        renameSync(old, `${old}.mine`);
        mkdirSync(old);
      },
    ],
    ["not as the step left it", (_, old) => rmSync(old, { recursive: true })],
    ["not as the step left it", (path) => rmSync(path, { recursive: true })],
  ];
  for (const [words, change] of cases) {
    const { context, path, old, undo } = await swapped();
    change(path, old);
    const failure = await failureOf(undo());
    assert.match(failure.message, words);
    assert.match(failure.details.join(), "by hand");
    await context.remove();
  }
});

test.run();
