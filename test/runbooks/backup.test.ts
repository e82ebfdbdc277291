import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
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
  untilUp,
} from "./bank.ts";
import { exactTreeOf } from "./exact-tree.ts";

let bank: Bank;
test.before.each(async () => {
  bank = await openBank();
});
test.after.each(() => bank.close());

const facts = (backup: string) => JSON.parse(readFileSync(join(backup, "facts.json"), "utf8"));

test("a backup stops both servers, packs them, and starts them again", async () => {
  const { km, am, folder } = bank;
  await startServers(km, am);
  const before = treeOf(am.path);
  const made = await bank.run("backup-repository", { instance: true });
  assert.is(made.code, 0, made.stdout + made.stderr);
  const backup = join(folder, "backup");
  assert.is(statSync(backup).mode & 0o777, 0o700);
  for (const name of ["obkm.repository", "obam.repository", "obkm.instance", "obam.instance"]) {
    assert.ok(existsSync(join(backup, `${name}.tar.gz`)), name);
    assert.ok(readFileSync(join(backup, `${name}.sha256`), "utf8").includes("WSO2CARBON_DB.h2.db"), name);
  }
  const { obkm, quiesce, databases, dumps, kib } = facts(backup);
  assert.equal(obkm, ["WSO2 Open Banking Key Manager v1.5.0", "wso2-obkm-1.5.0.1604321098765"]);
  assert.is(quiesce, "stop");
  assert.is(databases.filter(({ vendor }: { vendor: string }) => vendor === "mysql").length, 5);
  assert.is(dumps.same_moment, true);
  assert.ok(kib.obamInstance >= kib.obamRepository);
  assert.not.match(readFileSync(join(backup, "facts.json"), "utf8"), "demo-only");
  assert.equal(differences(before, treeOf(am.path)), []);
  for (const home of [km, am]) {
    assert.is(startsOf(home), 2, home.name);
    assert.is(serversOf(home).length, 1, home.name);
    assert.is(await statusOf(home.url), 200, home.name);
  }
});

test("a backup of running servers leaves the open databases out, and the servers alone", async () => {
  await startServers(bank.km, bank.am);
  const made = await bank.run("backup-repository", { quiesce: "online" });
  assert.is(made.code, 0, made.stdout + made.stderr);
  const backup = join(bank.folder, "backup");
  assert.not.match(readFileSync(join(backup, "obkm.repository.sha256"), "utf8"), "WSO2CARBON_DB");
  assert.is(facts(backup).quiesce, "online");
  assert.is(startsOf(bank.km) + startsOf(bank.am), 2);
});

test("the databases of Business Intelligence are listed with the others", async () => {
  const bi = join(bank.folder, "wso2-obbi-1.5.0");
  for (const [name, url] of [
    ["worker", "jdbc:mysql://db.demo.invalid:3306/ob_reporting_statsdb?useSSL=false&amp;a=b"],
    ["dashboard", "jdbc:mysql://db.demo.invalid:3306/openbank_apimgtdb"],
  ] as const) {
    mkdirSync(join(bi, "conf", name), { recursive: true });
    writeFileSync(
      join(bi, "conf", name, "deployment.yaml"),
      `wso2.datasources:\n  dataSources:\n    - name: ONE_${name.toUpperCase()}\n      definition:\n        type: RDBMS\n        configuration:\n          jdbcUrl: '${url}'\n          username: u\n`,
    );
  }
  mkdirSync(join(bi, "bin"));
  writeFileSync(join(bi, "bin/version.txt"), "WSO2 Open Banking Business Intelligence v1.5.0\n");
  const made = await bank.run("backup-repository", { bi_homes: bi });
  assert.is(made.code, 0, made.stdout + made.stderr);
  const keys = facts(join(bank.folder, "backup")).databases.map(({ database }: { database: string }) => database);
  assert.ok(keys.includes("ob_reporting_statsdb"));
  assert.is(keys.filter((database: string) => database === "openbank_apimgtdb").length, 1);
});

