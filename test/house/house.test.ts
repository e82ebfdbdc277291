import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";

// The house: which room may know which, where each vendor's door is, and how long a file may be.

const root = resolve(import.meta.dirname, "../..");
const source = join(root, "src");

const arrows: { readonly [room: string]: readonly string[] } = {
  source: [],
  schema: [],
  secret: ["schema"],
  expression: ["source"],
  action: ["schema"],
  host: ["action"],
  runbook: ["source", "schema", "expression", "action"],
  look: ["runbook", "expression", "action", "schema"],
  plan: ["look", "runbook", "expression", "action", "schema"],
  event: ["schema"],
  journal: ["event", "schema"],
  execute: ["look", "runbook", "expression", "action", "event", "journal", "secret", "schema"],
  actions: ["action", "schema"],
  render: ["event", "plan", "source", "runbook", "action", "schema", "execute", "expression"],
  cli: [
    "source",
    "schema",
    "secret",
    "expression",
    "action",
    "host",
    "runbook",
    "look",
    "plan",
    "event",
    "journal",
    "execute",
    "actions",
    "render",
  ],
};

/** Each vendor has one door: nobody else may know its name. */
const doors: { readonly [vendor: string]: readonly string[] } = {
  yaml: ["source/", "actions/wso2/deployment-yaml.ts"],
  ajv: ["schema/"],
  "@marcbachmann/cel-js": ["expression/cel.ts"],
  execa: ["host/"],
  listr2: ["cli/terminal/"],
  "@inquirer/prompts": ["cli/terminal/"],
  chalk: ["render/style.ts"],
  commander: ["cli/"],
  "@bomb.sh/tab": ["cli/completion-script.ts"],
  tar: ["actions/archive/"],
  yauzl: ["actions/archive/"],
  yazl: ["actions/archive/"],
  picomatch: ["actions/"],
  diff: ["actions/"],
  "fast-xml-parser": ["actions/wso2/"],
};

const builtinDoors: { readonly [module: string]: readonly string[] } = {
  "node:child_process": ["host/"],
  "node:fs": ["host/", "journal/", "cli/"],
  "node:fs/promises": ["host/", "journal/", "cli/"],
};

const files = readdirSync(source, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts"))
  .sort();

const importLine =
  /(?:^|\n)\s*(?:import|export)\s[^;]*?from\s+"([^"]+)"|import\("([^"]+)"\)|(?:^|\n)import\s+"([^"]+)"/g;

function importsOf(file: string): string[] {
  const text = readFileSync(join(source, file), "utf8");
  return [...text.matchAll(importLine)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
}

const packageOf = (name: string) =>
  name.startsWith("@") ? name.split("/").slice(0, 2).join("/") : (name.split("/")[0] as string);

test("imports go one way", () => {
  const wrong: string[] = [];
  for (const file of files) {
    const room = file.split("/")[0] as string;
    for (const name of importsOf(file)) {
      if (!name.startsWith(".")) continue;
      const target = relative(source, resolve(source, dirname(file), name)).split("/")[0] as string;
      if (target !== room && !arrows[room]?.includes(target)) wrong.push(`${file} imports ${name}`);
    }
  }
  assert.equal(wrong, []);
});

test("every room is in the plan of the house", () => {
  assert.equal(
    [...new Set(files.map((file) => file.split("/")[0]))].filter((room) => !arrows[room as string]),
    [],
  );
});

test("each vendor is known at its own door only", () => {
  const wrong: string[] = [];
  for (const file of files) {
    for (const name of importsOf(file)) {
      if (name.startsWith(".")) continue;
      const allowed = name.startsWith("node:") ? builtinDoors[name] : doors[packageOf(name)];
      if (!name.startsWith("node:") && !allowed) wrong.push(`${file}: ${name} has no door`);
      else if (allowed && !allowed.some((door) => file.startsWith(door))) wrong.push(`${file}: ${name}`);
    }
  }
  assert.equal(wrong, []);
});

test("there are no cycles", () => {
  const graph = new Map(
    files.map((file) => [
      file,
      importsOf(file)
        .filter((name) => name.startsWith("."))
        .map((name) => relative(source, resolve(source, dirname(file), name))),
    ]),
  );
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, trail: readonly string[]): void => {
    if (trail.includes(file)) {
      cycles.push([...trail.slice(trail.indexOf(file)), file].join(" → "));
      return;
    }
    if (done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...trail, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  assert.equal(cycles, []);
});

test("no file has more than 300 lines, and half of them fewer than 100", () => {
  const lengths = files.map((file) => ({ file, lines: readFileSync(join(source, file), "utf8").split("\n").length }));
  assert.equal(
    lengths.filter((one) => one.lines > 300).map((one) => `${one.file} ${one.lines}`),
    [],
  );
  const sorted = lengths.map((one) => one.lines).sort((a, b) => a - b);
  assert.ok((sorted[Math.floor(sorted.length / 2)] ?? 0) < 100);
});

test("nobody but the program's edge prints, and nothing is exported by default", () => {
  const wrong = files.filter((file) => {
    const text = readFileSync(join(source, file), "utf8");
    return (
      /\bconsole\./.test(text) ||
      /^export default/m.test(text) ||
      (/\bprocess\.(stdout|stderr|argv|exit)\b/.test(text) && !file.startsWith("cli/"))
    );
  });
  assert.equal(wrong, []);
});

test("barrels are not built", () => {
  const barrels = files.filter((file) => /^export \* from/m.test(readFileSync(join(source, file), "utf8")));
  assert.equal(barrels, []);
});

test.run();
