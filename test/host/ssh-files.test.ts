import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { lstat, mkdir, readdir, readFile, readlink, rm, stat, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { Readable } from "node:stream";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Files } from "../../src/action/files.ts";
import { localFiles } from "../../src/host/local-files.ts";
import { remoteTrashFolder } from "../../src/host/ssh/remote-files.ts";
import { failureOf } from "../support/failure-of.ts";
import { canMount, smallDisk } from "../support/small-disk.ts";
import { type SshPlace, sshPlace } from "../support/ssh-place.ts";
import { noSshd } from "../support/sshd.ts";

const missing = noSshd();
if (missing !== undefined) console.log(`SKIP ${missing}`);
const place = missing === undefined ? await sshPlace() : undefined;
const root = process.getuid?.() === 0;
const mounts = await canMount();
const hostile = ["-rf", "a\nb", "Ünïcødé ☃", " spaces ", "quote'\"$(x)", "back\\slash", "\u2028"];

interface Given {
  readonly files: Files;
  readonly work: string;
  readonly at: string;
  readonly trash: string;
  path(...parts: string[]): string;
}

let count = 0;

/** The same test for this machine and for another one. */
function both(name: string, check: (given: Given) => Promise<void>, when = true): void {
  for (const kind of ["local", "ssh"] as const) {
    (place === undefined || !when ? test.skip : test)(`${name} (${kind})`, async () => {
      const { folder, host, sshd } = place as SshPlace;
      const base = join(folder, `${kind}${++count}`);
      const work = join(base, "work");
      mkdirSync(work, { recursive: true });
      const trashFolder = join(base, "trash", "step");
      const files = kind === "local" ? localFiles({ trashFolder }) : await host.systems.files({ trashFolder });
      const trash = kind === "local" ? trashFolder : remoteTrashFolder(sshd.home, trashFolder);
      const at = kind === "local" ? "" : ` on ${sshd.alias}`;
      await check({ files, work, at, trash, path: (...parts) => join(work, ...parts) });
    });
  }
}

both(
  "write makes a file with the usual mode, and keeps mode and owner of one it replaces",
  async ({ files, path, work }) => {
    await files.write(path("new"), "one");
    assert.is((await stat(path("new"))).mode & 0o777, 0o666 & ~process.umask());
    await writeFile(path("old"), "x");
    chmodSync(path("old"), 0o640);
    if (root) await files.setOwner(path("old"), 1234, 2345);
    await files.write(path("old"), "two");
    const old = await stat(path("old"));
    assert.is(old.mode & 0o777, 0o640);
    if (root) assert.equal([old.uid, old.gid], [1234, 2345]);
    await files.write(path("old"), "three", { mode: 0o600, modifiedAt: 1_234_567_000 });
    assert.is((await stat(path("old"))).mode & 0o777, 0o600);
    assert.is((await stat(path("old"))).mtimeMs, 1_234_567_000);
    assert.is(await readFile(path("old"), "utf8"), "three");
    assert.equal((await readdir(work)).sort(), ["new", "old"]);
  },
);

both("write goes through a symlink and refuses a folder, a missing folder and a dangling link", async (given) => {
  const { files, path, work, at } = given;
  await writeFile(path("real"), "1");
  await symlink("real", path("link"));
  await files.write(path("link"), "2");
  assert.is(await readFile(path("real"), "utf8"), "2");
  assert.is(await readlink(path("link")), "real");
  await mkdir(path("folder"));
  assert.match(
    (await failureOf(files.write(path("folder"), ""))).message,
    `${path("folder")}${at} is a folder, not a file`,
  );
  const none = await failureOf(files.write(path("no", "file"), ""));
  assert.is(none.message, `The folder ${path("no")} does not exist${at}; ${path("no", "file")} was not made`);
  await symlink("nowhere", path("dangling"));
  assert.is((await failureOf(files.write(path("dangling"), ""))).kind, "wrong-input");
  assert.is((await failureOf(files.write(path("ze\0ro"), ""))).kind, "wrong-input");
  assert.equal((await readdir(work)).sort(), ["dangling", "folder", "link", "real"]);
});

both("a stream that breaks leaves the target as it was, and nothing beside it", async ({ files, path, work }) => {
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
});

