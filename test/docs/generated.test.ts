import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { catalog } from "../../src/actions/catalog.ts";
import { loadRunbook } from "../../src/runbook/load-runbook.ts";
import { checker } from "../../src/schema/check.ts";
import { readYaml } from "../../src/source/read-yaml.ts";
import { yamlBlocks } from "./yaml-blocks.ts";

const root = resolve(import.meta.dirname, "../..");

test("the generated documents are what the program says now", () => {
  const { status, stderr } = spawnSync(process.execPath, ["--import", "tsx", "scripts/generate-docs.ts", "--check"], {
    cwd: root,
    encoding: "utf8",
  });
  assert.is(status, 0, stderr);
});

test("every action's example fits its own schema, and needs nothing that comes later", async () => {
  for (const name of catalog.names) {
    const action = await catalog.load(name);
    assert.ok(action);
    const example = readYaml(`${name}.yaml`, action.example);
    assert.equal(example.diagnostics, [], name);
    const lenient = (value: unknown) => typeof value === "string" && value.includes("${{");
    assert.equal((await checker(`action-${name}`, action.input, { lenient }))(example.data), [], name);
    assert.not.match(action.example, /\$\{\{[^}]*\b(secrets|each)\b/, name);
  }
});

const around = `apiVersion: belay/v1
name: fragment
title: A fragment of the documentation
inputs:
  dump: { type: path }
  port: { type: integer }
  mode: { type: string }
steps:
  - id: say
    uses: exec
    reads: true
    with: { argv: [date] }
`;

for (const file of ["docs/language.md", "docs/architecture.md", "CONTRIBUTING.md"]) {
  test(`the runbooks and steps in ${file} are valid, without a warning`, async () => {
    const blocks = yamlBlocks(file);
    // A whole runbook of the page can be included by its name.
    const read = async (written: string) => {
      const found = blocks.find(({ text }) => text.includes(`\nname: ${written.replace(/^\.\/|\.yaml$/g, "")}\n`));
      return found ? { file: written, text: found.text } : { problem: "the page has no such runbook" };
    };
    for (const { line, text } of blocks) {
      const whole = /^apiVersion:/m.test(text) ? text : `${around}${text.replace(/^(?=.)/gm, "  ")}`;
      const { diagnostics } = await loadRunbook(`${file}:${line}`, whole, catalog, { includes: { read } });
      assert.equal(
        diagnostics.map((one) => `${one.line}:${one.column} ${one.message}`),
        [],
        `${file}:${line}`,
      );
    }
  });
}

test.run();
