import { mkdir, readdir, readFile, rename, symlink, writeFile } from "node:fs/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { filesReplaceDirectory } from "../../../src/actions/files/replace-directory.ts";
import { actionContext } from "../../support/action-context.ts";
import { failureOf } from "../../support/failure-of.ts";
import { canMount, smallDisk } from "../../support/small-disk.ts";

const withDisk = (await canMount()) ? test : test.skip;
const { inspect, capture, run, undo } = filesReplaceDirectory;

async function given(there: string[] = ["repository", "staged"]) {
  const context = await actionContext();
  for (const name of there) {
    await mkdir(context.path(name));
    await writeFile(context.path(name, "is"), name);
  }
  const input = { path: context.path("repository"), with: context.path("staged") };
  const world = async () => {
    const names = (await readdir(context.work)).sort();
    return Promise.all(names.map(async (name) => `${name}=${await readFile(context.path(name, "is"), "utf8")}`));
  };
  return { context, input, world };
}

const swapped = ["repository=staged", "repository.old.k7=repository"];
const untouched = ["repository=repository", "staged=staged"];

test("swaps, says where the old one is, and swaps back once", async () => {
  const { context, input, world } = await given();
  const before = await inspect?.(input, context);
  assert.is(before?.state, "not-done");
  assert.is(before?.state === "not-done" && before.changes.length, 2);
  const captured = (await capture?.(input, context)) ?? null;
  assert.equal(await run(input, context), { path: input.path, old: `${input.path}.old.k7` });
  assert.equal(await world(), swapped);
  assert.is((await inspect?.(input, context))?.state, "done");
  await run(input, context);
  assert.equal(await world(), swapped);
  await undo?.(captured, context);
  await undo?.(captured, context);
  assert.equal(await world(), untouched);
  await context.remove();
});

test("half done: seen so, finished by run, and undone by undo", async () => {
  for (const finish of [true, false]) {
    const { context, input, world } = await given();
    const captured = (await capture?.(input, context)) ?? null;
    await rename(input.path, `${input.path}.old.k7`);
    const seen = await inspect?.(input, context);
    assert.is(seen?.state, "partial");
    assert.is(seen?.seen, "repository.old.k7 is there, repository is missing, staged copy is there: half done");
    await (finish ? run(input, context) : undo?.(captured, context));
    assert.equal(await world(), finish ? swapped : untouched);
    await context.remove();
  }
});

test("impossible states are refused and left as they are", async () => {
  // Where one of the two was missing, nothing was swapped, and undo has nothing to do.
  const cases: [string[], string | undefined, string, undo: "refused" | "nothing"][] = [
    [["repository", "staged", "repository.old.k7"], "partial", "can't be swapped", "refused"],
    [["repository.old.k7"], "partial", "can't be swapped", "nothing"],
    [["repository"], "not-done", "There is no", "nothing"],
    [["staged"], undefined, "to replace", "nothing"],
    [[], undefined, "to replace", "nothing"],
  ];
  for (const [there, state, words, undone] of cases) {
    const { context, input, world } = await given(there);
    const before = await world();
    if (state === undefined) assert.is((await failureOf(inspect?.(input, context))).kind, "wrong-input");
    else assert.is((await inspect?.(input, context))?.state, state);
    const failure = await failureOf(run(input, context));
    assert.is(failure.kind, "wrong-input");
    assert.match(failure.message, words);
    const captured = (await capture?.(input, context)) ?? null;
    if (undone === "nothing") await undo?.(captured, context);
    else assert.is((await failureOf(undo?.(captured, context))).kind, "failed");
    assert.equal(await world(), before);
    await context.remove();
  }
});

test("symlinks, files and a folder inside the other are refused", async () => {
  const { context, input } = await given();
  await symlink("repository", context.path("link"));
  assert.match(
    (await failureOf(run({ ...input, path: context.path("link") }, context))).message,
    "is a symlink to repository",
  );
  assert.match(
    (await failureOf(run({ ...input, with: context.path("staged", "is") }, context))).message,
    "not a folder",
  );
  const inside = { path: input.path, with: `${input.path}/new` };
  await mkdir(inside.with);
  assert.match((await failureOf(run(inside, context))).message, "inside the other");
  await context.remove();
});

test("when the second rename fails, the old folder goes back", async () => {
  const { context, input, world } = await given();
  const files = {
    ...context.files,
    move: async (from: string, to: string) => {
      if (from === input.with) await mkdir(`${to}.blocked`); // something that belay did not foresee
      if (from === input.with) return context.files.move(`${from}.none`, to);
      return context.files.move(from, to);
    },
  };
  const failure = await failureOf(run(input, { ...context, files }));
  assert.is(failure.kind, "failed");
  assert.match(failure.message, "was put back as it was");
  await context.files.removeOwn(context.path("repository.blocked"));
  assert.equal(await world(), untouched);
  await context.remove();
});

withDisk("another file system is refused before anything moves", async () => {
  const { context, input } = await given();
  const disk = await smallDisk(context.path("disk"));
  try {
    await mkdir(context.path("disk", "staged"));
    const other = { ...input, with: context.path("disk", "staged") };
    assert.match((await failureOf(inspect?.(other, context))).message, "another file system");
    assert.match((await failureOf(run(other, context))).message, "another file system");
    assert.ok(await context.files.stat(input.path));
  } finally {
    disk.unmount();
    await context.remove();
  }
});

test.run();