both("hostile names are written, listed, walked, hashed, copied, moved and trashed", async ({ files, path }) => {
  await files.makeDirectory(path("in"));
  for (const name of hostile) await files.write(path("in", name), name);
  const sorted = [...hostile].sort();
  assert.equal(await files.list(path("in")), sorted);
  await files.copy(path("in"), path("copy"));
  await files.copy(path("in", "-rf"), path("-r\nf"));
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
});

both("a name that is not UTF-8 is refused, not skipped", async ({ files, path, work }) => {
  await writeFile(Buffer.concat([Buffer.from(`${work}/caf`), Buffer.from([0xe9])]), "");
  assert.match((await failureOf(files.list(work))).message, '"café"');
  assert.match((await failureOf(files.copy(work, path("..", "copy")))).message, "not UTF-8");
  assert.is(await files.stat(path("..", "copy")), undefined);
});

both("reading: stat, links, ranges, folders in order, free room, and what is missing", async ({ files, path, at }) => {
  await writeFile(path("f"), "0123456789");
  await symlink("f", path("l"));
  await symlink("none", path("dead"));
  mkdirSync(path("d", "e"), { recursive: true });
  writeFileSync(path("d", "e", "g"), "");
  writeFileSync(path("d", "e.txt"), "");
  utimesSync(path("f"), 1_000, 2_000);
  const found = await files.stat(path("f"));
  assert.equal(
    [found?.kind, found?.size, found?.mode, found?.uid, found?.modifiedAt],
    ["file", 10, (await stat(path("f"))).mode & 0o7777, process.getuid?.(), 2_000_000],
  );
  assert.is((await files.stat(path("l")))?.kind, "symlink");
  assert.is((await files.statTarget(path("l")))?.kind, "file");
  assert.is(await files.statTarget(path("dead")), undefined);
  assert.is(await files.stat(path("f", "below")), undefined);
  assert.is(await files.readLink(path("l")), "f");
  assert.is((await files.stat(path("d")))?.device, found?.device);
  const read = async (range?: { start: number; end: number }) =>
    Buffer.concat(await files.stream(path("f"), range).toArray()).toString();
  assert.is(await read(), "0123456789");
  assert.is(await read({ start: 2, end: 5 }), "234");
  assert.is(await read({ start: 5, end: 5 }), "");
  assert.is(await read({ start: 8, end: 99 }), "89");
  const walked: string[] = [];
  for await (const entry of files.walk(path("d"))) walked.push(`${entry.relative}:${entry.stat.kind}`);
  assert.equal(walked, ["e:directory", "e/g:file", "e.txt:file"]);
  assert.is((await failureOf(files.readText(path("none")))).message, `There is no ${path("none")}${at}`);
  assert.match((await failureOf(files.list(path("none")))).message, `There is no ${path("none")}${at}`);
  assert.match((await failureOf(files.readText(path("d")))).message, "is a folder, not a file");
  assert.ok((await files.freeBytes(path("none", "deeper"))) > 0);
});

both(
  "copy keeps modes, times, links and owners, and clears what an interrupted copy left",
  async ({ files, path, work }) => {
    mkdirSync(path("from", "sub"), { recursive: true });
    writeFileSync(path("from", "sub", "file"), "content");
    symlinkSync("../nowhere", path("from", "link"));
    if (root) await files.setOwner(path("from", "sub", "file"), 1234, 2345);
    chmodSync(path("from", "sub", "file"), 0o4750);
    utimesSync(path("from", "sub", "file"), 1_000_000, 1_111_111);
    utimesSync(path("from", "sub"), 1_000_000, 1_222_222);
    chmodSync(path("from", "sub"), 0o550);
    mkdirSync(path(".to.belay-copy", "sub"), { recursive: true });
    writeFileSync(path(".to.belay-copy", "sub", "stale"), "");
    chmodSync(path(".to.belay-copy", "sub"), 0o500);
    let bytes = 0;
    await files.copy(path("from"), path("to"), (size) => (bytes += size));
    assert.is(bytes, 7);
    const [file, folder] = [statSync(path("to", "sub", "file")), statSync(path("to", "sub"))];
    assert.equal([file.mode & 0o7777, file.mtimeMs], [0o4750, 1_111_111_000]);
    assert.equal([folder.mode & 0o7777, folder.mtimeMs], [0o550, 1_222_222_000]);
    if (root) assert.equal([file.uid, file.gid], [1234, 2345]);
    assert.is(await readlink(path("to", "link")), "../nowhere");
    assert.equal(readdirSync(path("to", "sub")), ["file"]);
    assert.equal(readdirSync(work).sort(), ["from", "to"]);
    for (const name of ["from", "to"]) chmodSync(path(name, "sub"), 0o700); // else only root can clean up
  },
);

