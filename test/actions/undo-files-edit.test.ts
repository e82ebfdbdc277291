import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { filesEdit } from "../../src/actions/files/edit.ts";
import { actionContext } from "../support/action-context.ts";
import { failureOf } from "../support/failure-of.ts";
import { openUndoLab, type UndoLab } from "../support/undo-lab.ts";

let lab: UndoLab;
test.before(async () => {
  lab = await openUndoLab();
});
test.after(() => lab.close());

const prepare = (work: string) => {
  writeFileSync(join(work, "app.conf"), "# the app\r\nport=80\r\ngone=yes");
  chmodSync(join(work, "app.conf"), 0o604);
};
const input = (work: string) => ({ path: join(work, "app.conf"), set: { port: 9443 }, remove: ["gone"] });

test("content, mode and time come back", () => {
  lab.sweep({ action: "files.edit", prepare, input });
});

async function edited(content = "port=80\n") {
  const context = await actionContext();
  const path = context.path("app.conf");
  writeFileSync(path, content);
  const given = { path, set: { port: 9443 } };
  const captured = (await filesEdit.capture?.(given, context)) ?? null;
  const result = await filesEdit.run(given, context);
  const undo = () => Promise.resolve(filesEdit.undo?.(captured, { ...context, input: given, result }));
  return { context, path, captured, given, undo };
}

test("refused: edited since, gone, a folder", async () => {
  const cases: [words: string, change: (path: string) => void][] = [
    ["somebody changed it since", (path) => writeFileSync(path, "port=1\n")],
    ["it is gone", (path) => rmSync(path)],
    [
      "it is a directory now",
      (path) => {
        rmSync(path);
        mkdirSync(path);
      },
    ],
  ];
  for (const [words, change] of cases) {
    const { context, path, undo } = await edited();
    change(path);
    const failure = await failureOf(undo());
    assert.match(failure.message, words);
    assert.match(failure.details.join(), "is in the run's journal");
    await context.remove();
  }
});

test("where the edit changed nothing, nothing is undone, whatever came since", async () => {
  const { context, path, undo } = await edited("port=9443\n");
  writeFileSync(path, "port=1\n");
  await undo();
  assert.is(readFileSync(path, "utf8"), "port=1\n");
  await context.remove();
});

test("a later attempt that edited other content is undone to what the first one captured", async () => {
  const { context, path, captured, given } = await edited();
  writeFileSync(path, "port=80\nmore=1\n");
  const result = await filesEdit.run(given, context);
  await filesEdit.undo?.(captured, { ...context, input: given, result });
  assert.is(readFileSync(path, "utf8"), "port=80\n");
  await context.remove();
});

test.run();
