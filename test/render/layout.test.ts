import { test } from "uvu";
import * as assert from "uvu/assert";
import { againstExpected, bar, formatBytes, progressWords } from "../../src/render/amounts.ts";
import { displayWidth, fit, hang, joinFacts, pad, wrap } from "../../src/render/layout.ts";
import { printable, printableLines } from "../../src/render/printable.ts";
import { formatTime } from "../../src/render/time.ts";

test("width is counted in columns", () => {
  assert.is(displayWidth("abc"), 3);
  assert.is(displayWidth("\x1b[31mabc\x1b[39m"), 3);
  assert.is(displayWidth("日本"), 4);
  assert.is(displayWidth("e\u0301"), 1);
  assert.is(displayWidth("✔ ● ☛"), 5);
  assert.is(pad("日", 4), "日  ");
});

test("text is wrapped without losing a character", () => {
  assert.equal(wrap("one two three four", 10), ["one two", "three four"]);
  assert.equal(wrap("", 10), [""]);
  assert.equal(wrap("/srv/restore/data/repository.old", 16), ["/srv/restore/", "data/repository.", "old"]);
  assert.equal(wrap("a  b", 10), ["a  b"]);
  for (const text of ["日本語の長い文章は空白なし", "x".repeat(95), "a bb ccc dddd eeeee ffffff ggggggg"]) {
    const lines = wrap(text, 11);
    assert.is(lines.join("").replaceAll(" ", ""), text.replaceAll(" ", ""));
    for (const line of lines) assert.ok(displayWidth(line) <= 11, line);
  }
});

test("further lines hang below the first", () => {
  assert.equal(hang("  why: ", "one two three", 17), ["  why: one two", "       three"]);
  assert.equal(joinFacts(["run k7", "title", "started 03:02"], 16), ["run k7 · title", "  started 03:02"]);
  assert.is(fit("abcdef", 4), "abc…");
  assert.is(fit("abcd", 4), "abcd");
});

test("what comes from outside is made harmless", () => {
  assert.is(printable("a\x1b[31mb\x1b]0;t\x07c\x1b(Bd\x9b2Je"), "abcde");
  assert.is(printable("a\tb\x07\x00"), "a  b\\u0007\\u0000");
  assert.is(printable("user\u202etxt.exe\u200b"), "user\\u202etxt.exe\\u200b");
  assert.is(printable("  one\r\n  two  "), "one two");
  assert.equal(printableLines("10 %\r20 %\nend  "), ["10 %", "20 %", "end"]);
  assert.is(printable("\x1b"), "\\u001b");
});

test("times are in UTC, and in local time where that differs", () => {
  const now = Date.parse("2026-11-21T12:00:00Z");
  assert.is(formatTime("2026-11-21T03:02:11Z", { now, zone: "UTC" }), "03:02 UTC");
  assert.is(formatTime("2026-11-21T03:02:11Z", { now, zone: "Europe/Vienna" }), "03:02 UTC (04:02 local)");
  assert.is(
    formatTime("2026-11-20T23:30:00Z", { now, zone: "Asia/Kolkata" }),
    "2026-11-20 23:30 UTC (2026-11-21 05:00 local)",
  );
  assert.is(formatTime("2026-11-21T00:00:00Z", { now, zone: "UTC" }), "00:00 UTC");
  assert.is(formatTime("no time", { now }), "no time");
});

test("amounts and progress", () => {
  assert.is(formatBytes(812), "812 B");
  assert.is(formatBytes(4_200_000), "4.2 MB");
  assert.is(formatBytes(2_900_000_000), "2.9 GB");
  assert.is(progressWords({ done: 3, unit: "files" }), "3 files");
  assert.is(progressWords({ done: 999, total: 1000, unit: "items" }), "99 % · 999 of 1000 items");
  assert.is(
    progressWords({ done: 50e6, total: 150e6, unit: "bytes" }, { at: 0, done: 0 }, 5000),
    "33 % · 50 MB of 150 MB · 10 MB/s · 10 s left",
  );
  assert.is(
    progressWords({ done: 50e6, total: 150e6, unit: "bytes" }, { at: 0, done: 0 }, 1000),
    "33 % · 50 MB of 150 MB",
  );
  assert.is(bar(1, 4, 8), "██░░░░░░");
  assert.is(bar(0, 0, 4), "████");
});

test("a step's time is held against what was expected", () => {
  assert.is(againstExpected(60_000, 120_000, true), "still normal (about 2 min)");
  assert.is(againstExpected(60_000, 120_000, false), "");
  assert.is(againstExpected(200_000, 120_000, true), "longer than expected (about 2 min)");
  assert.is(againstExpected(250_000, 120_000, false), "twice as long as expected (about 2 min)");
  assert.is(againstExpected(500_000, 120_000, false), "4 times as long as expected (about 2 min)");
  assert.is(againstExpected(500_000, undefined, true), "");
});

test.run();
