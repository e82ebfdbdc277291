import { test } from "uvu";
import * as assert from "uvu/assert";
import { renderDiagnostics } from "../../src/render/diagnostics.ts";
import type { Diagnostic } from "../../src/source/diagnostic.ts";

const at = (line: number, column: number, length: number, more: Partial<Diagnostic> = {}): Diagnostic => ({
  severity: "error",
  code: "x",
  file: "a.yaml",
  line,
  column,
  endLine: line,
  endColumn: column + length,
  message: "there is no key `rnu`",
  ...more,
});
const render = (list: readonly Diagnostic[], source: string | undefined) =>
  renderDiagnostics(list, () => source, { color: false });

test("a mistake in its lines, with what was meant", () => {
  const text = render([at(3, 3, 3, { hint: "did you mean `run`?" })], "a: 1\nb:\n  rnu: 2\nc: 3\nd: 4\ne: 5\n");
  assert.is(
    text,
    [
      "a.yaml:3:3 error there is no key `rnu`",
      "     1 | a: 1",
      "     2 | b:",
      ">    3 |   rnu: 2",
      "       |   ^^^",
      "     4 | c: 3",
      "     5 | d: 4",
      "  hint: did you mean `run`?",
      "",
      "1 error in 1 file",
    ].join("\n"),
  );
});

test("mistakes stand in the order of the file", () => {
  const text = render(
    [at(2, 1, 1), at(1, 4, 1, { severity: "warning", message: "w" }), at(1, 1, 1, { file: "b.yaml" })],
    "ab c\nd\n",
  );
  assert.equal(text.match(/^\S+:\d+:\d+ \w+/gm), ["a.yaml:1:4 warning", "a.yaml:2:1 error", "b.yaml:1:1 error"]);
  assert.match(text, /\n2 errors, 1 warning in 2 files$/);
});

test("tabs and control characters take one column each, wide letters two", () => {
  const lines = render([at(1, 5, 3)], "\t\x1bバcde\n").split("\n");
  assert.is(lines[1], ">    1 |  ·バcde");
  assert.is(lines[2], "       |      ^^");
});

test("a long line is cut around the mistake", () => {
  const lines = render([at(1, 301, 4)], `${"x".repeat(300)}here${"y".repeat(300)}`).split("\n");
  assert.is(lines[1], `>    1 | …${"x".repeat(48)}here${"y".repeat(44)}…`);
  assert.is(lines[2], `       | ${" ".repeat(49)}^^^^`);
});

test("a mistake over several lines is marked to the end of its first", () => {
  const lines = render([at(1, 4, 1, { endLine: 3, endColumn: 2 })], "a: [1,\n2,\n3]\n").split("\n");
  assert.is(lines[2], "       |    ^^^");
});

test("a file that could not be read has no lines to show", () => {
  assert.is(render([at(1, 1, 0)], ""), "a.yaml:1:1 error there is no key `rnu`\n\n1 error in 1 file");
  assert.is(render([at(1, 1, 0)], undefined), "a.yaml:1:1 error there is no key `rnu`\n\n1 error in 1 file");
  assert.is(render([], undefined), "");
});

test("a file's name can't draw on the terminal", () => {
  assert.match(render([at(1, 1, 1, { file: "a\x1b[2J\n.yaml" })], "a"), /^a \.yaml:1:1 error/);
});

test.run();