both("copy refuses a target that is there, and a folder into itself; what stops it leaves nothing", async (given) => {
  const { files, path, work } = given;
  mkdirSync(path("a", "b"), { recursive: true });
  writeFileSync(path("a", "f"), "1");
  writeFileSync(path("there"), "keep");
  assert.is((await failureOf(files.copy(path("a"), path("there")))).kind, "wrong-input");
  assert.match((await failureOf(files.copy(path("a"), path("a", "b", "c")))).message, "into itself");
  const stop = () => {
    throw new Error("stop");
  };
  await files.copy(path("a"), path("c"), stop).then(
    () => assert.unreachable(),
    (error: Error) => assert.is(error.message, "stop"),
  );
  assert.equal(readdirSync(work).sort(), ["a", "there"]);
});

both("move refuses to overwrite, also an empty folder", async ({ files, path, at }) => {
  writeFileSync(path("a"), "a");
  writeFileSync(path("b"), "b");
  mkdirSync(path("d"));
  mkdirSync(path("e"));
  assert.match((await failureOf(files.move(path("d"), path("e")))).message, "nothing is overwritten");
  assert.match((await failureOf(files.move(path("a"), path("b")))).message, "nothing is overwritten");
  assert.match((await failureOf(files.move(path("d"), path("d", "x")))).message, "is inside");
  assert.match((await failureOf(files.move(path("a"), path("no", "a")))).message, "does not exist");
  assert.match((await failureOf(files.move(path("zz"), path("y")))).message, `There is no ${path("zz")}${at}`);
  await files.move(path("a"), path("d", "a"));
  await files.move(path("d"), path("e", "d"));
  assert.is(readFileSync(path("e", "d", "a"), "utf8"), "a");
});

both("trash: moved whole, found again, and never overwritten", async ({ files, path, trash }) => {
  writeFileSync(path("f"), "1");
  const kept = await files.trash(path("f"));
  assert.is(kept, files.trashPath(path("f")));
  assert.is(join(trash, basename(kept)), kept);
  assert.is((await lstat(trash)).mode & 0o777, 0o700);
  assert.is(await files.trash(path("f")), kept);
  writeFileSync(path("f"), "something new");
  assert.match((await failureOf(files.trash(path("f")))).message, "left alone");
  assert.is(readFileSync(kept, "utf8"), "1");
  assert.match((await failureOf(files.trash(path("none")))).message, "There is no");
});

both(
  "a full disk: the sentence names path and reason, and nothing is changed or left over; the trash is on another",
  async ({ files, path, at }) => {
    const disk = await smallDisk(path("disk"));
    try {
      await files.write(path("disk", "f"), "old");
      const failure = await failureOf(files.write(path("disk", "f"), Buffer.alloc(2_000_000)));
      const full = `The disk that holds ${path("disk", "f")}${at} is full; ${path("disk", "f")} is unchanged`;
      assert.equal([failure.kind, failure.message], ["failed", full]);
      assert.is(readFileSync(path("disk", "f"), "utf8"), "old");
      writeFileSync(path("large"), Buffer.alloc(2_000_000));
      assert.match((await failureOf(files.copy(path("large"), path("disk", "large")))).message, "is full");
      assert.equal(readdirSync(path("disk")), ["f"]);
      assert.match((await failureOf(files.move(path("disk", "f"), path("f")))).message, "different file systems");
      const kept = await files.trash(path("disk", "f"));
      assert.is(readFileSync(kept, "utf8"), "old");
      assert.equal(readdirSync(path("disk")), []);
    } finally {
      disk.unmount();
    }
  },
  mounts,
);

both(
  "folders: parents are made, a file in the way is told; removing what is closed, empty, or left over",
  async (given) => {
    const { files, path, work } = given;
    await files.makeDirectory(path("a", "b", "c"), { mode: 0o711 });
    assert.is(statSync(path("a", "b", "c")).mode & 0o777, 0o711);
    await files.makeDirectory(path("a", "b"));
    writeFileSync(path("f"), "");
    assert.match((await failureOf(files.makeDirectory(path("f")))).message, "in its way");
    assert.match((await failureOf(files.makeDirectory(path("f", "g")))).message, "in its way");
    assert.is(await files.removeEmptyDirectory(path("a")), false);
    assert.is(await files.removeEmptyDirectory(path("f")), false);
    assert.is(await files.removeEmptyDirectory(path("none")), false);
    assert.is(await files.removeEmptyDirectory(path("a", "b", "c")), true);
    writeFileSync(path("a", "b", "x"), "");
    chmodSync(path("a", "b"), 0o500);
    await files.removeOwn(path("a"));
    await files.removeOwn(path("a"));
    mkdirSync(path(".f.belay-copy"));
    await files.removeLeftovers(path("f"));
    assert.equal(readdirSync(work), ["f"]);
  },
);

