import { test } from "uvu";
import * as assert from "uvu/assert";
import { readYaml } from "../../src/source/read-yaml.ts";

const text = `name: demo
inputs:
  ünï: { type: string, default: "a\\tb" }
  empty:
shared: &shared
  uses: exec
steps:
  - id: one
    with: *shared
  - id: two
`;
const document = readYaml("demo.yaml", text);

function at(range: { start: number; end: number }): string {
  return text.slice(range.start, range.end);
}

test("a value, a key, a map and a list", () => {
  assert.is(at(document.locate(["name"])), "demo");
  assert.is(at(document.locateKey([], "steps")), "steps");
  assert.is(at(document.locate(["inputs"])), "ünï");
  assert.is(at(document.locate(["steps"])), "-");
  assert.is(at(document.locate(["steps", 1, "id"])), "two");
  assert.is(at(document.locate(["steps", 1])), "id");
});

test("a missing path is its nearest ancestor", () => {
  assert.is(at(document.locate(["steps", 1, "with", "path"])), "id");
  assert.is(at(document.locate(["steps", 7])), "-");
  assert.is(at(document.locateKey(["steps", 1], "nope")), "id");
});

test("an empty value is pointed at by its key", () => {
  assert.is(at(document.locate(["inputs", "empty"])), "empty");
});

test("what goes through an alias points at the use of the alias", () => {
  assert.is(at(document.locate(["steps", 0, "with"])), "*shared");
  assert.is(at(document.locate(["steps", 0, "with", "uses"])), "*shared");
  assert.is(at(document.locateKey(["steps", 0, "with"], "uses")), "*shared");
  const scalar = document.scalar(["steps", 0, "with", "uses"]);
  assert.is(scalar?.value, "exec");
  assert.is(scalar?.sourceOffset(2), text.indexOf("*shared"));
});

test("lines and columns count UTF-16 code units from 1", () => {
  const found = document.diagnostic("error", "x", document.locate(["inputs", "ünï", "default"]), "Wrong.", "try");
  assert.equal(found, {
    severity: "error",
    code: "x",
    file: "demo.yaml",
    line: 3,
    column: 33,
    endLine: 3,
    endColumn: 39,
    message: "Wrong.",
    hint: "try",
  });
});

test("CRLF and a byte order mark do not move columns", () => {
  const other = readYaml("x.yaml", "\ufeffa: 1\r\nb: { c: x }\r\n");
  const first = other.diagnostic("error", "x", other.locateKey([], "a"), "Wrong.");
  const second = other.diagnostic("error", "x", other.locate(["b", "c"]), "Wrong.");
  assert.equal([first.line, first.column, second.line, second.column, second.endColumn], [1, 1, 2, 9, 10]);
  assert.equal(other.data, { a: 1, b: { c: "x" } });
});

test("the raw text of a scalar", () => {
  const other = readYaml("x.yaml", 'a: 010\nb: "yes"\nc: [1]\nd: &d 0x1F\ne: *d\n');
  assert.equal(
    ["a", "b", "c", "d", "e", "f"].map((key) => other.raw([key])),
    ["010", '"yes"', undefined, "0x1F", "0x1F", undefined],
  );
  assert.is(other.scalar(["a"]), undefined);
});

test("2,000 steps are read and located within the time of a blink", () => {
  const step = (i: number) =>
    `  - id: step_${i}\n    uses: files.copy\n    with: { from: /a/${i}, to: "\${{ inputs.to }}" }\n`;
  const start = performance.now();
  const large = readYaml("x.yaml", `steps:\n${Array.from({ length: 2_000 }, (_, i) => step(i)).join("")}`);
  for (let i = 0; i < 2_000; i++) {
    const range = large.locate(["steps", i, "with", "to"]);
    assert.is(large.diagnostic("error", "x", range, "Wrong.").line, i * 3 + 4);
  }
  const took = performance.now() - start;
  assert.ok(took < 3_000, `took ${Math.round(took)} ms`);
});

test.run();
