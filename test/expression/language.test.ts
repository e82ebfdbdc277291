import { test } from "uvu";
import * as assert from "uvu/assert";
import { evaluate, evaluateKnown } from "../../src/expression/evaluate.ts";
import { makeLanguage } from "../../src/expression/language.ts";
import { ExpressionFailure, type Value, type Values } from "../../src/expression/types.ts";

const language = makeLanguage({
  inputs: { name: "string", replicas: "int", tags: "list<string>", ratio: "double", any: "dyn", odd: "dyn" },
  steps: { build: { status: "string", result: { rows: "int", labels: "map<string, string>", json: "dyn" } } },
  run: { id: "string" },
});
const values: Values = {
  inputs: {
    name: "web",
    replicas: 3,
    tags: ["a", "b"],
    ratio: 2,
    any: { x: [1, 2.5, null], big: 2 ** 53 },
    odd: { constructor: 1, b: 2 },
  },
  steps: { build: { status: "done", result: { rows: 12, labels: { k: "v" }, json: { a: { b: [1, 2] } } } } },
  run: { id: "k7" },
};

const results: readonly (readonly [string, Value])[] = [
  ["no expression", "no expression"],
  ["$${{ text }}", "${{ text }}"],
  ["${{ inputs.replicas + 1 }}", 4],
  ["x${{ inputs.replicas }}y${{ inputs.name }}", "x3yweb"],
  ["[${{ null }}]${{ inputs.any.x }}", "[][1,2.5,null]"],
  ["${{ inputs.ratio * 1.5 + inputs.replicas }}", 6],
  ["${{ inputs.replicas == 3.0 && inputs.ratio == 2 }}", true],
  ["${{ inputs.any.x[0] + 1 }}", 2],
  ["${{ inputs.any.big }}", 2 ** 53],
  ["${{ steps.build.result }}", { rows: 12, labels: { k: "v" }, json: { a: { b: [1, 2] } } }],
  ["${{ {'a': {'b': inputs.tags}} }}", { a: { b: ["a", "b"] } }],
  ["${{ inputs.tags.map(t, t + '!') }}", ["a!", "b!"]],
  ["${{ steps.build.result.labels.?no.orValue('d') }}", "d"],
  ["${{ has(steps.build.result.json.no) }}", false],
  ["${{ steps['build'].result['rows'] }}", 12],
  ["${{ '}}' + \"}}\" }}", "}}}}"],
  ["${{ duration('90m') }}", "5400s"],
  ["${{ timestamp('2026-01-01T00:00:00Z') + duration('1h') }}", "2026-01-01T01:00:00.000Z"],
  ["${{ toJson(steps.build.result.json) }}", '{"a":{"b":[1,2]}}'],
  ["${{ fromJson('{\"n\": [1, 2.5]}').n }}", [1, 2.5]],
  ["${{ basename('/a/b.c') + ' ' + dirname('/a/b.c') }}", "b.c /a"],
  ['${{ fromJson(\'{"constructor": {"n": 1}, "b": 2}\').constructor.n }}', 1],
  ["${{ inputs.odd['constructor'] + inputs.odd.b }}", 3],
  ["${{ inputs.odd }}", { constructor: 1, b: 2 }],
  ["${{ 'a-b-c'.replace('-', '$&') }}", "a$&b$&c"],
  ["${{ inputs.name.matches('(?i)^WEB$') }}", true],
  ["${{ cel.bind(n, inputs.replicas, n * n) }}", 9],
  ["${{ size(inputs.tags) + inputs.name.size() }}", 5],
];

for (const [text, expected] of results) {
  test(`gives ${JSON.stringify(expected).slice(0, 40)} for ${text}`, () => {
    assert.equal(language.check(text).problems, []);
    assert.equal(evaluate(language.compile(text), values), expected);
  });
}

const mistakes: readonly (readonly [string, string, string, string])[] = [
  // text, what is pointed at, message, hint
  ["a ${{ inputs.nmae }}", "nmae", "`inputs.nmae` is not known.", "did you mean inputs.name?"],
  ["${{ steps.biuld.status }}", "biuld", "`steps.biuld` is not known.", "did you mean steps.build?"],
  [
    "${{ steps.build.result.rwos }}",
    "rwos",
    "`steps.build.result.rwos` is not known.",
    "did you mean steps.build.result.rows?",
  ],
  ["${{ input.name }}", "input", "`input` is not known.", "did you mean inputs?"],
  [
    "${{ inputs.constructor }}",
    "constructor",
    "`inputs.constructor` is not known.",
    "known here: name, replicas, tags, ratio, any, odd",
  ],
  ["${{ toString }}", "toString", "`toString` is not known.", "known here: inputs, steps, run"],
  ["${{ run.id-name }}", "name", "`name` is not known.", "a dash is read as minus; names are written with underscores"],
  [
    "${{ inputs.name + 1 }}",
    "inputs.name + 1",
    "`+` can't be used between string and int.",
    "string() makes text of a value",
  ],
  ["${{ inputs.name.length() }}", "inputs.name.length()", "There is no function `length`.", "did you mean size?"],
  [
    "${{ inputs.name === 'a' }}",
    "=",
    "The expression is not complete or not valid here: unexpected character: =.",
    "equality is written ==",
  ],
  ["${{ }}", "", "The expression is empty.", ""],
  ["${{ now() }}", "now()", "There is no function `now`.", ""],
  [
    "x ${{ 'a",
    "${{",
    "The `${{` is never closed with `}}`.",
    "an unquoted ` #` starts a YAML comment and cuts the value off: put the value in quotes",
  ],
  [
    "${{ inputs.name.matches('^(a+)+$') }}",
    "'^(a+)+$'",
    "The pattern repeats a group that itself repeats something, which can take forever.",
    "",
  ],
  [`\${{ ${"(".repeat(60)}1${")".repeat(60)} }}`, "", "Exceeded maxDepth (50).", ""],
];

