import { test } from "uvu";
import * as assert from "uvu/assert";
import { boundedMatch, refusePattern } from "../../src/expression/bounded-match.ts";

test("patterns that can take forever are refused", () => {
  for (const pattern of ["^(a+)+$", "(a*)*", "((a)+b*)+", "(x{2,})*", "(?:[a-z]+\\.)*z", "(a+){2,}", "(a|b+)*"]) {
    assert.match(refusePattern(pattern) ?? "", "take forever", pattern);
    assert.throws(() => boundedMatch(`${"a".repeat(40)}!`, pattern), /take forever/);
  }
  assert.match(refusePattern("a".repeat(201)) ?? "", "longer than 200");
  assert.match(refusePattern("(") ?? "", "not a valid");
});

test("ordinary patterns are accepted", () => {
  for (const pattern of [
    "^[a-z]+$",
    "^\\d{1,3}(\\.\\d{1,3}){3}$",
    "(abc)+",
    "[(+*)]+",
    "\\(a+\\)+",
    "^(a?b)+$",
    "(?i)x+",
  ]) {
    assert.is(refusePattern(pattern), undefined, pattern);
  }
  assert.is(boundedMatch("10.0.0.1", "^\\d{1,3}(\\.\\d{1,3}){3}$"), true);
  assert.is(boundedMatch("x".repeat(1_000_000), "^x*$"), true);
});

test("a slow pattern that looks harmless is given up after a second", () => {
  const start = performance.now();
  assert.throws(() => boundedMatch("a".repeat(50_000), "a*a*a*a*b"), /took longer than 1 s/);
  assert.throws(() => boundedMatch(`${"a".repeat(60)}!`, "^(a|a)*$"), /took longer|take forever/);
  assert.throws(() => boundedMatch("a".repeat(40), `${"a?".repeat(40)}${"a".repeat(40)}b`), /took longer/);
  assert.throws(() => boundedMatch("a".repeat(40), `${"(a|a)".repeat(35)}b`), /took longer/);
  assert.ok(performance.now() - start < 10_000);
});

test.run();
