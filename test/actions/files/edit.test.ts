import { chmod, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { filesEdit } from "../../../src/actions/files/edit.ts";
import type { JsonObject } from "../../../src/schema/json.ts";
import { actionContext } from "../../support/action-context.ts";
import { failureOf } from "../../support/failure-of.ts";

/** Edits a file that holds `before`, and gives its bytes back as Latin-1. Checks that twice is once, and that undo undoes. */
async function edited(before: string | Buffer, edit: JsonObject): Promise<string> {
  const context = await actionContext();
  try {
    const path = context.path("conf");
    const bytes = Buffer.from(before as string);
    await writeFile(path, bytes);
    const input = { path, ...edit };
    const captured = (await filesEdit.capture?.(input, context)) ?? null;
    const foreseen = await filesEdit.inspect?.(input, context);
    await filesEdit.run(input, context);
    const after = await readFile(path);
    assert.is(foreseen?.state, after.equals(bytes) ? "done" : "not-done");
    assert.is((await filesEdit.inspect?.(input, context))?.state, "done");
    await filesEdit.run(input, context);
    assert.ok((await readFile(path)).equals(after));
    await filesEdit.undo?.(JSON.parse(JSON.stringify(captured)), context);
    assert.ok((await readFile(path)).equals(bytes));
    return after.toString("latin1");
  } finally {
    await context.remove();
  }
}

async function refused(before: string | Buffer, edit: JsonObject): Promise<string> {
  const context = await actionContext();
  try {
    const path = context.path("conf");
    await writeFile(path, before);
    const failure = await failureOf(filesEdit.run({ path, ...edit }, context));
    assert.is(failure.kind, "wrong-input");
    assert.ok((await readFile(path)).equals(Buffer.from(before as string)));
    await failureOf(filesEdit.inspect?.({ path, ...edit }, context));
    return [failure.message, ...failure.details].join("\n");
  } finally {
    await context.remove();
  }
}

const cases: [title: string, before: string | Buffer, edit: JsonObject, after: string][] = [
  ["key=value", "a=1\nb=2\n", { set: { b: 3 } }, "a=1\nb=3\n"],
  ["keeps separator and indentation", "  a  =  1\n", { set: { a: true } }, "  a  =  true\n"],
  ["key: value", "a: 1\nlist:\n  - x\n", { set: { a: "2" } }, "a: 2\nlist:\n  - x\n"],
  [
    "key value",
    "bind 127.0.0.1 ::1\nport 6379\n",
    { set: { port: 6380, bind: "0.0.0.0" } },
    "bind 0.0.0.0\nport 6380\n",
  ],
  ["a comment is not a setting", "#a=1\n; a=2\n// a=3\nx=1\n", { set: { a: 9 } }, "#a=1\n; a=2\n// a=3\nx=1\na=9\n"],
  ["a key is a whole key", "aa=1\na.b=2\nba=3\na=4\n", { set: { a: 5 } }, "aa=1\na.b=2\nba=3\na=5\n"],
  ["special characters in a key", "a.*=1\na$1=2\naXX=3\n", { set: { "a.*": "$&" } }, "a.*=$&\na$1=2\naXX=3\n"],
  ["appends in the file's style", "a: 1\nb: 2\n", { set: { c: 3 } }, "a: 1\nb: 2\nc: 3\n"],
  ["appends in the file's spacing", "a = 1\nb = 2\n", { set: { c: 3 } }, "a = 1\nb = 2\nc = 3\n"],
  ["appends with blanks", "a 1\nb 2\n", { set: { c: 3 } }, "a 1\nb 2\nc 3\n"],
  [
    "appends with the separator that was asked for",
    "# nothing yet\n",
    { set: { c: 3 }, separator: ": " },
    "# nothing yet\nc: 3\n",
  ],
  ["an empty file", "", { set: { a: 1 } }, "a=1\n"],
  ["CRLF", "a=1\r\nb=2\r\n", { set: { a: 5, c: 3 } }, "a=5\r\nb=2\r\nc=3\r\n"],
  ["mixed line ends stay mixed", "a=1\r\nb=2\nc=3\r\n", { set: { b: 5 } }, "a=1\r\nb=5\nc=3\r\n"],
  ["no last line end", "a=1\nb=2", { set: { b: 3 } }, "a=1\nb=3"],
  ["no last line end, appended to", "a=1\r\nb=2\r\nc=3", { set: { d: 4 } }, "a=1\r\nb=2\r\nc=3\r\nd=4"],
  ["a byte order mark", "\ufeffa=1\n", { set: { a: 2 } }, "\xef\xbb\xbfa=2\n"],
  ["Latin-1 bytes survive", Buffer.from("n=caf\xe9\nb=1\n", "latin1"), { set: { b: "é" } }, "n=caf\xe9\nb=\xe9\n"],
  ["UTF-8 is written in UTF-8", "n=é\nb=1\n", { set: { b: "é" } }, "n=\xc3\xa9\nb=\xc3\xa9\n"],
  ["a no-break space is not a blank", Buffer.from("x\n\xa0x\nx\xa0\n", "latin1"), { remove: ["x"] }, "\xa0x\nx\xa0\n"],
  ["a letter whose last byte looks like a blank", "à\nb=1\n", { remove: ["à"] }, "b=1\n"],
  ["an empty value", "a=\nb=1\n", { set: { a: 1, b: "" } }, "a=1\nb=\n"],
  [
    "a key alone gets the file's separator",
    "x = 1\nskip-networking\n",
    { set: { "skip-networking": "off" } },
    "x = 1\nskip-networking = off\n",
  ],
  ["export", "export A=1\nB=2\n", { set: { A: 3 } }, "export A=3\nB=2\n"],
  [
    "removes keys and whole lines",
    "a=1\n# note\nsave 900 1\nsave 60 1\nb\n",
    { remove: ["a", "save 900 1", "# note", "gone"] },
    "save 60 1\nb\n",
  ],
  ["removes all equal lines", " x \ny=1\nx\n", { remove: ["x"] }, "y=1\n"],
  [
    "a whole line is not a key",
    "save 900 1 60 100\na=1=2\n",
    { remove: ["save 900 1", "a=1"] },
    "save 900 1 60 100\na=1=2\n",
  ],
  [
    "adds lines that are missing",
    "a 1\n  save 60 1\n",
    { add: ["save 60 1", "save 900 1"] },
    "a 1\n  save 60 1\nsave 900 1\n",
  ],
  [
    "the value may hold a separator",
    "o 1\nJAVA_OPTS -Xmx1g\n",
    { set: { JAVA_OPTS: "-Da=b" } },
    "o 1\nJAVA_OPTS -Da=b\n",
  ],
  [
    "a certain line wins over a likeness",
    "user name = x\nuser = y\n",
    { set: { user: "z" } },
    "user name = x\nuser = z\n",
  ],
  ["a section", "[a]\nk = 1\n\n[b]\nk = 1\n", { section: "b", set: { k: 2 } }, "[a]\nk = 1\n\n[b]\nk = 2\n"],
  [
    "appends at the end of a section",
    "[[a.x]] # c\nk = 1\n\n[b]\nk = 1\n",
    { section: "a.x", set: { n: 2 } },
    "[[a.x]] # c\nk = 1\nn = 2\n\n[b]\nk = 1\n",
  ],
  ["a value with a lookalike of an open list", "a = [1, 2]\n", { set: { a: "[3]" } }, "a = [3]\n"],
  ["nothing to do", "a=1\n", { set: { a: 1 }, remove: ["b"], add: ["a=1"] }, "a=1\n"],
];

for (const [title, before, edit, after] of cases) {
  test(title, async () => assert.is(await edited(before, edit), after));
}

const refusals: [title: string, before: string | Buffer, edit: JsonObject, words: string][] = [
  ["a key that is set twice", "a=1\nx=1\na = 2\n", { set: { a: 3 } }, "a is set in line 1 and in line 3"],
  ["a key that is set twice, to be removed", "a=1\na=2\n", { remove: ["a"] }, "line 1 and in line 2"],
  ["a continued value", "a=1,\\\n  2\n", { set: { a: 3 } }, "goes on in the next lines"],
  ["a line that may be a continuation", "x=1,\\\na=2\n", { set: { a: 3 } }, "may belong to the line before"],
  ["a YAML block", "a:\n  b: 1\n", { set: { a: 3 } }, "goes on in the next lines"],
  ["a YAML list", "a:\n- 1\n", { remove: ["a"] }, "goes on in the next lines"],
  ["a YAML block scalar", "a: |\n  text\n", { set: { a: 3 } }, "goes on in the next lines"],
  ["an open TOML list", "a = [\n 1\n]\n", { set: { a: 3 } }, "goes on in the next lines"],
  ["a new key among sections", "[a]\nk=1\n[b]\n", { set: { n: 1 } }, "name one with `section`"],
  ["a key in two sections", "[a]\nk=1\n[b]\nk=1\n", { set: { k: 2 } }, "line 2 and in line 4"],
  ["a section that is not there", "[a]\nk=1\n", { section: "c", set: { k: 2 } }, "no section [c]"],
  ["XML", "<a>\n</a>\n", { set: { k: 2 } }, "XML or JSON"],
  ["UTF-16", Buffer.from("\ufeffa=1\n", "utf16le"), { set: { a: 2 } }, "zero bytes"],
  ["two lines in a value", "a=1\n", { set: { a: "1\nb=2" } }, "more than one line"],
  ["a value that ends in a backslash", "a=1\n", { set: { a: "C:\\" } }, "backslash"],
  ["blanks around a value", "a=1\n", { set: { a: " 2" } }, "begins or ends with a blank"],
  ["set and removed", "a=1\n", { set: { a: 2 }, remove: ["a"] }, "both set and removed"],
  ["added and removed", "x=1\n", { add: ["x=2"], remove: [" x=2"] }, "both added and removed"],
  [
    "an edit that is not done when it was done",
    "user = x\nuser name = y\n",
    { remove: ["user"] },
    "get in each other's way",
  ],
  ["an append after a backslash", "a=1 \\\n", { set: { b: 1 } }, "would swallow it"],
  ["a lookalike alone", "max connections = 5\n", { set: { max: 1 } }, "say which with `separator`"],
  ["a letter that the file can't hold", Buffer.from("caf\xe9=1\n", "latin1"), { set: { a: "☃" } }, "Latin-1 lacks"],
];

for (const [title, before, edit, words] of refusals) {
  test(`refused: ${title}`, async () => assert.match(await refused(before, edit), words));
}

test("the preview is a unified diff; mode is kept; a symlink is followed", async () => {
  const context = await actionContext();
  const path = context.path("conf");
  await writeFile(path, "a=1\nb=2\nc=3\n");
  await chmod(path, 0o600);
  await symlink("conf", context.path("link"));
  const input = { path: context.path("link"), set: { b: 5 } };
  const seen = await filesEdit.inspect?.(input, context);
  const [change] = seen?.state === "not-done" ? seen.changes : [];
  assert.is(change?.summary, "1 line changed");
  assert.is(change?.diff, `--- ${input.path}\n+++ ${input.path}\n@@ -1,3 +1,3 @@\n a=1\n-b=2\n+b=5\n c=3\n`);
  await filesEdit.run(input, context);
  assert.is((await stat(path)).mode & 0o777, 0o600);
  assert.is(await readFile(path, "utf8"), "a=1\nb=5\nc=3\n");
  await context.remove();
});

test("a missing file, and an undo after somebody's edit", async () => {
  const context = await actionContext();
  const path = context.path("conf");
  assert.match((await failureOf(filesEdit.run({ path, set: { a: 1 } }, context))).message, "There is no");
  await writeFile(path, "a=1\n");
  const captured = (await filesEdit.capture?.({ path, set: { a: 2 } }, context)) ?? null;
  await filesEdit.run({ path, set: { a: 2 } }, context);
  await writeFile(path, "a=3\n");
  assert.match((await failureOf(filesEdit.undo?.(captured, context))).message, "changed it since");
  await context.remove();
});

test.run();
