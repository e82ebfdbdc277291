import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { actualOf, caseText, parseCase } from "./language-case.ts";

// Every `*.yaml` here is one case. BELAY_UPDATE=1 writes what belay says now into the third part: read it before you keep it.

const files = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith(".yaml"))
  .sort();

for (const file of files) {
  const path = join(import.meta.dirname, file);
  const text = readFileSync(path, "utf8");
  const one = parseCase(text);
  test(`${file.replace(/\.yaml$/, "")}: ${one.title}`, async () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "belay-language-")));
    try {
      const actual = await actualOf(one, folder);
      if (process.env["BELAY_UPDATE"] === "1") writeFileSync(path, caseText(one, actual));
      else assert.fixture(actual, one.expected);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

test("there are enough cases to mean something", () => {
  assert.ok(files.length >= 40, `${files.length} cases`);
});

test.run();
