import { mkdir, truncate, writeFile } from "node:fs/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { archiveCreate } from "../../../src/actions/archive/create.ts";
import { archiveExtract } from "../../../src/actions/archive/extract.ts";
import { actionContext } from "../../support/action-context.ts";

const megabyte = 1 << 20;

/** Runs, and returns by how much the memory of this process grew at most. */
async function growth(work: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage().rss;
  let most = before;
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 5);
  await work();
  clearInterval(timer);
  return (most - before) / megabyte;
}

for (const name of ["a.tar.gz", "a.zip"]) {
  test(`${name}: a file of 300 MB is packed and unpacked in little memory`, async () => {
    const context = await actionContext();
    const from = context.path("from");
    await mkdir(from);
    await writeFile(context.path("from", "holes"), "");
    await truncate(context.path("from", "holes"), 300 * megabyte);
    const archive = context.path(name);
    const packing = await growth(() => archiveCreate.run({ from, to: archive }, context));
    const unpacking = await growth(() => archiveExtract.run({ from: archive, to: context.path("out") }, context));
    assert.ok(packing < 120 && unpacking < 120, `grew by ${packing} and ${unpacking} MB`);
    assert.is((await context.files.stat(context.path("out", "holes")))?.size, 300 * megabyte);
    const told = context.progressed.filter(({ total }) => total === 300 * megabyte);
    assert.ok(told.length > 3 && told.length < 300, `${told.length} reports of progress`);
    await context.remove();
  });
}

test.run();
