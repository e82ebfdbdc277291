import { execFileSync } from "node:child_process";
import { appendFile, mkdir, readdir, readFile, symlink, utimes, writeFile } from "node:fs/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { archiveCreate } from "../../../src/actions/archive/create.ts";
import { archiveExtract } from "../../../src/actions/archive/extract.ts";
import { actionContext, type TestContext } from "../../support/action-context.ts";
import { failureOf } from "../../support/failure-of.ts";

async function given(files: readonly string[] = ["a.xml", "conf/b.xml", "conf/deep/c.txt", "logs/1.log"]) {
  const context = await actionContext();
  const from = context.path("from");
  for (const file of files) {
    const folder = file.split("/").slice(0, -1);
    await mkdir(context.path("from", ...folder), { recursive: true });
    await writeFile(context.path("from", file), file);
  }
  return { context, from, to: context.path("a.tar") };
}

function listed(archive: string): string[] {
  const lines = execFileSync("tar", ["tf", archive], { encoding: "utf8" }).trim().split("\n");
  return lines.filter((line) => line !== "./");
}

async function inspected(context: TestContext, input: { from: string; to: string }): Promise<string> {
  const inspection = await archiveCreate.inspect?.(input, context);
  const summary = inspection && inspection.state !== "done" ? inspection.changes.map((change) => change.summary) : [];
  return `${inspection?.state}: ${inspection?.seen} ${summary.join()}`;
}

test("foreseen, made, seen as done; again is nothing; undone into the trash, once", async () => {
  const { context, from, to } = await given();
  const input = { from, to };
  assert.match(await inspected(context, input), /^not-done: .*a\.tar is not there 4 files, 40 bytes$/);
  const captured = (await archiveCreate.capture?.(input, context)) ?? null;
  const made = await archiveCreate.run(input, context);
  assert.equal(context.progressed.at(-1), { done: 40, total: 40, unit: "bytes" });
  assert.match(await inspected(context, input), /^done: .*4 files, 40 bytes/);
  const before = await readFile(to);
  assert.equal(await archiveCreate.run(input, context), made);
  assert.ok(before.equals(await readFile(to)));
  await archiveCreate.undo?.(captured, context);
  await archiveCreate.undo?.(captured, context);
  assert.equal(await readdir(context.work), ["from"]);
  assert.ok(before.equals(await readFile(context.files.trashPath(to))));
  await context.remove();
});

