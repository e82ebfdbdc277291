import { test } from "uvu";
import * as assert from "uvu/assert";
import { type CheckOptions, checker } from "../../src/schema/check.ts";
import type { Schema } from "../../src/schema/define.ts";

const schema = {
  type: "object",
  additionalProperties: false,
  required: ["run", "cwd"],
  properties: {
    run: { type: "string", minLength: 1 },
    cwd: { type: "string" },
    port: { type: "integer", minimum: 1, maximum: 65535 },
    mode: { enum: ["fast", "safe"] },
    version: { const: 1 },
    tags: { type: "array", items: { type: "string", pattern: "^[a-z]+$" }, maxItems: 2, uniqueItems: true },
    either: { type: ["string", "integer"] },
    nested: {
      type: "object",
      additionalProperties: false,
      properties: { "a/b": { type: "object", additionalProperties: { type: "boolean" } } },
    },
  },
} as const satisfies Schema;

async function problems(value: unknown, options: CheckOptions = {}) {
  return (await checker("test", schema, options))({ run: "x", cwd: "/", ...(value as object) });
}

test("a value that fits has no problems", async () => {
  assert.equal(await problems({ port: 80, tags: ["a"], nested: { "a/b": { x: true } } }), []);
});

test("each kind of mistake, with the path and the value", async () => {
  const cases: readonly (readonly [object, object])[] = [
    [{ rnu: 1 }, { kind: "unknown-key", path: [], key: "rnu", allowed: Object.keys(schema.properties) }],
    [{ nested: { c: 1 } }, { kind: "unknown-key", path: ["nested"], key: "c", allowed: ["a/b"] }],
    [{ port: "80" }, { kind: "wrong-type", path: ["port"], expected: ["integer"], value: "80" }],
    [{ either: true }, { kind: "wrong-type", path: ["either"], expected: ["string", "integer"], value: true }],
    [{ tags: ["a", 1] }, { kind: "wrong-type", path: ["tags", 1], expected: ["string"], value: 1 }],
    [
      { nested: { "a/b": { "~x": 1 } } },
      { kind: "wrong-type", path: ["nested", "a/b", "~x"], expected: ["boolean"], value: 1 },
    ],
    [{ mode: "fats" }, { kind: "not-allowed", path: ["mode"], allowed: ["fast", "safe"], value: "fats" }],
    [{ version: 2 }, { kind: "not-allowed", path: ["version"], allowed: [1], value: 2 }],
    [{ port: 0 }, { kind: "invalid", path: ["port"], value: 0, rule: "must be at least 1" }],
    [{ run: "" }, { kind: "invalid", path: ["run"], value: "", rule: "must not be empty" }],
    [{ tags: ["A"] }, { kind: "invalid", path: ["tags", 0], value: "A", rule: "must match ^[a-z]+$" }],
    [
      { tags: ["a", "b", "c"] },
      { kind: "invalid", path: ["tags"], value: ["a", "b", "c"], rule: "must have at most 2 items" },
    ],
    [
      { tags: ["a", "a"] },
      { kind: "invalid", path: ["tags"], value: ["a", "a"], rule: "has the same item at 0 and 1" },
    ],
  ];
  for (const [value, expected] of cases) assert.equal(await problems(value), [expected], JSON.stringify(value));
});

test("all mistakes at once", async () => {
  const found = await (await checker("test", schema))({ port: "x", mode: 1 });
  assert.equal(found.map((one) => one.kind).sort(), ["missing-key", "missing-key", "not-allowed", "wrong-type"]);
});

test("a misspelt required key is one mistake", async () => {
  const near = (written: string, meant: string) => written === "rnu" && meant === "run";
  const found = (await checker("test", schema, { near }))({ rnu: "x" });
  assert.equal(found.map((one) => [one.kind, "key" in one ? one.key : ""]).sort(), [
    ["missing-key", "cwd"],
    ["unknown-key", "rnu"],
  ]);
});

test("a value that stands for another is not judged, but keys are", async () => {
  const lenient = (value: unknown) => typeof value === "string" && value.includes("${{");
  const value = {
    port: "${{ inputs.port }}",
    mode: "${{ inputs.mode }}",
    tags: "${{ inputs.tags }}",
    mdoe: "${{ x }}",
  };
  assert.equal(
    (await problems(value, { lenient })).map((one) => one.kind),
    ["unknown-key"],
  );
  assert.is((await problems({ port: "80" }, { lenient })).length, 1);
});

test("a wrong schema is refused", async () => {
  try {
    await checker("wrong", { type: "string", pattern: "(" });
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, "regular expression");
  }
});

test.run();
