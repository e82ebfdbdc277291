import { test } from "uvu";
import * as assert from "uvu/assert";
import { readYaml } from "../../src/source/read-yaml.ts";

/** `line:column code` of each diagnostic. */
function findings(content: string | Uint8Array): string[] {
  return readYaml("x.yaml", content).diagnostics.map((one) => `${one.line}:${one.column} ${one.code}`);
}

test("plain data of the core schema", () => {
  const { data, diagnostics } = readYaml(
    "x.yaml",
    "a: yes\nb: 0o17\nc: 012\nd: ~\ne: 2026-01-01\n1: [true, 1.5, 'x']\n",
  );
  assert.equal(diagnostics, []);
  assert.equal(data, { a: "yes", b: 15, c: 12, d: null, e: "2026-01-01", 1: [true, 1.5, "x"] });
});

const refused: { readonly [title: string]: readonly [string | Uint8Array, readonly string[]] } = {
  "a tab as indentation": ["a:\n\tb: 1\n", ["2:1 tab-indentation"]],
  "a tab among spaces": ["steps:\n  - a: 1\n \t b: 2\n", ["3:1 tab-indentation"]],
  "an empty file": ["", ["1:1 empty-file"]],
  "only comments": ["# nothing\n", ["1:1 empty-file"]],
  "a NUL byte": ["a: \0b", ["1:4 control-character"]],
  "an escape character": ["a: 1\nb: \x1b[31m", ["2:4 control-character"]],
  "UTF-16": [Buffer.from("\ufeffa: 1", "utf16le"), ["1:1 not-utf8"]],
  "Latin-1": [Buffer.from("a: \xe9", "latin1"), ["1:1 not-utf8"]],
  "several documents": ["a: 1\n---\nb: 2\n", ["2:1 several-documents"]],
  "a directive": ["%YAML 1.1\n---\na: yes\n", ["1:1 directive"]],
  "two equal keys": ["a: 1\nb: { c: 1, c: 2 }\na: 3\n", ["2:12 duplicate-key", "3:1 duplicate-key"]],
  "keys of prototypes": [
    "__proto__: 1\nx: {constructor: 1, prototype: 2}\n",
    ["1:1 forbidden-key", "2:5 forbidden-key", "2:21 forbidden-key"],
  ],
  "an unknown tag": ["a: !foo 1\nb: !!binary aGk=\n", ["1:9 unknown-tag", "2:13 unknown-tag"]],
  "integers beyond 2^53": [
    "a: 9007199254740993\nb: 9007199254740991\nc: 0xFFFFFFFFFFFFFFFFE\n",
    ["1:4 integer-too-large", "3:4 integer-too-large"],
  ],
  infinity: ["a: .inf\nb: 1e400\n", ["1:4 not-a-number", "2:4 not-a-number"]],
  "a merge key": ["a: &a {x: 1}\nb: {<<: *a}\n", ["2:5 merge-key"]],
  "a list as a key": ["? [a]\n: b\n", ["1:3 not-a-key"]],
  "an alias without an anchor": ["a: *x\n", ["1:4 unknown-alias"]],
  "a value that holds itself": ["a: &a [*a]\n", ["1:8 unknown-alias"]],
  "an unclosed quote, at its opening": ['a: 1\nb: "abc\nc: 1\n', ["2:4 yaml-syntax"]],
  "only the first of several syntax errors": ["a: b: c\nd: @x\ne: [\n", ["1:4 yaml-syntax"]],
};

for (const [title, [content, expected]] of Object.entries(refused)) {
  test(`refuses ${title}`, () => {
    assert.equal(findings(content), expected);
  });
}

const mebibyte = 1024 * 1024;
const fill = (unit: string): string => unit.repeat(Math.floor(mebibyte / unit.length));
const hostile: { readonly [title: string]: readonly [string, string] } = {
  "20 MB": ["a".repeat(20_000_000), "too-large"],
  "10,000 open brackets": ["[".repeat(10_000), "too-deep"],
  "10,000 flow maps": ["{a: ".repeat(10_000), "too-deep"],
  "10,000 dashes": ["- ".repeat(10_000), "too-deep"],
  "10,000 block maps": [Array.from({ length: 1_400 }, (_, i) => `${" ".repeat(i)}a:`).join("\n"), "too-deep"],
  "explicit keys": [fill("? "), "too-deep"],
  "closing brackets": [fill("]"), "yaml-syntax"],
  "closing braces": [fill("}"), "yaml-syntax"],
  directives: [fill("%a\n"), "yaml-syntax"],
  quotes: [fill('"\n'), "yaml-syntax"],
  "flow lists": [fill("[a]\n"), "yaml-syntax"],
  "equal keys": [fill("a: 1\n").slice(0, 200_000), "duplicate-key"],
  newlines: [fill("\n"), "too-large"],
  comments: [fill("#\n"), "too-large"],
  anchors: [fill("- &a b\n"), "too-large"],
  aliases: [`- &a x\n${"- *a\n".repeat(1_000)}`, "too-many-aliases"],
};

for (const [title, [text, code]] of Object.entries(hostile)) {
  test(`refuses ${title} quickly`, () => {
    const start = performance.now();
    const { diagnostics } = readYaml("x.yaml", text);
    const took = performance.now() - start;
    assert.is(diagnostics[0]?.code, code);
    assert.ok(took < 3_000, `took ${Math.round(took)} ms`);
  });
}

test("refuses a bomb of aliases, and writes out an honest one", () => {
  const level = (name: string, from: string) => `${name}: &${name} [${Array(9).fill(`*${from}`).join(",")}]\n`;
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${[..."bcdefghi"].map((name, i) => level(name, "abcdefgh"[i]!)).join("")}`;
  assert.equal(findings(bomb), ["1:1 alias-bomb"]);
  assert.is(readYaml("x.yaml", bomb).data, undefined);
  assert.equal(readYaml("x.yaml", "a: &a {x: [1]}\nb: *a\n").data, { a: { x: [1] }, b: { x: [1] } });
});

test("brackets, dashes and tags inside text are only text", () => {
  const script = `${"[".repeat(300)} ${"- ".repeat(300)}\n    \t{{{ ]]] %a ---`;
  assert.equal(readYaml("x.yaml", `a: |\n    ${script}\nb: '${"[".repeat(200)}'\n`).diagnostics, []);
});

test("the size limit is 1 MiB of content", () => {
  assert.equal(findings(`a: ${"x".repeat(mebibyte - 3)}`), []);
  assert.equal(findings(`a: ${"x".repeat(mebibyte - 2)}`), ["1:1 too-large"]);
});

test("an expression that breaks the YAML is told to be quoted", () => {
  const [found] = readYaml("x.yaml", 'a:\n  run: ${{ a ? "b" : "c" }}\n').diagnostics;
  assert.match(found?.hint ?? "", "put the value in quotes");
});

test("every message is one sentence", () => {
  for (const [content] of [...Object.values(refused), ...Object.values(hostile)]) {
    for (const one of readYaml("x.yaml", content).diagnostics) assert.match(one.message, /^[A-Z0-9`].*\.$/);
  }
});

test.run();