test("an archive of something else is neither taken for it nor replaced nor undone", async () => {
  const { context, from, to } = await given();
  await writeFile(to, "");
  const input = { from, to };
  assert.match(await inspected(context, input), /^partial: .*a\.tar is there, but can't be read/);
  const captured = (await archiveCreate.capture?.(input, context)) ?? null;
  const failure = await failureOf(archiveCreate.run(input, context));
  assert.match(failure.message, /a\.tar exists already, and nothing is overwritten; no archive was made/);
  assert.is(failure.kind, "wrong-input");
  await archiveCreate.undo?.(captured, context);
  assert.is(await readFile(to, "utf8"), "");
  await context.files.removeOwn(to);

  await archiveCreate.run(input, context);
  await writeFile(context.path("from", "a.xml"), "longer than before");
  assert.match(await inspected(context, input), /a\.xml has 18 bytes, and 5 bytes in the archive/);
  await writeFile(context.path("from", "a.xml"), "a.xml");
  await utimes(context.path("from", "a.xml"), 1e9, 1e9);
  assert.match(await inspected(context, input), /a\.xml was modified at another time/);
  await context.files.removeOwn(context.path("from", "a.xml"));
  assert.match(await inspected(context, input), /a\.xml is only in the archive/);
  await context.remove();
});

test("include and exclude: folders with all below, ** and *, exclude wins, folders above keep their modes", async () => {
  const { context, from, to } = await given();
  const packed = async (patterns: object) => {
    await archiveCreate.run({ from, to, ...patterns }, context);
    const names = listed(to);
    await context.files.removeOwn(to);
    return names;
  };
  assert.equal(await packed({ include: ["conf"] }), ["conf/", "conf/b.xml", "conf/deep/", "conf/deep/c.txt"]);
  assert.equal(await packed({ include: ["**/*.txt"] }), ["conf/", "conf/deep/", "conf/deep/c.txt"]);
  assert.equal(await packed({ include: ["**/*.xml"] }), ["a.xml", "conf/", "conf/b.xml"]);
  assert.equal(await packed({ include: ["*.xml", "conf/"], exclude: ["conf/d??p"] }), ["a.xml", "conf/", "conf/b.xml"]);
  assert.equal(await packed({ exclude: ["logs/**", "./conf"] }), ["a.xml", "logs/"]);
  assert.equal(await packed({ exclude: ["logs", "nothing/*"] }), [
    "a.xml",
    "conf/",
    "conf/b.xml",
    "conf/deep/",
    "conf/deep/c.txt",
  ]);
  assert.equal(context.notes, []); // that nothing had to be left out is no news
  await packed({ include: ["conf", "nothing/*"] });
  assert.match(context.notes.at(-1) ?? "", /The pattern "nothing\/\*" matches nothing/);
  const none = await failureOf(archiveCreate.run({ from, to, include: ["*.jar"] }, context));
  assert.match(none.message, /There is nothing to archive in .*from: the patterns select nothing in it/);
  const wrong = await failureOf(archiveCreate.run({ from, to, include: ["../x"] }, context));
  assert.match(wrong.message, /The pattern "\.\.\/x" must be a path inside the folder/);
  await context.remove();
});

test("the archive inside the folder that it is made of is not part of itself", async () => {
  const { context, from } = await given(["f"]);
  const input = { from, to: context.path("from", "backup.tar.gz") };
  await archiveCreate.run(input, context);
  assert.equal(listed(input.to), ["f"]);
  assert.match(await inspected(context, input), /^done/);
  // What an attempt that was killed left behind is not packed either, and is cleared.
  await context.files.removeOwn(input.to);
  await mkdir(`${input.to}.belay-k7-step`);
  await writeFile(`${input.to}.belay-k7-step/backup.tar.gz`, "half");
  await archiveCreate.run(input, context);
  assert.equal(listed(input.to), ["f"]);
  assert.equal((await readdir(from)).sort(), ["backup.tar.gz", "f"]);
  await context.remove();
});

test("pipes are left out and told; symlinks that archive.extract refuses are told", async () => {
  const { context, from, to } = await given(["f"]);
  execFileSync("mkfifo", [context.path("from", "pipe")]);
  await symlink("/etc/hosts", context.path("from", "hosts"));
  const made = (await archiveCreate.run({ from, to }, context)) as { skipped: number; files: number };
  assert.equal([made.skipped, made.files], [1, 2]);
  assert.match(context.notes.join("\n"), /Sockets, pipes and devices are left out: 1 \(pipe\)/);
  assert.match(context.notes.join("\n"), /Symlinks to absolute paths, which archive\.extract refuses: 1 \(hosts\)/);
  await context.remove();
});

test("a file that changes while it is read fails the step, and leaves nothing", async () => {
  for (const [name, size] of [
    ["a.tar", 3_000_000],
    ["a.zip", 3_000_000],
    ["a.tar.gz", 300],
  ] as const) {
    const { context, from } = await given(["f"]);
    await writeFile(context.path("from", "growing.log"), Buffer.alloc(size));
    const grow = () => appendFile(context.path("from", "growing.log"), "one more line\n");
    const files = {
      ...context.files,
      stream: (path: string) => {
        const stream = context.files.stream(path);
        return stream.on("data", grow).pause();
      },
      readBytes: async (path: string) => {
        const bytes = await context.files.readBytes(path);
        if (path.endsWith(".log")) await grow();
        return bytes;
      },
    };
    const failure = await failureOf(archiveCreate.run({ from, to: context.path(name) }, { ...context, files }));
    assert.match(failure.message, /growing\.log changed while it was read; no archive was made/);
    assert.is(failure.kind, "failed");
    assert.equal(await readdir(context.work), ["from"]);
    await context.remove();
  }
});

test("nothing to pack, no such folder, a symlink, a backslash in a zip", async () => {
  const { context, to } = await given(["f", "a\\b"]);
  await mkdir(context.path("empty"));
  await symlink("from", context.path("link"));
  const message = async (from: string, archive = to) =>
    (await failureOf(archiveCreate.run({ from: context.path(from), to: archive }, context))).message;
  assert.match(await message("empty"), /There is nothing to archive in .*empty: the folder is empty/);
  assert.match(await message("none"), /There is no .*none; no archive was made/);
  assert.match(await message("link"), /link is a symlink, and is not followed/);
  assert.match(await message("from", context.path("a.zip")), /a\\b: a zip archive can't hold a name with a backslash/);
  assert.match(await message("from", context.path("a.7z")), /does not end in \.tar, \.tar\.gz, \.tgz or \.zip/);
  assert.match(await message("from", context.path("no", "folder", "a.tar")), /folder/);
  await context.remove();
});

for (const name of ["a.tar.gz", "a.zip"]) {
  test(`${name}: a stop leaves nothing, while packing and while unpacking`, async () => {
    const { context, from } = await given(["f"]);
    await writeFile(context.path("from", "large"), Buffer.alloc(5_000_000, "0123456789abcdef"));
    for (const more of ["m1", "m2", "m3"]) await writeFile(context.path("from", more), Buffer.alloc(200_000));
    const to = context.path(name);
    const stopping = (path: string) => {
      const end = new AbortController();
      const files = {
        ...context.files,
        stream: (...args: Parameters<typeof context.files.stream>) => {
          if (args[0] === path) setTimeout(() => end.abort(), 2);
          return context.files.stream(...args);
        },
      };
      return { ...context, files, signal: end.signal };
    };
    const packing = await failureOf(archiveCreate.run({ from, to }, stopping(context.path("from", "large"))));
    assert.match(packing.message, /The step was stopped; no archive was made at/);
    assert.equal(await readdir(context.work), ["from"]);
    await archiveCreate.run({ from, to }, context);
    const out = context.path("out");
    const unpacking = await failureOf(archiveExtract.run({ from: to, to: out }, stopping(to)));
    assert.match(unpacking.message, /The step was stopped; nothing was extracted to/);
    assert.equal((await readdir(context.work)).sort(), [name, "from"]);
    // What an attempt that was killed left behind is cleared.
    await mkdir(`${out}.belay-k7-step/half`, { recursive: true });
    await archiveExtract.run({ from: to, to: out }, context);
    assert.equal((await readdir(context.work)).sort(), [name, "from", "out"]);
    assert.equal((await readdir(out)).sort(), ["f", "large", "m1", "m2", "m3"]);
    await context.remove();
  });
}

test("plan before the archive is there: foreseen as far as it can be", async () => {
  const { context, to } = await given(["f"]);
  const input = { from: to, to: context.path("out") };
  const early = await archiveExtract.inspect?.(input, context);
  assert.is(early?.state, "not-done");
  assert.match(await inspected(context, { from: context.path("none"), to }), /^not-done: .* what is in .*none by then/);
  await mkdir(input.to);
  await writeFile(context.path("out", "f"), "");
  assert.is((await archiveExtract.inspect?.(input, context))?.state, "partial");
  await context.remove();
});

test.run();
