import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { belay } from "../support/belay-process.ts";

// Every runbook that is delivered loads without a word of complaint, and reads as a procedure.
const folder = resolve(import.meta.dirname, "../../runbooks");
const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".yaml"))
  .sort();
const call = (...args: string[]) => belay(args, { home: join(tmpdir(), "belay-no-home"), cwd: folder });

test("the runbooks that the tests in this folder run are all that there are", () => {
  assert.equal(files, [
    "wso2-open-banking/backup-repository.yaml",
    "wso2-open-banking/restore-instance.yaml",
    "wso2-open-banking/restore-repository.yaml",
  ]);
});

test("they are valid, without a warning", async () => {
  const { code, stdout, stderr } = await call("validate", "--output", "json", ...files);
  assert.is(code, 0, stderr);
  assert.equal(JSON.parse(stdout), []);
});

for (const file of files) {
  test(`${file} can be read as a document`, async () => {
    const { code, stdout, stderr } = await call("show", file);
    assert.is(code, 0, stderr);
    assert.match(stdout, "WSO2 Open Banking");
    assert.match(stdout, "Stop the API Manager");
    assert.not.match(stdout, /undefined|\[object/);
  });
}

test.run();
