import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { archiveCreate } from "../../../src/actions/archive/create.ts";
import { archiveExtract } from "../../../src/actions/archive/extract.ts";
import { actionContext } from "../../support/action-context.ts";
import { failureOf } from "../../support/failure-of.ts";
import { canMount, smallDisk } from "../../support/small-disk.ts";

const mountable = await canMount();
if (!mountable) console.log("SKIP a full disk: this user can't mount a small one");
const withDisk = mountable ? test : test.skip;

/** An archive with small and large files, and its bytes. */
async function given(name: string) {
  const context = await actionContext();
  await mkdir(context.path("from", "sub"), { recursive: true });
  for (let n = 0; n < 8; n++) {
    await writeFile(context.path("from", "sub", `f${n}`), `${n}`.repeat(1000 + n));
    await utimes(context.path("from", "sub", `f${n}`), 1e9, 1e9); // whole seconds need no extended header
  }
  await writeFile(context.path("from", "random"), randomBytes(400_000));
  const input = { from: context.path(name), to: context.path("out") };
  await archiveCreate.run({ from: context.path("from"), to: input.from }, context);
  return { context, input, bytes: await readFile(input.from) };
}

for (const name of ["a.tar", "a.tar.gz", "a.zip"]) {
  test(`${name}: cut off anywhere, it fails and leaves nothing`, async () => {
    const { context, input, bytes } = await given(name);
    // The very end of a tar is padding: the mark of its end is what counts.
    const whole = name === "a.tar" ? bytes.lastIndexOf(Buffer.from("random")) + 512 + 400_000 : bytes.length;
    const places = [
      0,
      1,
      10,
      511,
      512,
      513,
      1024,
      1536,
      2048,
      5000,
      Math.floor(whole / 2),
      whole - 600,
      whole - 20,
      whole - 1,
    ];
    for (const length of places) {
      await writeFile(input.from, bytes.subarray(0, length));
      const failure = await failureOf(archiveExtract.run(input, context));
      assert.is(failure.kind, "failed", `${length}: ${failure.message}`);
      assert.match(failure.message, new RegExp(`The archive ${input.from} is damaged: `));
      assert.equal((await readdir(context.work)).sort(), [name, "from"]);
    }
    await context.remove();
  });

  test(`${name}: with a changed byte in its content or its headers, it fails and leaves nothing`, async () => {
    const { context, input, bytes } = await given(name);
    // Plain tar has a checksum over its headers only.
    const places =
      name === "a.tar"
        ? [0, 100, 156, bytes.indexOf("sub/f1\0") + 3]
        : [Math.floor(bytes.length / 2), Math.floor(bytes.length / 3)];
    for (const place of places) {
      const copy = Buffer.from(bytes);
      copy[place] = (copy[place] ?? 0) ^ 0x55;
      await writeFile(input.from, copy);
      const failure = await failureOf(archiveExtract.run(input, context));
      assert.match(failure.message, /is damaged: |nothing was extracted/, `byte ${place}`);
      assert.equal((await readdir(context.work)).sort(), [name, "from"]);
    }
    await context.remove();
  });
}

test("a tar cut off exactly between two entries is not taken for a whole one", async () => {
  const { context, input, bytes } = await given("a.tar");
  const between = bytes.indexOf("sub/f1\0");
  assert.is(between % 512, 0);
  await writeFile(input.from, bytes.subarray(0, between));
  assert.match((await failureOf(archiveExtract.run(input, context))).message, /without the mark that ends an archive/);
  await context.remove();
});

test("what is no archive, what is empty, and what the name does not tell", async () => {
  const context = await actionContext();
  await mkdir(context.path("nothing"));
  const message = async (name: string) => {
    const failure = await failureOf(archiveExtract.run({ from: context.path(name), to: context.path("out") }, context));
    return `${failure.kind}: ${failure.message}`;
  };
  for (const name of ["text.tar", "text.tgz", "text.zip"]) {
    await writeFile(context.path(name), "This is no archive at all.\n".repeat(100));
    assert.match(await message(name), /^failed: The archive .* is damaged: /);
  }
  await writeFile(context.path("text.rar"), "");
  assert.match(await message("text.rar"), /^wrong-input: .*does not end in \.tar, \.tar\.gz, \.tgz or \.zip/);
  assert.match(await message("none.tar"), /^wrong-input: There is no .*none\.tar; nothing was extracted/);
  execFileSync("tar", ["cf", context.path("empty.tar"), "-T", "/dev/null"]);
  execFileSync("tar", ["czf", context.path("empty.tgz"), "-C", context.path("nothing"), "."]);
  await writeFile(context.path("empty.zip"), Buffer.from("PK\x05\x06".padEnd(22, "\0"), "latin1"));
  for (const name of ["empty.tar", "empty.tgz", "empty.zip"]) {
    assert.match(await message(name), /^wrong-input: The archive .* is empty; nothing was extracted/);
  }
  await writeFile(context.path("nothing", "f"), "");
  await archiveCreate.run({ from: context.path("nothing"), to: context.path("one.tar") }, context);
  const input = { from: context.path("one.tar"), to: context.path("out"), include: ["g"] };
  const none = await failureOf(archiveExtract.run(input, context));
  assert.match(none.message, /The patterns select nothing in the archive .*one\.tar; nothing was extracted/);
  assert.is(none.kind, "wrong-input");
  await context.remove();
});

withDisk("a full disk: told beforehand where it can be, and nothing is left where it can't", async () => {
  const { context, input } = await given("a.tar.gz");
  const disk = await smallDisk(context.path("disk"));
  try {
    // Without what it states about itself, only the disk can tell.
    const blind = { ...context, files: { ...context.files, freeBytes: async () => 1e12 } };
    await writeFile(context.path("disk", "filler"), Buffer.alloc(800_000));
    const to = context.path("disk", "out");
    const told = await failureOf(archiveExtract.run({ ...input, to }, context));
    assert.match(told.message, /There is not enough room for .*out: the archive needs \d+ kB, the disk has \d+ kB/);
    const met = await failureOf(archiveExtract.run({ ...input, to }, blind));
    assert.match(met.message, /^The disk that holds .*disk\/out\/\S+ is full; nothing was extracted to .*disk\/out$/);
    const packed = await failureOf(
      archiveCreate.run({ from: context.path("from"), to: context.path("disk", "b.tar") }, context),
    );
    assert.match(packed.message, /^The disk that holds .*disk\/b\.tar is full; no archive was made$/);
    assert.equal(await readdir(context.path("disk")), ["filler"]);
  } finally {
    disk.unmount();
  }
  await context.remove();
});

test.run();
