import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  type Bank,
  begunIn,
  differences,
  endServers,
  openBank,
  runOf,
  serversOf,
  startServers,
  startsOf,
  statusOf,
  treeOf,
} from "./bank.ts";

// Servers that do not do what their script says.
let bank: Bank;
const homes = () => [bank.km, bank.am];
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

test("a server that ignores TERM stops the restore, which goes on when it is gone", async () => {
  await startServers(bank.km, bank.am);
  writeFileSync(join(bank.am.path, "stubborn"), "");
  const before = homes().map(({ path }) => treeOf(join(path, "repository")));
  const run = await bank.run("restore-repository", { stop_timeout: "1s" });
  assert.is(run.code, 1, run.stdout + run.stderr);
  assert.match(run.stdout, /apim_gone {2}failed/);
  assert.match(run.stdout, new RegExp(`its time limit|last seen.*${serversOf(bank.am)[0]}`));
  assert.equal(begunIn(bank, runOf(run)).at(-1), "stop_apim");
  assert.equal(
    homes().flatMap(({ path }, at) => differences(before[at] ?? new Map(), treeOf(join(path, "repository")))),
    [],
  );
  assert.equal(
    homes().map((home) => serversOf(home).length),
    [1, 1],
  );

  rmSync(join(bank.am.path, "stubborn"));
  await endServers(bank.am);
  const resumed = await bank.resume(runOf(run));
  assert.is(resumed.code, 0, resumed.stdout + resumed.stderr);
  assert.equal(homes().map(startsOf), [2, 2]);
});

test("a pid file that names a living process of somebody else", async () => {
  const { km, am } = bank;
  await startServers(am);
  const real = readFileSync(join(am.path, "wso2carbon.pid"), "utf8");
  // The one of the Key Manager, which does not run, is stale; that of the API Manager, which runs, is wrong.
  writeFileSync(join(km.path, "wso2carbon.pid"), `${process.pid}\n`);
  writeFileSync(join(am.path, "wso2carbon.pid"), `${process.pid}\n`);
  const run = await bank.run("restore-repository", {});
  assert.is(run.code, 1, run.stdout + run.stderr);
  assert.match(
    run.stdout,
    new RegExp(
      `nothing was signalled: wso2carbon.pid names ${process.pid}, but the server of .* is process ${real.trim()}`,
    ),
  );
  assert.equal(serversOf(am), [Number(real)]);
  writeFileSync(join(am.path, "wso2carbon.pid"), real);
  const resumed = await bank.resume(runOf(run));
  assert.is(resumed.code, 0, resumed.stdout + resumed.stderr);
  assert.equal(homes().map(startsOf), [1, 2]);
  assert.equal(
    homes().map((home) => serversOf(home).length),
    [1, 1],
  );
});

test("a server that somebody starts meanwhile stops the restore before the swap", async () => {
  const killed = await bank.run("restore-repository", {}, { killAt: "begun:databases" });
  assert.is(killed.signal, "SIGKILL", killed.stdout + killed.stderr);
  await startServers(bank.km);
  const run = await bank.resume(runOf(killed));
  assert.is(run.code, 1, run.stdout + run.stderr);
  assert.match(run.stdout, new RegExp(`a server was started again: stop process ${serversOf(bank.km)[0]}`));
  assert.not.ok(begunIn(bank, runOf(killed)).includes("swap_km"));
  await endServers(bank.km);
  const resumed = await bank.resume(runOf(killed));
  assert.is(resumed.code, 0, resumed.stdout + resumed.stderr);
});

test("a server that never comes up is a step that failed, and can be resumed", async () => {
  writeFileSync(join(bank.km.path, "sick"), "");
  const run = await bank.run("restore-repository", { start_timeout: "2s" });
  assert.is(run.code, 1, run.stdout + run.stderr);
  assert.match(run.stdout, /answered 503[\s\S]*km_up {2}failed/);
  assert.match(run.stdout, /belay resume/);
  assert.equal(homes().map(startsOf), [1, 0]);
  rmSync(join(bank.km.path, "sick"));
  const resumed = await bank.resume(runOf(run));
  assert.is(resumed.code, 0, resumed.stdout + resumed.stderr);
  assert.equal(homes().map(startsOf), [1, 1]);
});

test("a server that complains in its log is a step that failed; the complaint is shown", async () => {
  const log = join(bank.km.path, "repository/logs/wso2carbon.log");
  const running = bank.run("restore-repository", { poll: "300ms" });
  for (let tries = 0; tries < 600 && (await statusOf(bank.km.url)) !== 200; tries++) {
    if (existsSync(log) && /Starting/.test(readFileSync(log, "utf8"))) break;
    await sleep(10);
  }
  writeFileSync(log, `${readFileSync(log, "utf8")}[now] ERROR {registry} - the index is broken\n`);
  const run = await running;
  assert.is(run.code, 1, run.stdout + run.stderr);
  assert.match(run.stdout, /km_log {2}failed[\s\S]*ERROR \{registry\} - the index is broken/);
  const skipped = await bank.resume(runOf(run), {
    options: ["--decide", "km_log=skip", "--why", "known and harmless"],
  });
  assert.is(skipped.code, 0, skipped.stdout + skipped.stderr);
});

test("something does not work at the end: the run is not done, and says the way back", async () => {
  const run = await bank.run(
    "restore-repository",
    {},
    { options: ["--answer", "look_closer.found=something does not work"] },
  );
  assert.is(run.code, 1, run.stdout + run.stderr);
  assert.match(run.stdout, /look_closer {2}failed/);
  const resumed = await bank.resume(runOf(run));
  assert.is(resumed.code, 0, resumed.stdout + resumed.stderr);
});

test.run();
