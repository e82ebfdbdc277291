import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { formatDuration, parseDuration } from "../../src/action/duration.ts";

test("reads durations", () => {
  const cases: [string, number][] = [
    ["500ms", 500],
    ["90s", 90_000],
    ["2m", 120_000],
    ["1h30m", 5_400_000],
    ["1d2h3m4s5ms", 93_784_005],
    ["0s", 0],
  ];
  for (const [text, expected] of cases) assert.is(parseDuration(text), expected, text);
});

test("refuses what is none, or could mean two things", () => {
  for (const text of ["", "90", "-5s", "1h foo", "30m1h", "1.5h", "1h 30m", "1H", "5ms1s", " 5s", "5s\n", "1e3s"]) {
    assert.is(parseDuration(text), undefined, JSON.stringify(text));
  }
});

test("writes durations for people", () => {
  const cases: [number, string][] = [
    [0, "0 ms"],
    [850, "850 ms"],
    [999.6, "1 s"],
    [4200, "4.2 s"],
    [9999, "10 s"],
    [59_700, "1 min"],
    [130_000, "2 min 10 s"],
    [3_599_700, "1 h"],
    [5_400_000, "1 h 30 min"],
    [18_720_000, "5 h 12 min"],
    [86_399_000, "1 d"],
    [183_600_000, "2 d 3 h"],
  ];
  for (const [milliseconds, expected] of cases) assert.is(formatDuration(milliseconds), expected);
});

test("never shows 60 of a unit", () => {
  fc.assert(fc.property(fc.nat(10 ** 9), (ms) => !/\b(60 s|60 min|24 h|1000 ms)\b/.test(formatDuration(ms))));
});

test.run();
