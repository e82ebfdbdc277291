import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { catalog } from "../../src/actions/catalog.ts";
import { processIo } from "../../src/cli/io.ts";
import { makeProgram } from "../../src/cli/program.ts";
import { includeAction } from "../../src/runbook/draft.ts";
import { belay } from "../support/belay-process.ts";
import { yamlBlocks } from "./yaml-blocks.ts";

const root = resolve(import.meta.dirname, "../..");
const documents = [
  "README.md",
  "CONTRIBUTING.md",
  "docs/language.md",
  "docs/actions.md",
  "docs/architecture.md",
  "docs/cli.md",
  "docs/secrets.md",
];

async function inFolder(work: (folder: string, run: (...args: string[]) => ReturnType<typeof belay>) => Promise<void>) {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "belay-readme-")));
  try {
    await work(folder, (...args) => belay(args, { home: join(folder, "home"), cwd: folder }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test("every runbook in the README is valid", async () => {
  const blocks = yamlBlocks("README.md").filter(({ text }) => text.startsWith("apiVersion:"));
  assert.ok(blocks.length > 0);
  await inFolder(async (folder, run) => {
    for (const { line, text } of blocks) {
      writeFileSync(join(folder, "block.yaml"), text);
      const { code, stderr } = await run("validate", "block.yaml");
      assert.is(code, 0, `README.md:${line}\n${stderr}`);
      assert.is(stderr, "");
    }
  });
});

test("the runbook in ten lines has ten lines, and does what the README says", async () => {
  const [block] = yamlBlocks("README.md");
  assert.is(block?.text.trimEnd().split("\n").length, 10);
  await inFolder(async (folder, run) => {
    const at = (name: string) => join(folder, name);
    writeFileSync(at("put-config-back.yaml"), block?.text ?? "");
    writeFileSync(at("good.conf"), "good\n");
    writeFileSync(at("app.conf"), "broken\n");
    const inputs = ["-i", "good=good.conf", "-i", "live=app.conf"];
    const planned = await run("plan", "put-config-back.yaml", ...inputs);
    assert.is(planned.code, 0, planned.stdout + planned.stderr);
    assert.is(readFileSync(at("app.conf"), "utf8"), "broken\n");
    const alone = await run("run", "put-config-back.yaml", ...inputs);
    assert.is(alone.code, 3);
    assert.is(readFileSync(at("app.conf"), "utf8"), "broken\n");
    const done = await run("run", "put-config-back.yaml", ...inputs, "--yes");
    assert.is(done.code, 0, done.stdout + done.stderr);
    assert.is(readFileSync(at("app.conf"), "utf8"), "good\n");
    const [id] = /\b[bcdfghjkmnpqrstvwxz2-9]{5}\b/.exec((await run("runs")).stdout) ?? [];
    assert.is(readFileSync(at(`app.conf.${id}`), "utf8"), "broken\n");
  });
});

test("every file that the documents point at is there", () => {
  const missing = documents.flatMap((document) =>
    [...readFileSync(join(root, document), "utf8").matchAll(/\]\(([^)#\s]+)(#[^)]*)?\)/g)]
      .map((match) => match[1] as string)
      .filter((target) => !/^[a-z]+:/.test(target) && !existsSync(resolve(root, dirname(document), target)))
      .map((target) => `${document}: ${target}`),
  );
  assert.equal(missing, []);
});

test("every heading that language.md points at is there", () => {
  const text = readFileSync(join(root, "docs/language.md"), "utf8");
  const slug = (heading: string) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-");
  const headings = new Set([...text.matchAll(/^#+ (.+)$/gm)].map((match) => slug(match[1] as string)));
  const asked = [...text.matchAll(/\]\(#([^)]+)\)/g)].map((match) => match[1] as string);
  assert.ok(asked.length > 10);
  assert.equal(
    asked.filter((one) => !headings.has(one)),
    [],
  );
});

test("the documents name only commands and actions that there are", () => {
  const commands = new Set(makeProgram(processIo(), async () => {}).commands.map((one) => one.name()));
  // Named as what is still missing.
  commands.add("undo");
  const wrong = documents.flatMap((document) => {
    const text = readFileSync(join(root, document), "utf8");
    const named = [...text.matchAll(/(?:^|`)belay ([a-z]+)/gm)].map((match) => match[1] as string);
    const used = [...text.matchAll(/uses: ([a-z][a-z0-9.-]*)/g)].map((match) => match[1] as string);
    return [
      ...named.filter((name) => !commands.has(name)).map((name) => `${document}: belay ${name}`),
      ...used
        .filter((name) => !catalog.has(name) && name !== includeAction)
        .map((name) => `${document}: uses: ${name}`),
    ];
  });
  assert.equal(wrong, []);
});

test.run();
