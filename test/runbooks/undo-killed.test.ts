import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Bank, differences, openBank, runOf, serversOf, startServers, startsOf } from "./bank.ts";
import { exactTreeOf } from "./exact-tree.ts";

// belay is killed with SIGKILL while it takes a restore back. Whatever it was at, a resume ends where an undisturbed
// undo does.
let bank: Bank;
let template: Bank;
test.before(async () => {
  template = await openBank();
  const made = await template.run("backup-repository", {});
  assert.is(made.code, 0, made.stdout + made.stderr);
});
test.after(() => template.close());
test.before.each(async () => {
  bank = await openBank(template);
});
test.after.each(() => bank.close());

// Nothing tells whether the script of some of these ran. All of them may run twice, and the runbook says so.
for (const moment of [
  "undoing:start_apim",
  "undone:tmp",
  "undoing:swap_apim",
  "undone:swap_km",
  "undone:stop_km",
  "undone:stage_km",
]) {
  test(`killed at ${moment}`, async () => {
    const homes = [bank.km, bank.am];
    await startServers(bank.km, bank.am);
    rmSync(join(bank.am.path, "repository/deployment/server/webapps"), { recursive: true });
    writeFileSync(join(bank.km.path, "tmp/.work"), "of an application");
    const before = homes.map(({ path }) => exactTreeOf(path));
    const restored = await bank.run("restore-repository", {});
    assert.is(restored.code, 0, restored.stdout + restored.stderr);
    const run = runOf(restored);
    const killed = await bank.undo(run, { killAt: moment });
    assert.is(killed.signal, "SIGKILL", killed.stdout + killed.stderr);
    const resumed = await bank.resumeUndo(run);
    assert.is(resumed.code, 0, resumed.stdout + resumed.stderr);
    assert.equal(
      homes.flatMap(({ path }, at) => differences(before[at] ?? new Map(), exactTreeOf(path))),
      [],
    );
    assert.equal(
      homes.map((home) => serversOf(home).length),
      [1, 1],
    );
    assert.equal(homes.map(startsOf), [3, 3], "by hand, by the restore, and by the undo");
    const verified = await bank.belay(["verify", run]);
    assert.is(verified.code, 0, verified.stdout + verified.stderr);
  });
}

test.run();