for (const [text, pointed, message, hint] of mistakes) {
  test(`refuses ${text.slice(0, 60)}`, () => {
    const { problems } = language.check(text);
    assert.is(problems.length, 1);
    assert.is(problems[0]?.message, message);
    assert.is(problems[0]?.hint ?? "", hint);
    assert.is(text.slice(problems[0]?.start, problems[0]?.end), pointed);
    assert.throws(
      () => language.compile(text),
      (error: unknown) => error instanceof ExpressionFailure,
    );
  });
}

test("all unknown names of a scalar are reported at once", () => {
  const { problems } = language.check("${{ inputs.a1 + inputs.b1 }} ${{ x.y }}");
  assert.equal(
    problems.map((one) => one.message),
    ["`inputs.a1` is not known.", "`inputs.b1` is not known.", "`x` is not known."],
  );
});

test("references carry their path and place; names of macros are left out", () => {
  const text = "n: ${{ steps['build'].result.json.a.b.exists(run, run > inputs.replicas) }}";
  const { references, type } = language.check(text);
  assert.equal(
    references.map((one) => [one.path.join("."), text.slice(one.start, one.end)]),
    [
      ["steps.build.result.json.a.b", "steps['build'].result.json.a.b"],
      ["inputs.replicas", "inputs.replicas"],
    ],
  );
  assert.is(type, undefined);
});

test("the type of a scalar that is one expression", () => {
  assert.is(language.check("${{ inputs.tags }}").type, "list<string>");
  assert.is(language.check("${{ steps.build.result }}").type, "object");
  assert.is(language.check("${{ timestamp('2026-01-01T00:00:00Z') }}").type, "timestamp");
  assert.is(language.check("plain").type, undefined);
});

const failures: readonly (readonly [string, string])[] = [
  ["${{ inputs.any.no }}", "`${{ inputs.any.no }}` can't be evaluated: no such key: no."],
  ["${{ inputs.any.__proto__ }}", "`${{ inputs.any.__proto__ }}` can't be evaluated: no such key: __proto__."],
  ["${{ inputs.tags[5] }}", "`${{ inputs.tags[5] }}` can't be evaluated: index out of bounds, index 5 >= size 2."],
  [
    "${{ 9007199254740993 }}",
    "`${{ 9007199254740993 }}` can't be evaluated: the result 9007199254740993 is too large to be kept exactly; make it a string with string().",
  ],
  [
    "${{ timestamp('2026-01-01T00:00:00') }}",
    "`${{ timestamp('2026-01-01T00:00:00') }}` can't be evaluated: \"2026-01-01T00:00:00\" is not a time such as 2026-11-20T22:00:04Z.",
  ],
  ["${{ fromJson('{') }}", "`${{ fromJson('{') }}` can't be evaluated: the text is not JSON."],
  [
    "${{ 1.0 / 0.0 }}",
    "`${{ 1.0 / 0.0 }}` can't be evaluated: the result is Infinity, which is not a number that JSON knows.",
  ],
];

for (const [text, message] of failures) {
  test(`fails with a sentence: ${text}`, () => {
    assert.throws(
      () => evaluate(language.compile(text), values),
      (error: unknown) => error instanceof ExpressionFailure && error.message === message,
    );
  });
}

test("deeply nested data is refused and does not exhaust the stack", () => {
  const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`;
  const compiled = makeLanguage({ t: "string" }).compile("${{ fromJson(t) }}");
  assert.throws(() => evaluate(compiled, { t: deep }), /nested more than 200 levels deep/);
});

test("a value that is not known yet names what it waits for", () => {
  const unknown = (path: readonly string[]) => (path[0] === "steps" ? path[1] : undefined);
  const waiting = language.compile("${{ inputs.name }} ${{ steps.build.result.rows }} ${{ steps.build.status }}");
  assert.equal(evaluateKnown(waiting, values, unknown), { known: false, after: ["build"] });
  assert.equal(evaluateKnown(language.compile("${{ inputs.name }}"), values, unknown), { known: true, value: "web" });
});

test("a language of ten steps is made, and checks, within milliseconds", () => {
  const step = {
    status: "string",
    result: { exitCode: "int", lines: "list<string>", nested: { a: "int", b: { c: "dyn" } } },
  };
  const start = performance.now();
  const other = makeLanguage({ steps: Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`s${i}`, step])) });
  assert.equal(other.check("${{ steps.s1.result.nested.b.c }}").problems, []);
  assert.ok(performance.now() - start < 100);
});

test("an expression over a large result converts only what it reads", () => {
  const lines = Array.from({ length: 200_000 }, (_, i) => ({ i }));
  const large: Values = {
    ...values,
    steps: { build: { status: "done", result: { rows: 1, labels: {}, json: lines } } },
  };
  const compiled = language.compile("${{ steps.build.result.rows + 1 }}");
  const start = performance.now();
  for (let i = 0; i < 1_000; i++) evaluate(compiled, large);
  assert.ok(performance.now() - start < 1_000);
});

test.run();
