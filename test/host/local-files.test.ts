import {
  chmod,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { basename, dirname } from "node:path";
import { Readable } from "node:stream";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { localReadFiles } from "../../src/host/local-read-files.ts";
import { actionContext } from "../support/action-context.ts";
import { failureOf } from "../support/failure-of.ts";
import { canMount, smallDisk } from "../support/small-disk.ts";

const withDisk = (await canMount()) ? test : test.skip;
const asRoot = process.getuid?.() === 0 ? test : test.skip;
const root = process.getuid?.() === 0;
const hostile = ["-rf", "a\nb", "Ünïcødé ☃", " spaces ", "quote'\"$(x)", "back\\slash", "\u2028"];

async function given() {
  const context = await actionContext();
  return { ...context, end: context.remove };
}

test("reading has no way to write", () => {
  const names = Object.keys(localReadFiles()).sort();
  assert.equal(names, [
    "freeBytes",
    "list",
    "readBytes",
    "readLink",
    "readText",
    "sha256",
    "stat",
    "statTarget",
    "stream",
    "walk",
  ]);
});

test("write makes a file with the usual mode, and keeps the mode and owner of one it replaces", async () => {
  const { files, path, work, end } = await given();
  await files.write(path("new"), "one");
  assert.is((await stat(path("new"))).mode & 0o777, 0o666 & ~process.umask());
  await writeFile(path("old"), "x");
  await chmod(path("old"), 0o640);
  if (root) await files.setOwner(path("old"), 1234, 2345);
  await files.write(path("old"), "two");
  const old = await stat(path("old"));
  assert.is(old.mode & 0o777, 0o640);
  if (root) assert.equal([old.uid, old.gid], [1234, 2345]);
  await files.write(path("old"), "three", { mode: 0o600 });
  assert.is((await stat(path("old"))).mode & 0o777, 0o600);
  assert.is(await readFile(path("old"), "utf8"), "three");
  assert.equal((await readdir(work)).sort(), ["new", "old"]);
  await end();
});

test("write goes through a symlink and refuses a folder, a missing folder and a dangling link", async () => {
  const { files, path, work, end } = await given();
  await writeFile(path("real"), "1");
  await symlink("real", path("link"));
  await files.write(path("link"), "2");
  assert.is(await readFile(path("real"), "utf8"), "2");
  assert.is(await readlink(path("link")), "real");
  await mkdir(path("folder"));
  assert.match((await failureOf(files.write(path("folder"), ""))).message, "is a folder, not a file");
  assert.match(
    (await failureOf(files.write(path("no", "file"), ""))).message,
    `The folder ${path("no")} does not exist`,
  );
  await symlink("nowhere", path("dangling"));
  const failure = await failureOf(files.write(path("dangling"), ""));
  assert.is(failure.kind, "wrong-input");
  assert.equal((await readdir(work)).sort(), ["dangling", "folder", "link", "real"]);
  await end();
});

test("a stream that breaks leaves the target as it was, and nothing beside it", async () => {
  const { files, path, work, end } = await given();
  await writeFile(path("file"), "old");
  const broken = Readable.from(
    (async function* () {
      yield Buffer.from("half");
      throw new Error("line cut");
    })(),
  );
  await files.writeStream(path("file"), broken).then(
    () => assert.unreachable(),
    (error: Error) => assert.is(error.message, "line cut"),
  );
  assert.is(await readFile(path("file"), "utf8"), "old");
  assert.equal(await readdir(work), ["file"]);
  assert.is(await files.writeStream(path("file"), Readable.from([Buffer.from("ab"), "cd"])), 4);
  assert.is(await readFile(path("file"), "utf8"), "abcd");
  await end();
});

test("hostile names are written, listed, walked, hashed, copied, moved and trashed", async () => {
  const { files, path, end } = await given();
  await files.makeDirectory(path("in"));
  for (const name of hostile) await files.write(path("in", name), name);
  const sorted = [...hostile].sort();
  assert.equal(await files.list(path("in")), sorted);
  await files.copy(path("in"), path("copy"));
  const walked: string[] = [];
  for await (const entry of files.walk(path("copy"))) walked.push(entry.relative);
  assert.equal(walked, sorted);
  for (const name of hostile) {
    assert.is(await files.sha256(path("copy", name)), await files.sha256(path("in", name)));
    await files.move(path("copy", name), path(`moved${name}`));
    assert.is(await readFile(await files.trash(path(`moved${name}`)), "utf8"), name);
  }
  await files.write(path("n".repeat(255)), "long name");
  await files.copy(path("n".repeat(255)), path("m".repeat(255)));
  assert.is(await files.readText(path("m".repeat(255))), "long name");
  await end();
});

test("a name that is not UTF-8 is refused, not skipped", async () => {
  const { files, path, work, end } = await given();
  await writeFile(Buffer.concat([Buffer.from(`${work}/caf`), Buffer.from([0xe9])]), "");
  assert.match((await failureOf(files.list(work))).message, '"café"');
  assert.match((await failureOf(files.copy(work, path("..", "copy")))).message, "not UTF-8");
  assert.is(await files.stat(path("..", "copy")), undefined);
  await end();
});

test("stream gives a range, and a clear error for what is missing", async () => {
  const { files, path, end } = await given();
  await writeFile(path("f"), "0123456789");
  const read = async (range?: { start: number; end: number }) =>
    Buffer.concat(await files.stream(path("f"), range).toArray()).toString();
  assert.is(await read(), "0123456789");
  assert.is(await read({ start: 2, end: 5 }), "234");
  assert.is(await read({ start: 5, end: 5 }), "");
  assert.is(await read({ start: 8, end: 99 }), "89");
  assert.match((await failureOf(files.stream(path("none")).toArray())).message, `There is no ${path("none")}`);
  assert.match((await failureOf(files.readText(path("none")))).message, `There is no ${path("none")}`);
  assert.ok((await files.freeBytes(path("none", "deeper"))) > 0);
  await end();
});

test("copy keeps modes, times, links and owners, and clears what an interrupted copy left", async () => {
  const { files, path, work, end } = await given();
  await mkdir(path("from", "sub"), { recursive: true });
  await writeFile(path("from", "sub", "file"), "content");
  await chmod(path("from", "sub", "file"), 0o4750);
  await symlink("../nowhere", path("from", "link"));
  if (root) await files.setOwner(path("from", "sub", "file"), 1234, 2345);
  if (root) await chmod(path("from", "sub", "file"), 0o4750);
  await utimes(path("from", "sub", "file"), 1_000_000, 1_111_111);
  await utimes(path("from", "sub"), 1_000_000, 1_222_222);
  await chmod(path("from", "sub"), 0o550);
  await mkdir(path(".to.belay-copy", "sub"), { recursive: true });
  await writeFile(path(".to.belay-copy", "sub", "stale"), "");
  await chmod(path(".to.belay-copy", "sub"), 0o500);
  let bytes = 0;
  await files.copy(path("from"), path("to"), (count) => (bytes += count));
  assert.is(bytes, 7);
  const [file, folder] = [await stat(path("to", "sub", "file")), await stat(path("to", "sub"))];
  assert.equal([file.mode & 0o7777, file.mtimeMs], [0o4750, 1_111_111_000]);
  assert.equal([folder.mode & 0o7777, folder.mtimeMs], [0o550, 1_222_222_000]);
  if (root) assert.equal([file.uid, file.gid], [1234, 2345]);
  assert.is(await readlink(path("to", "link")), "../nowhere");
  assert.equal(await readdir(path("to", "sub")), ["file"]);
  assert.equal((await readdir(work)).sort(), ["from", "to"]);
  for (const name of ["from", "to"]) await chmod(path(name, "sub"), 0o700); // else only root can clean up
  await end();
});

test("copy refuses a target that is there, and a folder into itself; what stops it leaves nothing", async () => {
  const { files, path, work, end } = await given();
  await mkdir(path("a", "b"), { recursive: true });
  await writeFile(path("a", "f"), "1");
  await writeFile(path("there"), "keep");
  assert.is((await failureOf(files.copy(path("a"), path("there")))).kind, "wrong-input");
  assert.match((await failureOf(files.copy(path("a"), path("a", "b", "c")))).message, "into itself");
  await files
    .copy(path("a"), path("c"), () => {
      throw new Error("stop");
    })
    .then(
      () => assert.unreachable(),
      (error: Error) => assert.is(error.message, "stop"),
    );
  assert.equal((await readdir(work)).sort(), ["a", "there"]);
  await end();
});

test("move refuses to overwrite, also an empty folder", async () => {
  const { files, path, end } = await given();
  await writeFile(path("a"), "a");
  await mkdir(path("d"));
  await mkdir(path("e"));
  assert.match((await failureOf(files.move(path("d"), path("e")))).message, "nothing is overwritten");
  assert.match((await failureOf(files.move(path("d"), path("d", "x")))).message, "is inside");
  assert.match((await failureOf(files.move(path("a"), path("no", "a")))).message, "does not exist");
  assert.match((await failureOf(files.move(path("zz"), path("y")))).message, `There is no ${path("zz")}`);
  await files.move(path("a"), path("d", "a"));
  assert.is(await readFile(path("d", "a"), "utf8"), "a");
  await end();
});

test("trash on one file system: moved whole, found again, and never overwritten", async () => {
  const { files, path, trash, end } = await given();
  await writeFile(path("f"), "1");
  const kept = await files.trash(path("f"));
  assert.is(kept, files.trashPath(path("f")));
  assert.is(dirname(kept), trash);
  assert.match(basename(kept), /^f\.[0-9a-f]{8}$/);
  assert.is((await lstat(trash)).mode & 0o777, 0o700);
  assert.is(await files.trash(path("f")), kept);
  await writeFile(path("f"), "something new");
  assert.match((await failureOf(files.trash(path("f")))).message, "left alone");
  assert.is(await readFile(kept, "utf8"), "1");
  assert.is(await readFile(path("f"), "utf8"), "something new");
  assert.match((await failureOf(files.trash(path("none")))).message, "There is no");
  await end();
});

withDisk("a full disk: the sentence names path and reason, and nothing is changed or left over", async () => {
  const { files, path, end } = await given();
  const disk = await smallDisk(path("disk"));
  try {
    await files.write(path("disk", "f"), "old");
    const failure = await failureOf(files.write(path("disk", "f"), Buffer.alloc(2_000_000)));
    assert.is(failure.kind, "failed");
    assert.is(failure.message, `The disk that holds ${path("disk", "f")} is full; ${path("disk", "f")} is unchanged`);
    assert.is(await readFile(path("disk", "f"), "utf8"), "old");
    await writeFile(path("large"), Buffer.alloc(2_000_000));
    assert.match((await failureOf(files.copy(path("large"), path("disk", "large")))).message, "is full");
    assert.match(
      (await failureOf(files.writeStream(path("disk", "g"), files.stream(path("large"))))).message,
      "was not made",
    );
    assert.equal(await readdir(path("disk")), ["f"]);
    assert.match((await failureOf(files.move(path("disk", "f"), path("f")))).message, "different file systems");
  } finally {
    disk.unmount();
    await end();
  }
});

withDisk("trash across file systems: copied whole, then removed; goes on after every interruption", async () => {
  const { files, path, trash, end } = await given();
  const disk = await smallDisk(path("disk"));
  try {
    const make = async () => {
      await mkdir(path("disk", "app", "sub"), { recursive: true });
      await writeFile(path("disk", "app", "sub", "f"), "content");
      await symlink("sub", path("disk", "app", "link"));
    };
    const kept = files.trashPath(path("disk", "app"));
    await make();
    // Ended while it copied: half a copy under the temporary name.
    await mkdir(`${trash}/.${basename(kept)}.belay-copy/sub`, { recursive: true });
    assert.is(await files.trash(path("disk", "app")), kept);
    assert.is(await readFile(`${kept}/sub/f`, "utf8"), "content");
    assert.equal(await readdir(trash), [basename(kept)]);
    assert.equal(await readdir(path("disk")), []);
    // Ended after the copy was whole and before the original was touched.
    await make();
    assert.is(await files.trash(path("disk", "app")), kept);
    assert.equal(await readdir(path("disk")), []);
    // Ended while the original was removed.
    await mkdir(path("disk", ".app.belay-trash", "sub"), { recursive: true });
    assert.is(await files.trash(path("disk", "app")), kept);
    assert.equal(await readdir(path("disk")), []);
    // Not interrupted: somebody made another one.
    await make();
    await writeFile(path("disk", "app", "sub", "f"), "CONTENT");
    assert.match((await failureOf(files.trash(path("disk", "app")))).message, "not the same");
    assert.is(await readFile(path("disk", "app", "sub", "f"), "utf8"), "CONTENT");
  } finally {
    disk.unmount();
    await end();
  }
});

test("makeDirectory makes parents, is fine with one that is there, and refuses a file in the way", async () => {
  const { files, path, end } = await given();
  await files.makeDirectory(path("a", "b", "c"), { mode: 0o711 });
  assert.is((await stat(path("a", "b", "c"))).mode & 0o777, 0o711);
  await files.makeDirectory(path("a", "b"));
  await writeFile(path("f"), "");
  assert.match((await failureOf(files.makeDirectory(path("f")))).message, "in its way");
  assert.match((await failureOf(files.makeDirectory(path("f", "g")))).message, "in its way");
  await end();
});

test("removeOwn removes a folder that is closed even to its owner", async () => {
  const { files, path, work, end } = await given();
  await mkdir(path("a", "b"), { recursive: true });
  await writeFile(path("a", "b", "f"), "");
  await chmod(path("a", "b"), 0o500);
  await files.removeOwn(path("a"));
  await files.removeOwn(path("a"));
  assert.equal(await readdir(work), []);
  await end();
});

asRoot("as another user: permission and ownership are told, and nothing changes", async () => {
  const { files, path, work, folder, end } = await given();
  await mkdir(path("open"));
  await writeFile(path("open", "f"), "old");
  for (const [name, mode] of [
    ["open", 0o777],
    ["open/f", 0o666],
  ] as const)
    await chmod(path(name), mode);
  await writeFile(path("secret"), "");
  await chmod(path("secret"), 0o600);
  for (const name of [folder, work]) await chmod(name, 0o755);
  process.seteuid?.(65534);
  try {
    assert.match(
      (await failureOf(files.write(path("f"), ""))).message,
      /^Permission denied for .*f \(.*\); .*f was not made$/,
    );
    assert.match((await failureOf(files.readText(path("secret")))).message, "Permission denied");
    assert.match((await failureOf(files.move(path("open"), path("shut")))).message, "is where it was");
    assert.match((await failureOf(files.trash(path("open")))).message, "is unchanged");
    const failure = await failureOf(files.write(path("open", "f"), "new"));
    assert.match(failure.message, "only root can keep it so");
  } finally {
    process.seteuid?.(0);
  }
  assert.equal(await readdir(path("open")), ["f"]);
  assert.is(await readFile(path("open", "f"), "utf8"), "old");
  await end();
});

test("memory stays flat for a large file", async () => {
  const { files, path, end } = await given();
  await writeFile(path("large"), "");
  await truncate(path("large"), 256 * 1024 * 1024);
  const before = process.memoryUsage().rss;
  let most = 0;
  const measure = () => {
    most = Math.max(most, process.memoryUsage().rss);
  };
  await files.copy(path("large"), path("copy"), measure);
  assert.is(
    await files.sha256(path("copy"), measure),
    "a6d72ac7690f53be6ae46ba88506bd97302a093f7108472bd9efc3cefda06484",
  );
  assert.ok(most - before < 128 * 1024 * 1024, `${Math.round((most - before) / 1e6)} MB more`);
  await end();
});

test.run();