both("symlink, mode and time", async ({ files, path }) => {
  await files.symlink("target with ' and \n", path("link"));
  assert.is(await readlink(path("link")), "target with ' and \n");
  assert.match((await failureOf(files.symlink("x", path("link")))).message, "nothing is overwritten");
  await files.setModified(path("link"), 5_000_000);
  assert.is((await lstat(path("link"))).mtimeMs, 5_000_000);
  writeFileSync(path("f"), "");
  await files.setMode(path("f"), 0o604);
  assert.is(statSync(path("f")).mode & 0o777, 0o604);
  assert.is((await failureOf(files.setMode(path("none"), 0o600))).kind, "wrong-input");
});

both(
  "a staging folder is filled, dressed and moved, or refused where something came",
  async ({ files, path, work }) => {
    const words = { target: path("out"), left: "nothing was made" };
    const staged = await files.stage(path(".out.staging"), words);
    const modifiedAt = 1_000_000_000;
    await staged.makeDirectory("d");
    await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        staged.write(`d/${i}`, Buffer.from(String(i)), { mode: 0o640, modifiedAt }),
      ),
    );
    await staged.write("big", Readable.from([Buffer.alloc(700_000, 1), Buffer.alloc(5, 2)]), {
      mode: 0o400,
      modifiedAt,
    });
    await staged.link("d/again", "d/7");
    await staged.symlink("l", "d/7", { mode: 0o777, modifiedAt });
    assert.match(
      (await failureOf(staged.write("big", Buffer.alloc(1), { mode: 0o600, modifiedAt }))).message,
      "exists already",
    );
    await staged.dress("d", { mode: 0o750, modifiedAt });
    await staged.dress("", { mode: 0o755, modifiedAt });
    await staged.moveTo(path("out"));
    assert.equal(readdirSync(work), ["out"]);
    assert.is(readdirSync(path("out", "d")).length, 101);
    assert.equal([statSync(path("out", "d", "7")).nlink, statSync(path("out", "d", "7")).mtimeMs], [2, modifiedAt]);
    assert.equal([statSync(path("out", "big")).size, statSync(path("out", "big")).mode & 0o777], [700_005, 0o400]);
    assert.equal([statSync(path("out", "d")).mode & 0o777, statSync(path("out")).mtimeMs], [0o750, modifiedAt]);
    const second = await files.stage(path(".out.staging"), words);
    assert.match((await failureOf(second.moveTo(path("out")))).message, "Something came to");
  },
);

both("50 MB go there and back, and are hashed", async ({ files, path }) => {
  const block = Buffer.alloc(1 << 20);
  for (let i = 0; i < block.length; i++) block[i] = (i * 31) & 255;
  const blocks = () => Readable.from(Array.from({ length: 50 }, () => block));
  assert.is(await files.writeStream(path("large"), blocks()), 50 << 20);
  assert.is(statSync(path("large")).size, 50 << 20);
  let at = 0;
  for await (const chunk of files.stream(path("large"))) {
    const bytes = chunk as Buffer;
    for (let i = 0; i < bytes.length; i += 4099)
      assert.ok(bytes[i] === block[(at + i) % block.length], `byte ${at + i}`);
    at += bytes.length;
  }
  assert.is(at, 50 << 20);
  let heard = 0;
  const sum = await files.sha256(path("large"), (size) => (heard += size));
  assert.is(sum, await localFiles({ trashFolder: path("t") }).sha256(path("large")));
  assert.is(heard, 50 << 20);
  await rm(path("large"));
});

(place ? test : test.skip)("a pipe is refused: opening it would stop the SFTP server", async () => {
  const { folder, host } = place as SshPlace;
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  const files = await host.systems.readFiles();
  assert.match((await failureOf(files.readText(pipe))).message, "is a device, pipe or socket, not a file");
});

test.after(() => place?.remove());
test.run();
