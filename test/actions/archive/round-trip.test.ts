import { execFileSync } from "node:child_process";
import { chmod, chown, link, lutimes, mkdir, readFile, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { compareTrees } from "../../../src/action/compare-trees.ts";
import { archiveCreate } from "../../../src/actions/archive/create.ts";
import { archiveExtract } from "../../../src/actions/archive/extract.ts";
import { actionContext, type TestContext } from "../../support/action-context.ts";
import { failureOf } from "../../support/failure-of.ts";

const root = process.geteuid?.() === 0;
if (!root) console.log("SKIP owners of archived files: only root can set them");

const whole = new Date("2024-02-29T12:00:01Z");
const fine = new Date("2001-09-09T01:46:40.123Z");

/** A folder with all that an archive should keep. */
async function tree(context: TestContext): Promise<string> {
  const from = context.path("from");
  const at = (...parts: string[]) => join(from, ...parts);
  await mkdir(at("conf", "empty"), { recursive: true });
  await mkdir(at("d".repeat(120), "e".repeat(130)), { recursive: true });
  await writeFile(at("d".repeat(120), "e".repeat(130), `${"ü".repeat(60)}.txt`), "long");
  await writeFile(at("conf", "app.properties"), "a=1\n");
  await writeFile(at("conf", "Grüße 日本 🎈.txt"), "unicode");
  await writeFile(at("new\nline"), "1");
  await writeFile(at("start.sh"), "#!/bin/sh\n");
  await writeFile(at("big.bin"), Buffer.alloc(700_001, "0123456789"));
  await writeFile(at("nothing"), "");
  await symlink("conf/app.properties", at("link"));
  await symlink("../start.sh", at("conf", "up"));
  await chmod(at("start.sh"), 0o750);
  await chmod(at("conf"), 0o700);
  await chmod(from, 0o711);
  if (root) {
    await chmod(at("nothing"), 0o4755);
    for (const path of ["conf", "start.sh"]) await chown(at(path), 1234, 4321);
    await chown(at("big.bin"), 3_000_000, 3_000_000); // more than a ustar header can hold
    await chown(from, 77, 78);
    await chmod(at("start.sh"), 0o750);
  }
  await lutimes(at("link"), whole, whole);
  await utimes(at("conf", "app.properties"), fine, fine);
  await utimes(at("start.sh"), new Date("1969-12-31T23:00:00Z"), new Date("1969-12-31T23:00:00Z"));
  await utimes(at("conf", "empty"), whole, whole);
  return from;
}

/** mode, owner, time in seconds, kind, path and target of everything in a folder, as find prints them. */
function listing(folder: string, format = "%m %U %G %.10T@ %y %P %l\\0"): string[] {
  return execFileSync("find", [folder, "-printf", format], { encoding: "utf8" }).split("\0").sort();
}

const content = (folder: string) =>
  execFileSync("sh", ["-c", "find . -type f -print0 | sort -z | xargs -0 sha256sum"], {
    cwd: folder,
    encoding: "utf8",
  });

for (const name of ["a.tar", "a.tar.gz", "a.TGZ"]) {
  test(`${name}: what create packs, extract and tar unpack again, with owners, modes, times and links`, async () => {
    const context = await actionContext();
    const from = await tree(context);
    const input = { from, to: context.path(name) };
    const made = (await archiveCreate.run(input, context)) as { sha256: string; files: number; bytes: number };
    assert.is(made.files, 9);
    assert.is(made.bytes, 700_001 + 4 + 4 + 7 + 1 + 10);
    assert.is(made.sha256, execFileSync("sha256sum", [input.to], { encoding: "utf8" }).slice(0, 64));

    const out = { from: input.to, to: context.path("parents", "are", "made") };
    const result = await archiveExtract.run(out, context);
    assert.equal(result, { path: out.to, files: made.files, bytes: made.bytes });
    assert.equal(listing(out.to), listing(from));
    assert.is(content(out.to), content(from));
    assert.is(
      execFileSync("stat", ["-c", "%Y.%.3Y", join(out.to, "conf", "app.properties")], { encoding: "utf8" })
        .trim()
        .slice(-14),
      "1000000000.123",
    );

    await mkdir(context.path("tar"));
    execFileSync("tar", ["-xpf", input.to, "-C", context.path("tar"), "--warning=no-timestamp"], { stdio: "pipe" });
    assert.equal(listing(context.path("tar")), listing(from));
    assert.is(content(context.path("tar")), content(from));

    assert.is((await archiveCreate.inspect?.(input, context))?.state, "done");
    assert.is((await archiveExtract.inspect?.(out, context))?.state, "done");
    const again = { from, to: context.path(`again.${name}`) };
    await archiveCreate.run(again, context);
    assert.ok((await readFile(input.to)).equals(await readFile(again.to)), "the same tree gives the same bytes");
    await context.remove();
  });
}

for (const options of [
  ["--format=gnu"],
  ["--format=pax"],
  ["--format=ustar", "--exclude=*ü*", "--exclude=d*", "--exclude=big.bin"],
  ["--format=v7", "--exclude=d*", "--exclude=big.bin"],
]) {
  test(`an archive of tar ${options.join(" ")} unpacks as tar would`, async () => {
    const context = await actionContext();
    const from = await tree(context);
    await link(join(from, "start.sh"), join(from, "second name"));
    if (!options[0]!.includes("pax")) await utimes(join(from, "start.sh"), whole, whole);
    const to = context.path("a.tgz");
    execFileSync("tar", [...options, "-czf", to, "-C", from, "."], { stdio: "pipe" });
    await archiveExtract.run({ from: to, to: context.path("out") }, context);
    await mkdir(context.path("tar"));
    execFileSync("tar", ["-xpf", to, "-C", context.path("tar"), "--warning=no-timestamp"], { stdio: "pipe" });
    assert.equal(listing(context.path("out")), listing(context.path("tar")));
    assert.is(content(context.path("out")), content(context.path("tar")));
    const names = listing(context.path("out"), "%n %P\\0").filter((line) => line.endsWith("second name"));
    assert.equal(names, ["2 second name"]);
    await context.remove();
  });
}

test("zip: what create packs, extract and unzip unpack again, with modes, times and links", async () => {
  const context = await actionContext();
  const from = await tree(context);
  await utimes(join(from, "start.sh"), whole, whole); // a zip has no time before 1970
  const input = { from, to: context.path("a.zip") };
  await archiveCreate.run(input, context);
  const out = { from: input.to, to: context.path("out") };
  await archiveExtract.run(out, context);
  // Neither the folder itself nor the time of a symlink is in a zip.
  const below = (folder: string, format: string) =>
    listing(folder, `%P ${format}`).filter((line) => /^[^ ]/.test(line));
  const modes = (folder: string) => below(folder, "%m %y %l\\0");
  const times = (folder: string) => below(folder, "%y %.10T@\\0").filter((line) => !line.includes(" l "));
  assert.equal(modes(out.to), modes(from));
  assert.equal(times(out.to), times(from));
  assert.is(content(out.to), content(from));
  execFileSync("unzip", ["-q", "-K", "-^", input.to, "-d", context.path("unzip")], {
    env: { ...process.env, LC_ALL: "C.UTF-8" },
  });
  assert.is(content(context.path("unzip")), content(from));
  assert.equal(modes(context.path("unzip")), modes(from));
  assert.is((await archiveCreate.inspect?.(input, context))?.state, "done");
  assert.is((await archiveExtract.inspect?.(out, context))?.state, "done");
  await writeFile(join(out.to, "conf", "app.properties"), "a=2\n");
  const seen = await archiveExtract.inspect?.(out, context);
  assert.match(seen?.state === "partial" ? seen.seen : "", /app\.properties has another content/);
  await context.remove();
});

test("an archive of zip unpacks as unzip would, symlinks too", async () => {
  const context = await actionContext();
  const from = await tree(context);
  execFileSync("zip", ["-qry", context.path("a.zip"), "."], { cwd: from, env: { ...process.env, LC_ALL: "C.UTF-8" } });
  await archiveExtract.run({ from: context.path("a.zip"), to: context.path("out") }, context);
  execFileSync("unzip", ["-q", "-K", "-^", context.path("a.zip"), "-d", context.path("unzip")], {
    env: { ...process.env, LC_ALL: "C.UTF-8" },
  });
  const shape = (folder: string) => listing(folder, "%m %y %P %l\\0").filter((line) => !/ d {2}$/.test(line));
  assert.equal(shape(context.path("out")), shape(context.path("unzip")));
  assert.is(content(context.path("out")), content(from));
  await context.remove();
});

test("a single file", async () => {
  const context = await actionContext();
  await writeFile(context.path("dump.rdb"), "REDIS");
  for (const name of ["a.tar.gz", "a.zip"]) {
    const made = await archiveCreate.run({ from: context.path("dump.rdb"), to: context.path(name) }, context);
    assert.is((made as { files: number }).files, 1);
    await archiveExtract.run({ from: context.path(name), to: context.path(`${name}.out`) }, context);
    assert.is(await readFile(context.path(`${name}.out`, "dump.rdb"), "utf8"), "REDIS");
  }
  await context.remove();
});

test("an empty folder that is there is taken over, and comes back with undo", async () => {
  const context = await actionContext();
  await mkdir(context.path("from"));
  await writeFile(context.path("from", "f"), "1");
  await archiveCreate.run({ from: context.path("from"), to: context.path("a.zip") }, context);
  const input = { from: context.path("a.zip"), to: context.path("out") };
  await mkdir(input.to);
  await chmod(input.to, 0o750);
  const captured = (await archiveExtract.capture?.(input, context)) ?? null;
  assert.is((await archiveExtract.inspect?.(input, context))?.state, "not-done");
  await archiveExtract.run(input, context);
  assert.equal(listing(input.to, "%m %P\\0"), ["", "644 f", "750 "]);
  await archiveExtract.undo?.(captured, context);
  await archiveExtract.undo?.(captured, context);
  assert.equal(listing(input.to, "%m %P\\0"), ["", "750 "]);
  assert.is(await compareTrees(context.files, context.path("from"), context.files.trashPath(input.to)), undefined);
  const full = { from: input.from, to: context.path("from") };
  await writeFile(context.path("from", "g"), "2");
  await archiveExtract.undo?.((await archiveExtract.capture?.(full, await actionContext())) ?? null, {
    ...context,
    recall: () => undefined,
  });
  assert.is(await readFile(context.path("from", "g"), "utf8"), "2", "what was there before is never undone");
  await writeFile(context.path("from", "f"), "12");
  assert.match(
    (await failureOf(archiveExtract.run(full, context))).message,
    /from is not empty; nothing was extracted/,
  );
  await context.remove();
});

test.run();
