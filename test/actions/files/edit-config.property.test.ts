import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ActionFailure } from "../../../src/action/failure.ts";
import { type ConfigEdit, editConfig } from "../../../src/actions/files/edit-config.ts";

const key = fc.constantFrom("a", "b", "a.b", "max", "max connections", "a b", "export");
const separator = fc.constantFrom("=", " = ", ": ", ":", " ", "\t", "");
const value = fc.constantFrom("1", "x y", "", "[", "|", "-Da=b", "::1", "caf\xe9", "\xc3\xa0", "\\", "a=1", "a: 1");
const line = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom("", "  ", "#", "export "), key, separator, value)
      .map((parts) => parts.join("")),
  },
  { weight: 1, arbitrary: fc.constantFrom("", "  ", "[s]", "[t]", "- x", "\xff\xfe", "\r", "//") },
  { weight: 1, arbitrary: fc.string({ unit: "binary-ascii", maxLength: 12 }).map((text) => text.replaceAll("\n", "")) },
);
const file = fc
  .tuple(
    fc.constantFrom("", "\xef\xbb\xbf"),
    fc.array(fc.tuple(line, fc.constantFrom("\n", "\r\n")), { maxLength: 8 }),
    fc.boolean(),
  )
  .map(
    ([mark, lines, whole]) =>
      mark + lines.map((pair, index) => (index === lines.length - 1 && !whole ? pair[0] : pair.join(""))).join(""),
  );
const edit: fc.Arbitrary<ConfigEdit> = fc.record({
  set: fc.array(
    fc.tuple(
      key,
      value.filter((text) => !text.endsWith("\\")),
    ),
    { maxLength: 2 },
  ),
  remove: fc.array(fc.oneof(key, line), { maxLength: 2 }),
  add: fc.array(
    line.filter((text) => text.trim() !== ""),
    { maxLength: 2 },
  ),
  section: fc.constantFrom(undefined, undefined, "s"),
  separator: fc.constantFrom(undefined, undefined, "=", ": ", " "),
});

/** The outcome, or undefined where the edit is refused in words. */
function outcome(bytes: string, what: ConfigEdit): string | undefined {
  try {
    return editConfig(bytes, what, "/f");
  } catch (error) {
    if (error instanceof ActionFailure && error.kind === "wrong-input") return undefined;
    throw error;
  }
}

test("what it does once, it finds done", () => {
  let applied = 0;
  fc.assert(
    fc.property(file, edit, (bytes, what) => {
      const once = outcome(bytes, what);
      if (once === undefined) return;
      applied += 1;
      assert.is(editConfig(once, what, "/f"), once);
    }),
    { numRuns: 3000 },
  );
  assert.ok(applied > 500, `only ${applied} edits were not refused`);
});

test("bytes outside the lines it edits never change", () => {
  let applied = 0;
  fc.assert(
    fc.property(file, edit, (bytes, what) => {
      const after = outcome(bytes, what);
      if (after === undefined || after === bytes) return;
      applied += 1;
      const names = [...what.set.map(([name]) => name), ...what.remove].map((name) => name.trim());
      const touched = (text: string) => {
        const bare = text.replace(/^\xef\xbb\xbf/, "").trim();
        return names.some((name) => bare.startsWith(name) || bare.replace(/^export[ \t]+/, "").startsWith(name));
      };
      const kept = (all: string) =>
        all
          .replace(/^\xef\xbb\xbf/, "")
          .split("\n")
          .filter((text) => text.trim() !== "" && !touched(text));
      const [was, is] = [kept(bytes), kept(after)];
      const added = new Set([...what.add, ...what.add.map((text) => `${text}\r`)]);
      // The last line may get its line end, and lines that were asked for may follow.
      const same = (text: string) => text.replace(/\r+$/, "");
      let at = 0;
      for (const text of is) {
        if (at < was.length && same(was[at] ?? "") === same(text)) at += 1;
        else assert.ok(added.has(text), `${JSON.stringify(text)} appeared`);
      }
      assert.is(at, was.length, `${JSON.stringify(was[at])} is gone`);
    }),
    { numRuns: 3000 },
  );
  assert.ok(applied > 300, `only ${applied} edits changed anything`);
});

test("a value set in an untouched file changes that value's bytes and no other", () => {
  const plain = fc.string({ unit: "binary-ascii", maxLength: 20 }).map((text) => `#${text.replace(/[\n\r]/g, "")}`);
  const end = fc.constantFrom("\n", "\r\n");
  const some = fc.array(fc.tuple(plain, end), { maxLength: 5 }).map((pairs) => pairs.flat().join(""));
  fc.assert(
    fc.property(some, some, end, fc.constantFrom("=", " = ", ": ", " "), (before, after, last, between) => {
      const bytes = `${before}  key${between}old${last}${after}`;
      const what = { set: [["key", "new"]] as const, remove: [], add: [] };
      assert.is(editConfig(bytes, what, "/f"), `${before}  key${between}new${last}${after}`);
    }),
    { numRuns: 500 },
  );
});

test.run();
