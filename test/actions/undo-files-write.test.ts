import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { filesWrite } from "../../src/actions/files/write.ts";
import { actionContext } from "../support/action-context.ts";
import { failureOf } from "../support/failure-of.ts";
import { openUndoLab, otherDisk, type UndoLab } from "../support/undo-lab.ts";

let lab: UndoLab;
test.before(async () => {
  lab = await openUndoLab();
});
test.after(() => lab.close());

const old = (work: string) => {
  writeFileSync(join(work, "conf"), Buffer.from([0x63, 0xe9, 0x0d, 0x00, 0xff]));
  chmodSync(join(work, "conf"), 0o640);
};
const over = (work: string) => ({ path: join(work, "conf"), content: "new\n", mode: "0600" });

test("over an old file: content, mode and time come back", () => {
  lab.sweep({ action: "files.write", prepare: old, input: over });
});

test("a new file goes", () => {
  lab.sweep({ action: "files.write", prepare: () => {}, input: over });
});

test("through a symlink, and of the mode alone", () => {
  const prepare = (work: string) => {
    writeFileSync(join(work, "real"), "new\n");
    chmodSync(join(work, "real"), 0o755);
    symlinkSync("real", join(work, "conf"));
  };
  lab.sweep({ action: "files.write", prepare, input: over });
});

(otherDisk ? test : test.skip)("a new file goes to a trash on another file system", () => {
  lab.sweep({ action: "files.write", prepare: () => {}, input: over, farTrash: true });
});

async function written(before: string | undefined, mode?: string) {
  const context = await actionContext();
  const path = context.path("conf");
  if (before !== undefined) writeFileSync(path, before);
  const input = { path, content: "new", ...(mode === undefined ? {} : { mode }) };
  const captured = (await filesWrite.capture?.(input, context)) ?? null;
  await filesWrite.run(input, context);
  const undo = () => Promise.resolve(filesWrite.undo?.(captured, { ...context, input }));
  return { context, path, undo };
}

test("refused: edited, gone, replaced by a folder, of another mode", async () => {
  const cases: [words: string | RegExp, change: (path: string) => void, mode?: string][] = [
    ["somebody changed it since", (path) => writeFileSync(path, "edited")],
    ["it is gone", (path) => rmSync(path)],
    [
      "it is a directory now",
      (path) => {
        rmSync(path);
        mkdirSync(path);
      },
    ],
    ["its mode is 0644 now", (path) => chmodSync(path, 0o644), "0600"],
  ];
  for (const [words, change, mode] of cases) {
    const { context, path, undo } = await written("old", mode);
    change(path);
    const failure = await failureOf(undo());
    assert.is(failure.kind, "failed");
    assert.match(failure.message, words);
    assert.match(failure.details.join(), "is in the run's journal");
    await context.remove();
  }
});

test("a new file that was edited stays; one that is gone is fine", async () => {
  const edited = await written(undefined);
  writeFileSync(edited.path, "edited");
  assert.match((await failureOf(edited.undo())).message, "somebody changed it since");
  assert.is(readFileSync(edited.path, "utf8"), "edited");
  await edited.context.remove();
  const gone = await written(undefined);
  rmSync(gone.path);
  await gone.undo();
  await gone.context.remove();
});

test("put back by hand before: nothing to do", async () => {
  const { context, path, undo } = await written("old");
  writeFileSync(path, "old");
  chmodSync(path, 0o600);
  await undo();
  assert.is(readFileSync(path, "utf8"), "old");
  await context.remove();
});

test.run();
