import { test } from "uvu";
import * as assert from "uvu/assert";
import { formatPax, parsePax } from "../../../src/actions/archive/pax.ts";
import { pathFilter } from "../../../src/actions/paths/path-filter.ts";

const cases: readonly [pattern: string, yes: readonly string[], no: readonly string[]][] = [
  ["conf", ["conf", "conf/a", "conf/a/b", "a/conf", "a/conf/b"], ["config", "a/config"]],
  ["/conf", ["conf", "conf/a"], ["config", "a/conf"]],
  ["tmp/", ["tmp/c", "a/tmp/c"], ["tmpx"]],
  ["a/*.gz", ["a/c.gz"], ["a/b/c.gz"]],
  ["a[.]b", ["a[.]b"], ["a.b"]],
  ["conf/**", ["conf/a", "conf/a/b"], ["conf", "config/a"]],
  ["**", ["a", "a/b"], []],
  ["**/tmp", ["tmp", "a/tmp", "a/b/tmp/x"], ["tmpx", "a/tmp2"]],
  ["a/**/b", ["a/b", "a/x/b", "a/x/y/b", "a/b/c"], ["a", "a/x", "b"]],
  ["*.xml", ["a.xml", ".xml", "d/a.xml"], ["a.xmlx"]],
  ["**/*.xml", ["a.xml", "d/a.xml", "d/e/a.xml"], ["a.txt"]],
  ["d/*", ["d/a", "d/a/b"], ["d", "e/a"]],
  ["?.log", ["1.log", "ü.log", "🎈.log"], ["10.log", ".log"]],
  ["a(1)[x]{y}+.^$|\\", ["a(1)[x]{y}+.^$|\\"], ["a1x"]],
  ["./a//b/", ["a/b"], ["a", "c/a/b"]],
];

for (const [pattern, yes, no] of cases) {
  test(`the pattern ${pattern}`, () => {
    const included = pathFilter([pattern]);
    const excluded = pathFilter(undefined, [pattern]);
    for (const path of yes) assert.equal([included.selects(path), excluded.selects(path)], [true, false], path);
    for (const path of no) assert.equal([included.selects(path), excluded.selects(path)], [false, true], path);
  });
}

test("many ** are quick, also over a deep path that does not match", () => {
  const filter = pathFilter([`${"**/".repeat(30)}x`]);
  const begun = performance.now();
  assert.not(filter.selects("a/".repeat(500)));
  assert.ok(performance.now() - begun < 500);
});

test("many stars in a name are quick, also when nothing matches", () => {
  const filter = pathFilter(["*a*a*a*a*a*a*a*a*b"]);
  const begun = performance.now();
  assert.not(filter.selects("a".repeat(250)));
  assert.ok(performance.now() - begun < 200);
});

test("pax records count their own length, and hold newlines and wide characters", () => {
  for (const path of [
    "a",
    "a\nb=c\n12 path=d",
    "ü".repeat(100),
    "x".repeat(92),
    "x".repeat(91),
    "x".repeat(90),
    "x".repeat(989),
  ]) {
    const pax = { mtime: 1_700_000_000_123, path, size: 9_000_000_000, uid: 0, gid: 3_000_000 };
    assert.equal(parsePax(formatPax(pax)), pax);
  }
  for (const wrong of ["5 a=1\n", "x a=1\n", "6 a=b1", "0 a=1\n", "10 size=-1\n"])
    assert.is(parsePax(Buffer.from(wrong)), undefined);
});

test.run();
