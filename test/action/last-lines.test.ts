import { test } from "uvu";
import * as assert from "uvu/assert";
import { lastLines } from "../../src/action/last-lines.ts";

test("keeps the last lines that say something", () => {
  assert.equal(lastLines("a\nb\n\n  \r\nc\r\n", 2), ["b", "c"]);
  assert.equal(lastLines("", 3), []);
});

test("a carriage return begins a line", () => {
  assert.equal(lastLines("10%\r20%\r30%", 1), ["30%"]);
  assert.equal(lastLines("10%\r20%\r", 1), ["20%"]);
});

test("nothing is left that moves a cursor, sets a colour or a title", () => {
  const hostile =
    "\x1b[2J\x1b[31mred\x1b[0m \x1b]0;title\x07\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\\x9b1A\x07\x00 a\tb";
  assert.equal(lastLines(hostile, 3), ["red link1A a b"]);
});

test("cuts long lines between characters", () => {
  assert.equal(lastLines("é𝄞".repeat(300), 1, 3), ["é𝄞…"]);
});

test.run();
