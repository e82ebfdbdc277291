import { execFileSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { archiveExtract } from "../../../src/actions/archive/extract.ts";
import { actionContext, type TestContext } from "../../support/action-context.ts";
import { failureOf } from "../../support/failure-of.ts";

type Crafted = readonly [type: string, name: string, detail?: string];

const script = `
import io, json, stat, sys, tarfile, zipfile
path, entries = sys.argv[1], json.loads(sys.argv[2])
tar_types = dict(file=tarfile.REGTYPE, dir=tarfile.DIRTYPE, symlink=tarfile.SYMTYPE, link=tarfile.LNKTYPE, device=tarfile.CHRTYPE, pipe=tarfile.FIFOTYPE, sparse=b"S", odd=b"Z")
zip_types = dict(file=stat.S_IFREG, dir=stat.S_IFDIR, symlink=stat.S_IFLNK, device=stat.S_IFCHR, pipe=stat.S_IFIFO)
if path.endswith(".zip"):
    with zipfile.ZipFile(path, "w") as z:
        for type, name, *detail in entries:
            info = zipfile.ZipInfo("x")
            info.filename = name
            info.create_system = 3
            info.external_attr = (zip_types[type] | 0o644) << 16
            z.writestr(info, detail[0] if detail else "")
else:
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as t:
        for type, name, *detail in entries:
            info = tarfile.TarInfo(name)
            info.type = tar_types[type]
            data = b""
            if type in ("symlink", "link"): info.linkname = detail[0]
            elif detail: data = detail[0].encode()
            info.size = len(data)
            t.addfile(info, io.BytesIO(data))
`;

let python = true;
try {
  execFileSync("python3", ["--version"], { stdio: "ignore" });
} catch {
  python = false;
  console.log("SKIP hostile archives: they are made with python3, which is not here");
}
const check = python ? test : test.skip;

function craft(path: string, entries: readonly Crafted[]): void {
  execFileSync("python3", ["-W", "ignore", "-c", script, path, JSON.stringify(entries)], { stdio: "pipe" });
}

/** Extracts with a good file in front, and sees that nothing of it is left anywhere. */
async function refused(name: string, entries: readonly Crafted[], options = {}): Promise<string> {
  const context = await actionContext();
  craft(context.path(name), [["file", "good", "1"], ...entries]);
  const input = { from: context.path(name), to: context.path("sub", "out"), ...options };
  const failure = await failureOf(archiveExtract.run(input, context));
  assert.is(failure.kind, "wrong-input");
  assert.equal((await readdir(context.work)).sort(), [name]);
  assert.is((await failureOf(archiveExtract.inspect?.(input, context))).message, failure.message);
  await context.remove();
  return failure.message;
}

const both: readonly [what: string, entries: readonly Crafted[], says: RegExp][] = [
  ["an absolute path", [["file", "/etc/evil", "x"]], /"\/etc\/evil" has an absolute path/],
  ["a path that goes up", [["file", "a/../../evil", "x"]], /"a\/\.\.\/\.\.\/evil" has a path that goes up/],
  ["a lone ..", [["dir", "../"]], /has a path that goes up/],
  ["a drive letter", [["file", "C:evil", "x"]], /has a drive letter/],
  ["backslashes that go up", [["file", "a\\..\\..\\evil", "x"]], /has a path that goes up/],
  ["a backslash at the start", [["file", "\\\\host\\share", "x"]], /has an absolute path/],
  [
    "a symlink to an absolute path",
    [["symlink", "l", "/etc"]],
    /"l" is a symlink that leads out of the folder \(to "\/etc"\)/,
  ],
  ["a symlink that goes up and out", [["symlink", "a/l", "../../x"]], /"a\/l" is a symlink that leads out/],
  [
    "symlinks that lead out together, and not one by one",
    [
      ["symlink", "sub/deep/up", "../.."],
      ["symlink", "x", "sub/deep/up/.."],
    ],
    /"x" is a symlink that leads out/,
  ],
  [
    "a file through a symlink",
    [
      ["dir", "real"],
      ["symlink", "l", "real"],
      ["file", "l/evil", "x"],
    ],
    /"l\/evil" would be written through the symlink "l"/,
  ],
  [
    "a file through a symlink that comes later",
    [
      ["file", "l/deep/evil", "x"],
      ["symlink", "l", "good"],
    ],
    /"l\/deep\/evil" would be written through the symlink "l"/,
  ],
  ["a file below a file", [["file", "good/evil", "x"]], /"good\/evil" is below "good", which is not a folder/],
  ["a device", [["device", "dev"]], /"dev" is a device/],
  ["a named pipe", [["pipe", "p"]], /"p" is a named pipe/],
  ["one name as two things", [["symlink", "good", "x"]], /"good" is in it twice, as two different things/],
  [
    "one name as two things, in other writing",
    [
      ["dir", "d/"],
      ["file", "./d", "x"],
    ],
    /is in it twice, as two different things/,
  ],
];

for (const name of ["a.tar", "a.zip"]) {
  for (const [what, entries, says] of both) {
    check(`${name} with ${what} is refused as a whole`, async () => assert.match(await refused(name, entries), says));
  }
}

const tarOnly: typeof both = [
  ["a zero byte in a name", [["file", "a\0é", "x"]], /has a zero byte in its name/],
  [
    "a hard link to an absolute path",
    [["link", "l", "/etc/shadow"]],
    /hard link to "\/etc\/shadow", which has an absolute path/,
  ],
  ["a hard link that goes up", [["link", "l", "../x"]], /hard link to "\.\.\/x", which has a path that goes up/],
  ["a hard link to what is not in it", [["link", "l", "passwd"]], /hard link to "passwd", which is no file before it/],
  [
    "a hard link to a symlink",
    [
      ["symlink", "s", "good"],
      ["link", "l", "s"],
    ],
    /hard link to "s", which is no file before it/,
  ],
  ["a sparse file", [["sparse", "s", ""]], /"s" is a sparse file/],
  ["a type that nobody knows", [["odd", "o", ""]], /"o" is of a type that belay does not know/],
];

for (const [what, entries, says] of tarOnly) {
  check(`a tar with ${what} is refused as a whole`, async () => assert.match(await refused("a.tar", entries), says));
}

check("what can't be extracted may be left out; what would lead elsewhere stays refused", async () => {
  const context = await actionContext();
  const from = context.path("a.tar");
  craft(from, [
    ["pipe", "p"],
    ["sparse", "s"],
    ["symlink", "l", "/etc"],
    ["file", "good", "1"],
  ]);
  await archiveExtract.run({ from, to: context.path("out"), exclude: ["p", "s", "l"] }, context);
  assert.equal(await readdir(context.path("out")), ["good"]);
  await context.remove();
  assert.match(await refused("a.tar", [["file", "../x", "1"]], { include: ["good"] }), /goes up/);
});

check("harmless oddities are extracted: inner links, a backslash, a file twice, dots in names", async () => {
  const context = await actionContext();
  const from = context.path("a.tar");
  const harmless: Crafted[] = [
    ["file", "./a/..b/c...", "1"],
    ["file", "dev\\x2duuid", "2"],
    ["symlink", "a/up", "../a/..b"],
    ["symlink", "circle", "circle"],
    ["symlink", "nowhere", "gone/away"],
    ["file", "twice", "old"],
    ["file", "twice", "new"],
    ["link", "second", "./dev\\x2duuid"],
  ];
  craft(from, harmless);
  const result = await archiveExtract.run({ from, to: context.path("out") }, context);
  assert.equal(result, { path: context.path("out"), files: 7, bytes: 5 });
  assert.is(await readFile(context.path("out", "a", "up", "c..."), "utf8"), "1");
  assert.is(await readFile(context.path("out", "twice"), "utf8"), "new");
  assert.is(await readFile(context.path("out", "second"), "utf8"), "2");
  await context.remove();
});

check("a zip that holds more than it states is stopped; one that states more than fits is not begun", async () => {
  const context: TestContext = await actionContext();
  const from = context.path("a.zip");
  craft(from, [["file", "bomb", "0".repeat(5000)]]);
  const bytes = await readFile(from);
  const central = bytes.indexOf("PK\x01\x02", 0, "latin1");
  const stating = async (size: number) => {
    const copy = Buffer.from(bytes);
    copy.writeUInt32LE(size, central + 24);
    copy.writeUInt32LE(size, central + 20); // stored: both sizes must agree
    await context.files.write(from, copy);
    return failureOf(archiveExtract.run({ from, to: context.path("out") }, context));
  };
  assert.match((await stating(100)).message, /"bomb" does not match its checksum/);
  assert.match((await stating(0xfffffff0)).message, /overflows file bounds|There is not enough room/);

  const packed = `import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as z: z.writestr("bomb", b"0" * int(sys.argv[2]))`;
  for (const size of [50_000, 3_000_000]) {
    execFileSync("python3", ["-c", packed, from, String(size)]);
    const whole = await readFile(from);
    const at = whole.indexOf("PK\x01\x02", 0, "latin1");
    whole.writeUInt32LE(size - 1, at + 24);
    await context.files.write(from, whole);
    const failure = await failureOf(archiveExtract.run({ from, to: context.path("out") }, context));
    assert.match(failure.message, /"bomb" holds more than the \d+ bytes it states/);
    whole.writeUInt32LE(0xfffffffe, at + 24);
    await context.files.write(from, whole);
    const small = { ...context, files: { ...context.files, freeBytes: async () => 1_000_000_000 } };
    const room = await failureOf(archiveExtract.run({ from, to: context.path("out") }, small));
    assert.match(room.message, /needs 4\.3 GB, the disk has 1\.0 GB; nothing was extracted/);
    assert.equal(await readdir(context.work), ["a.zip"]);
  }
  await context.remove();
});

test.run();
