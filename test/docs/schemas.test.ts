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
