import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readYaml } from "../../src/source/read-yaml.ts";

interface Written {
  readonly text: string;
  readonly path: readonly (string | number)[];
}

const indented = (body: string, by: string): string =>
  body
    .split("\n")
    .map((line) => (line === "" ? "" : by + line))
    .join("\n");

/** The five ways to write a scalar, where the text allows them (the property skips what YAML reads otherwise). */
const writers: { readonly [style: string]: (value: string) => Written } = {
  plain: (value) => ({ text: `a:\n  - b: ${value.replaceAll("\n", "\n\n      ")}\n`, path: ["a", 0, "b"] }),
  single: (value) => ({
    text: `a: '${value.replaceAll("'", "''").replaceAll("\n", "\n\n   ")}'\n`,
    path: ["a"],
  }),
  double: (value) => ({ text: `a: [x, ${JSON.stringify(value)}]\n`, path: ["a", 1] }),
  literal: (value) => ({ text: `a:\n  b: |2-\n${indented(value, "    ")}\n`, path: ["a", "b"] }),
  folded: (value) => ({ text: `a:\n  b: >2-\n${indented(value, "    ")}\nc: 1\n`, path: ["a", "b"] }),
};

const printable = fc.string({
  unit: fc.constantFrom(..."ab zé😀#:'\"\\{}$[]-,\t\n".split(""), "${{ x }}", "  "),
  maxLength: 40,
});

/** Whether the source at an offset spells the character, as itself or as an escape. */
function spells(text: string, offset: number, letter: string): boolean {
  if (text[offset] === letter) return true;
  if (/\s/.test(letter)) return /[\s\\]/.test(text[offset] ?? "\n");
  return text[offset] === "\\";
}

for (const [style, write] of Object.entries(writers)) {
  for (const lineBreak of ["\n", "\r\n"]) {
    test(`every offset of a ${style} scalar points at its character (${lineBreak === "\n" ? "LF" : "CRLF"})`, () => {
      let compared = 0;
      fc.assert(
        fc.property(printable, (value) => {
          const written = write(value);
          const text = written.text.replaceAll("\n", lineBreak);
          const document = readYaml("x.yaml", text);
          const scalar = document.diagnostics.length === 0 ? document.scalar(written.path) : undefined;
          if (!scalar) return true;
          let last = -1;
          for (let i = 0; i < scalar.value.length; i++) {
            const at = scalar.sourceOffset(i);
            if (!spells(text, at, scalar.value[i]!) || at < last) return false;
            last = at;
            compared++;
          }
          return true;
        }),
        { numRuns: 400, seed: 7 },
      );
      assert.ok(compared > 500, `only ${compared} characters were compared`);
    });
  }
}

test("escapes, folds and continued lines of a double-quoted scalar", () => {
  const text = 'a: "x\\u0041\\t\\\n  y  z\n\n   w\\n"\n';
  const scalar = readYaml("x.yaml", text).scalar(["a"]);
  assert.is(scalar?.value, "xA\ty  z\nw\n");
  const source = (letter: string) => text.slice(scalar?.sourceOffset(scalar.value.indexOf(letter)), undefined);
  assert.ok(source("A").startsWith("\\u0041"));
  assert.ok(source("y").startsWith("y  z"));
  assert.ok(source("w").startsWith("w\\n"));
});

test("a folded scalar with more-indented lines", () => {
  const text = "a: >\n  one\n  two\n\n    deeper\n  three\n\n\n  four\nb: 1\n";
  const scalar = readYaml("x.yaml", text).scalar(["a"]);
  for (const word of ["one", "two", "deeper", "three", "four"]) {
    assert.is(scalar?.sourceOffset(scalar.value.indexOf(word)), text.indexOf(word), word);
  }
});

test("the offset after the last character is the end of the value", () => {
  const text = 'a: "xy"\nb: ""\n';
  const document = readYaml("x.yaml", text);
  assert.is(document.scalar(["a"])?.sourceOffset(2), text.indexOf('"\nb'));
  assert.is(document.scalar(["b"])?.sourceOffset(0), text.lastIndexOf('""'));
});

test.run();
