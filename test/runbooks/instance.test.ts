import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  type Bank,
  begunIn,
  differences,
  openBank,
  runOf,
  serversOf,
  startServers,
  startsOf,
  statusOf,
  treeOf,
} from "./bank.ts";
import { exactTreeOf } from "./exact-tree.ts";

let bank: Bank;
let pristine: Map<string, string>[];
const homes = () => [bank.km, bank.am];
const same = () => homes().flatMap(({ path }, at) => differences(pristine[at] ?? new Map(), treeOf(path)));
test.before.each(async () => {
  bank = await openBank();
  pristine = homes().map(({ path }) => treeOf(path));
  const made = await bank.run("backup-repository", { instance: true });
  assert.is(made.code, 0, made.stdout + made.stderr);
});
test.after.each(() => bank.close());

test("one home is lost and the other damaged: both are as they were", async () => {
  await startServers(bank.km);
  rmSync(bank.am.path, { recursive: true });
  rmSync(join(bank.km.path, "lib"), { recursive: true });
  const run = await bank.run("restore-instance", {});
  assert.is(run.code, 0, run.stdout + run.stderr);
  assert.equal(same(), []);
  const kept = readdirSync(bank.folder).filter((name) => name.includes(".old."));
  assert.equal(kept, [`wso2-obkm-1.5.0.old.${runOf(run)}`]);
  assert.not.ok(existsSync(join(bank.folder, kept[0] ?? "", "lib")));
  assert.ok(existsSync(join(bank.safety, `obkm.instance.before.${runOf(run)}.tar.gz`)));
  for (const home of homes()) {
    assert.is(serversOf(home).length, 1, home.name);
    assert.is(await statusOf(home.url), 200, home.name);
  }

  const again = await bank.run("restore-instance", {});
  assert.is(again.code, 0, again.stdout + again.stderr);
  assert.equal(same(), []);
  assert.is(readdirSync(bank.folder).filter((name) => name.includes(".old.")).length, 3);
});

test("datasources of this host are kept on wish, and only where there are some", async () => {
  const file = join(bank.km.path, "repository/conf/datasources/open-banking-datasources.xml");
  writeFileSync(file, `<!-- of this host -->\n${"<datasources-configuration/>\n"}`);
  const master = join(bank.am.path, "repository/conf/datasources");
  renameSync(master, `${master}.away`);
  const refused = await bank.run("restore-instance", { keep_datasources: true });
  assert.is(refused.code, 1);
  assert.match(refused.stdout, /has no repository\/conf\/datasources to keep/);
  assert.equal(begunIn(bank, runOf(refused)), []);
  renameSync(`${master}.away`, master);

  // Kept, and so a name that the configuration refers to is missing: seen before anything stops.
  const run = await bank.run("restore-instance", { keep_datasources: true });
  assert.is(run.code, 1, run.stdout + run.stderr);
  assert.match(run.stdout, /jndi {2}failed[\s\S]*jdbc\/WSO2OpenBankingDB/);
  assert.equal(homes().map(startsOf), [0, 0]);
});

test("undone: the lost home is lost again, and the damaged one as it was, with its server", async () => {
  await startServers(bank.km);
  rmSync(bank.am.path, { recursive: true });
  rmSync(join(bank.km.path, "lib"), { recursive: true });
  const before = exactTreeOf(bank.km.path);
  const run = await bank.run("restore-instance", {});
  assert.is(run.code, 0, run.stdout + run.stderr);
  const undone = await bank.undo(runOf(run));
  assert.is(undone.code, 0, undone.stdout + undone.stderr);
  assert.equal(differences(before, exactTreeOf(bank.km.path)), []);
  assert.equal(
    readdirSync(bank.folder).filter((name) => name.startsWith("wso2-")),
    ["wso2-obkm-1.5.0"],
  );
  assert.equal(
    homes().map((home) => serversOf(home).length),
    [1, 0],
  );
  assert.is(await statusOf(bank.km.url), 200);
});

test("killed between the two renames of a home", async () => {
  const killed = await bank.run("restore-instance", {}, { killAt: "begun:swap_apim" });
  assert.is(killed.signal, "SIGKILL", killed.stdout);
  const run = runOf(killed);
  renameSync(bank.am.path, `${bank.am.path}.old.${run}`);
  const resumed = await bank.resume(run);
  assert.is(resumed.code, 0, resumed.stdout + resumed.stderr);
  assert.equal(same(), []);
  assert.equal(homes().map(startsOf), [1, 1]);
});

test.run();
