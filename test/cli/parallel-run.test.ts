import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { openTerminal } from "../support/terminal.ts";

const program = resolve(import.meta.dirname, "../../dist/belay.js");
const folder = mkdtempSync(join(tmpdir(), "belay-parallel-"));
process.env["BELAY_HOME"] = join(folder, "home");
test.after(() => rmSync(folder, { recursive: true, force: true }));

const file = join(folder, "r.yaml");
writeFileSync(
  file,
  `apiVersion: belay/v1
name: r
title: Two branches
steps:
  - id: both
    title: Two at once
    parallel: true
    steps:
      - { id: ask, title: Switch over, uses: exec, with: { argv: ["true"] }, repeatable: true, confirm: { type: go } }
      - id: talk
        title: Copy the files
        uses: shell
        repeatable: true
        with: { script: "for i in 1 2 3 4 5 6 7 8 9; do echo file $i; sleep 0.1; done" }
  - id: each
    title: Greet
    forEach: [ana, bo]
    uses: exec
    repeatable: true
    with: { argv: [echo, "\${{ each.key }}"] }
`,
);

for (const columns of [80, 200]) {
  test(`a branch asks, and another works on without writing into the question, at ${columns} columns`, async () => {
    const terminal = openTerminal([program, "run", file, "--yes"], { columns, rows: 40 });
    try {
      await terminal.until("▸ both");
      await terminal.until("☛ ask  Switch over\n  in Two at once\n");
      await terminal.until("To begin, type go");
      await delay(300);
      const shown = terminal.raw();
      await delay(1500);
      assert.is(terminal.raw(), shown, "the other branch wrote into the question");
      terminal.type("go\r");
      await terminal.until("  ✔ talk");
      await terminal.until("  ✔ ask");
      await terminal.until("✔ both");
      await terminal.until("  ✔ each[bo]");
      await terminal.until("2 of 2");
      await terminal.until("done 4 · finished 4 changes");
      assert.is((await terminal.ended()).exitCode, 0);
    } finally {
      terminal.close();
    }
  });
}

test("a decision about nothing is refused, and nothing runs", async () => {
  for (const [option, words] of [
    ["--decide=deadline.outage=stop", "the runbook has no deadline outage"],
    ["--decide=each[ana]x=skip", "there is no step"],
    ["--confirm=talk=go", "wants nothing typed"],
  ] as const) {
    const terminal = openTerminal([program, "run", file, "--yes", option], { columns: 200, rows: 24 });
    try {
      await terminal.until(words);
      assert.is((await terminal.ended()).exitCode, 2);
    } finally {
      terminal.close();
    }
  }
});

test.run();
