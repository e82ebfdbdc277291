import { test } from "uvu";
import * as assert from "uvu/assert";
import { makeLanguage } from "../../src/expression/language.ts";
import { compileTemplate, expressionsOf, renderKnown, renderTemplate } from "../../src/expression/template.ts";
import { valueTypeOf } from "../../src/expression/type-of-schema.ts";

const language = makeLanguage({
  inputs: { n: "int", list: "list<string>" },
  steps: { load: { result: { rows: "int" } } },
});
const constant = { mode: "keep", deep: [1, null, true] };
const tree = {
  port: "${{ inputs.n + 8000 }}",
  argv: ["echo", "n=${{ inputs.n }}", "${{ inputs.list }}"],
  rows: { count: "${{ steps.load.result.rows }}" },
  constant,
};
const template = compileTemplate(language, tree);
const values = { inputs: { n: 1, list: ["x"] }, steps: { load: { result: { rows: 5 } } } };

test("a tree keeps the types of its expressions", () => {
  const rendered = renderTemplate(template, values) as typeof tree;
  assert.equal(rendered, { port: 8001, argv: ["echo", "n=1", ["x"]], rows: { count: 5 }, constant });
  assert.is(rendered.constant, constant);
});

test("what is not known yet says what it waits for", () => {
  const unknown = (path: readonly string[]) => (path[0] === "steps" ? path[1] : undefined);
  const { value, after, unknownPaths } = renderKnown(template, { inputs: values.inputs }, unknown);
  assert.equal(value, { port: 8001, argv: ["echo", "n=1", ["x"]], rows: { count: "(known after load)" }, constant });
  assert.equal(after, ["load"]);
  assert.equal(unknownPaths, [["rows", "count"]]);
  assert.equal(renderKnown(template, values, () => undefined).after, []);
});

test("the expressions of a tree and the paths they read", () => {
  assert.equal(
    expressionsOf(tree).map((one) => one.path.join(".")),
    ["port", "argv.1", "argv.2", "rows.count"],
  );
  assert.equal(
    template.references.map((one) => one.path.join(".")),
    ["inputs.n", "inputs.n", "inputs.list", "steps.load.result.rows"],
  );
});

test("types from a JSON Schema", () => {
  const type = valueTypeOf({
    type: "object",
    additionalProperties: false,
    properties: {
      name: { type: "string" },
      count: { type: "integer" },
      ratio: { type: "number" },
      mode: { enum: ["a", "b"] },
      either: { type: ["string", "integer"] },
      lines: { type: "array", items: { type: "string" } },
      files: { type: "array", items: { type: "object", properties: { path: { type: "string" } } } },
      labels: { type: "object", additionalProperties: { type: "string" } },
      free: { type: "object" },
      open: { type: "object", properties: { a: { type: "string" } }, additionalProperties: true },
      nested: { type: "object", properties: { ok: { type: "boolean" } } },
      none: { type: "object", properties: {}, additionalProperties: false },
    },
  });
  assert.equal(type, {
    name: "string",
    count: "int",
    ratio: "double",
    mode: "string",
    either: "dyn",
    lines: "list<string>",
    files: "list<dyn>",
    labels: "map<string, string>",
    free: "dyn",
    open: "dyn",
    nested: { ok: "bool" },
    none: {},
  });
  assert.equal(makeLanguage({ result: type }).check("${{ result.files[0].path + result.labels.a }}").problems, []);
});

test.run();
