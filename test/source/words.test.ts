import { test } from "uvu";
import * as assert from "uvu/assert";
import { likelyMistake } from "../../src/source/likely-mistake.ts";
import { nearest } from "../../src/source/nearest.ts";

test("the nearest known word", () => {
  assert.is(nearest("rnu", ["run", "cwd", "env"]), "run");
  assert.is(nearest("biuld", ["deploy", "build"]), "build");
  assert.is(nearest("NAME", ["name"]), "name");
  assert.is(nearest("wiht", ["with", "when"]), "with");
  assert.is(nearest("entirely", ["different", "words"]), undefined);
  assert.is(nearest("x", ["y", "ab"]), undefined);
  assert.is(nearest("x".repeat(100_000), ["xx"]), undefined);
});

test("habits of YAML 1.1", () => {
  assert.is(likelyMistake("yes"), "in YAML 1.2 `yes` is a string; write true");
  assert.is(likelyMistake("Off"), "in YAML 1.2 `Off` is a string; write false");
  assert.is(likelyMistake(10, "010"), "010 is the number 10 in YAML 1.2; write 0o10 for octal 8 or quote it");
  assert.is(likelyMistake(89, "089"), "089 is the number 89 in YAML 1.2; quote it to keep the zeros");
  assert.is(likelyMistake("1_000"), "in YAML 1.2 `1_000` is a string; write 1000");
  for (const value of ["ok", "constructor", 10, true, null]) assert.is(likelyMistake(value, String(value)), undefined);
});

test.run();
