import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Ajv } from "ajv";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readYaml } from "../../src/source/read-yaml.ts";
import { belay } from "../support/belay-process.ts";
import { yamlBlocks } from "./yaml-blocks.ts";

// The published schemas, as an editor or a log collector would use them.

const root = resolve(import.meta.dirname, "../..");
const schemaOf = (name: string) =>
  JSON.parse(readFileSync(join(root, `schemas/${name}-v1.schema.json`), "utf8")) as object;
const ajv = new Ajv({ strict: false, discriminator: true });

const runbooks = ["examples", "runbooks"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => join(folder, file)),
);

test("the runbook schema accepts what belay accepts, and points at a wrong key", () => {
  const validate = ajv.compile(schemaOf("runbook"));
  const data = (text: string) => readYaml("x.yaml", text).data;
  assert.ok(runbooks.length > 4);
  for (const file of runbooks) {
    assert.ok(validate(data(readFileSync(join(root, file), "utf8"))), `${file}: ${ajv.errorsText(validate.errors)}`);
  }
  const [ten] = yamlBlocks("README.md");
  assert.ok(validate(data(ten?.text ?? "")), ajv.errorsText(validate.errors));
  assert.not(validate(data((ten?.text ?? "").replace("uses: files.copy", "uses: files.cpoy"))));
  assert.not(validate(data((ten?.text ?? "").replace("with: { from", "with: { form"))));
});

const tree = `apiVersion: belay/v1
name: tree
title: Everything that holds steps
secrets: { password: { env: P } }
connections: { db: { host: { ssh: "\${{ inputs.host }}", port: "\${{ inputs.port }}" } } }
deadlines: { outage: { start: group, within: 30m } }
recoveryPoint: { at: "2026-11-20T22:00:04Z" }
steps:
  - id: group
    parallel: true
    steps:
      - { id: a, on: db, uses: exec, with: { argv: [date] }, undo: { uses: exec, with: { argv: [date] } } }
      - id: sites
        forEach: [eu, us]
        steps:
          - { id: b, uses: files.copy, with: { from: /a, to: /b }, check: { uses: exec, with: { argv: [date] }, done: true } }
  - { id: other, uses: runbook, with: { runbook: ./other.yaml, inputs: { dump: /a } } }
  - { id: none, uses: exec, with: { argv: [date] }, undo: { none: why }, confirm: { approvers: 1, notBy: operator } }
`;

test("groups, included runbooks, undo and connections: the schema points at one wrong key", () => {
  const validate = ajv.compile(schemaOf("runbook"));
  // An editor shows an error of \`if\` together with what it led to: the innermost is the message.
  const wrong = (from: string, to: string) => {
    assert.match(tree, from);
    validate(readYaml("x.yaml", tree.replace(from, to)).data);
    const found = validate.errors?.filter(({ keyword }) => keyword !== "if") ?? [];
    return found.map(
      ({ instancePath, params, keyword }) => `${instancePath} ${params["additionalProperty"] ?? keyword}`,
    );
  };
  assert.ok(validate(readYaml("x.yaml", tree).data), ajv.errorsText(validate.errors));
  assert.equal(wrong("to: /b", "to: /b, form: /a"), ["/steps/0/steps/1/steps/0/with form"]);
  assert.equal(wrong("runbook: ./other.yaml", "runbook: ./other.yaml, input: {}"), ["/steps/1/with input"]);
  assert.equal(wrong("ssh:", "shs:"), ["/connections/db/host shs"]);
  assert.equal(wrong("host: {", "hots: {"), ["/connections/db hots"]);
  assert.equal(wrong("undo: { uses: exec, with: {", "undo: { uses: exec, with: { arg: 1,"), [
    "/steps/0/steps/0/undo/with arg",
  ]);
  assert.equal(wrong("done: true", "done: true, doen: true"), ["/steps/0/steps/1/steps/0/check doen"]);
  assert.equal(wrong("    parallel: true", "    with: {}"), ["/steps/0/with false schema"]);
  assert.equal(wrong("uses: runbook, ", ""), ["/steps/1 required"]);
});

test("every line of --output ndjson fits the event schema", async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "belay-schemas-")));
  try {
    const [ten] = yamlBlocks("README.md");
    writeFileSync(join(folder, "ten.yaml"), ten?.text ?? "");
    writeFileSync(join(folder, "good"), "good\n");
    writeFileSync(join(folder, "live"), "live\n");
    const inputs = ["-i", "good=good", "-i", "live=live"];
    const options = { home: join(folder, "home"), cwd: folder };
    const run = await belay(["run", "ten.yaml", ...inputs, "--yes", "--output", "ndjson"], options);
    assert.is(run.code, 0, run.stderr);
    const validate = ajv.compile(schemaOf("event"));
    const lines = run.stdout.trimEnd().split("\n");
    assert.ok(lines.length >= 6);
    for (const line of lines) assert.ok(validate(JSON.parse(line)), `${line}: ${ajv.errorsText(validate.errors)}`);
    assert.is((JSON.parse(lines.at(-1) ?? "{}") as { type: string }).type, "ended");
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test.run();