test("what can't be packed is refused before anything stops", async () => {
  const { km, am, folder } = bank;
  await startServers(km);
  const datasources = join(am.path, "repository/conf/datasources/master-datasources.xml");
  const good = readFileSync(datasources, "utf8");
  const refused = async (inputs: Record<string, string>, words: RegExp, code = 1) => {
    const run = await bank.run("backup-repository", inputs);
    assert.is(run.code, code, run.stdout + run.stderr);
    assert.match(run.stdout + run.stderr, words);
    if (code === 1) assert.equal(begunIn(bank, runOf(run)), []);
  };

  writeFileSync(datasources, good.replace("jdbc:mysql://db.demo.invalid:3306/openbank_commondb", "jdbc:mysql:nowhere"));
  await refused({}, /master-datasources\.xml:\d+/);
  writeFileSync(datasources, good.replace("<name>jdbc/WSO2AM_DB</name>", "<name>jdbc/Other</name>"));
  await refused({}, /jdbc\/WSO2AM_DB/);
  writeFileSync(datasources, good);
  mkdirSync(join(folder, "backup"));
  await refused({}, /is there already/);
  await refused({ backup: join(folder, "no/where") }, /not a folder that belay can write to/);
  await refused({ backup: join(am.path, "backup") }, /homes must be two/);
  await refused({ apim_home: km.path }, /homes must be two/);
  await refused({ run_user: "somebody-else" }, /inputs\.run_user/);
  await refused({ quiesce: "maybe" }, /quiesce/, 2);
  assert.is(serversOf(km).length, 1);
  assert.is(startsOf(km), 1);
});

test("a file that changes while it is packed spoils an online backup", async () => {
  await startServers(bank.km, bank.am);
  const killed = await bank.run("backup-repository", { quiesce: "online" }, { killAt: "begun:pack_km" });
  assert.is(killed.signal, "SIGKILL");
  appendFileSync(join(bank.km.path, "repository/conf/user-mgt.xml"), "<!-- now -->\n");
  const resumed = await bank.resume(runOf(killed));
  assert.is(resumed.code, 1, resumed.stdout + resumed.stderr);
  assert.match(resumed.stdout + resumed.stderr, /steady_km[\s\S]*conf\/user-mgt\.xml/);
  assert.not.ok(existsSync(join(bank.folder, "backup/SHA256SUMS")));
});

test("a backup that is given up starts the servers again", async () => {
  await startServers(bank.km, bank.am);
  const killed = await bank.run("backup-repository", {}, { killAt: "begun:pack_km" });
  assert.is(killed.signal, "SIGKILL");
  assert.equal([...serversOf(bank.km), ...serversOf(bank.am)], []);
  const run = runOf(killed);
  const abandoned = await bank.belay(["abandon", run, "--why", "the disk is full", "--yes"]);
  assert.is(abandoned.code, 0, abandoned.stdout + abandoned.stderr);
  for (const home of [bank.km, bank.am]) {
    await untilUp(home); // abandon starts it, and does not wait
    assert.is(serversOf(home).length, 1, home.name);
    assert.is(startsOf(home), 2, home.name);
  }
});

test("undone when it was done: the backup goes, and the servers run on", async () => {
  await startServers(bank.km, bank.am);
  const made = await bank.run("backup-repository", {});
  assert.is(made.code, 0, made.stdout + made.stderr);
  const undone = await bank.undo(runOf(made));
  assert.is(undone.code, 0, undone.stdout + undone.stderr);
  assert.not.ok(existsSync(join(bank.folder, "backup")));
  for (const home of [bank.km, bank.am]) assert.is(startsOf(home), 2, home.name);
});

test("undone half-way: the servers run again before the folder is thrown away", async () => {
  await startServers(bank.km, bank.am);
  const before = [bank.km, bank.am].map(({ path }) => exactTreeOf(path));
  const killed = await bank.run("backup-repository", {}, { killAt: "begun:pack_apim" });
  assert.is(killed.signal, "SIGKILL");
  const undone = await bank.undo(runOf(killed));
  assert.is(undone.code, 0, undone.stdout + undone.stderr);
  assert.not.ok(existsSync(join(bank.folder, "backup")));
  for (const [at, home] of [bank.km, bank.am].entries()) {
    assert.is(await statusOf(home.url), 200, home.name);
    assert.is(startsOf(home), 2, home.name);
    assert.equal(differences(before[at] ?? new Map(), exactTreeOf(home.path)), []);
  }
});

test.run();
