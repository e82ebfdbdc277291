import { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { httpServer } from "../support/http-servers.ts";
import {
  type Bank,
  begunIn,
  differences,
  journalOf,
  openBank,
  reseal,
  runbookFile,
  runOf,
  serversOf,
  startServers,
  startsOf,
  statusOf,
  treeOf,
} from "./bank.ts";

let bank: Bank;
let pristine: Map<string, string>[];
const homes = () => [bank.km, bank.am];
const repositories = () => homes().map(({ path }) => treeOf(join(path, "repository")));
const same = (before: readonly Map<string, string>[]) =>
  repositories().flatMap((now, at) => differences(before[at] ?? new Map(), now));

let template: Bank;
test.before(async () => {
  template = await openBank();
  const made = await template.run("backup-repository", {});
  assert.is(made.code, 0, made.stdout + made.stderr);
});
test.after(() => template.close());
test.before.each(async () => {
  bank = await openBank(template);
  pristine = repositories();
});
test.after.each(() => bank.close());

const damagedFile = () => join(bank.km.path, "repository/resources/security/wso2carbon.jks");
function damage(): void {
  rmSync(join(bank.am.path, "repository/deployment/server/webapps"), { recursive: true });
  writeFileSync(join(bank.am.path, "repository/deployment/server/extra.war"), "not in the backup");
  writeFileSync(damagedFile(), "not a keystore");
}

test("a plan shows every step and changes nothing", async () => {
  await startServers(bank.km, bank.am);
  damage();
  const before = homes().map(({ path }) => treeOf(path));
  const inputs = Object.entries({
    km_home: bank.km.path,
    apim_home: bank.am.path,
    backup: join(template.folder, "backup"),
    safety: bank.safety,
    run_user: process.env["USER"] ?? "root",
    reach_databases: "false",
  }).flatMap(([key, value]) => ["-i", `${key}=${value}`]);
  const plan = await bank.belay(["plan", runbookFile("restore-repository"), "--output", "json", ...inputs]);
  assert.is(plan.code, 0, plan.stderr);
  const { steps } = JSON.parse(plan.stdout) as { steps: { id: string; section: string; state: string }[] };
  const stateOf = (id: string) => steps.find((step) => step.id === id)?.state;
  assert.equal(
    steps.filter(({ section }) => section === "preflight").filter(({ state }) => state !== "looked"),
    [],
  );
  assert.equal(["stage_km", "drain", "stop_km", "swap_apim", "reachable", "solr", "start_bi"].map(stateOf), [
    "change",
    "by-hand",
    "unforeseeable",
    "change",
    "skipped",
    "skipped",
    "skipped",
  ]);
  assert.equal(
    homes().flatMap(({ path }, at) => differences(before[at] ?? new Map(), treeOf(path))),
    [],
  );
  assert.equal(homes().map(startsOf), [1, 1]);
});

test("a restore brings the files back, keeps what it replaced, and can be repeated", async () => {
  await startServers(bank.km, bank.am);
  damage();
  const damaged = repositories();
  const first = await bank.run("restore-repository", {});
  assert.is(first.code, 0, first.stdout + first.stderr);
  assert.equal(same(pristine), []);
  assert.equal(homes().map(startsOf), [2, 2]);
  for (const { url, name } of homes()) assert.is(await statusOf(url), 200, name);
  const keptBy = (run: string) => homes().map(({ path }) => treeOf(join(path, `repository.old.${run}`)));
  const kept = keptBy(runOf(first));
  assert.equal(
    kept.flatMap((tree, at) => differences(damaged[at] ?? new Map(), tree)),
    [],
  );
  const safety = readdirSync(bank.safety);
  assert.is(safety.length, 4);

  const second = await bank.run("restore-repository", {});
  assert.is(second.code, 0, second.stdout + second.stderr);
  assert.equal(same(pristine), []);
  assert.equal(
    keptBy(runOf(first)).flatMap((tree, at) => differences(kept[at] ?? new Map(), tree)),
    [],
  );
  assert.equal(
    keptBy(runOf(second)).flatMap((tree, at) => differences(pristine[at] ?? new Map(), tree)),
    [],
  );
  for (const name of safety) assert.ok(existsSync(join(bank.safety, name)), name);
});

test("what belongs to this host stays, and the backup's configuration comes back", async () => {
  const at = (path: string) => join(bank.am.path, "repository", path);
  const datasources = at("conf/datasources/open-banking-datasources.xml");
  appendFileSync(datasources, "<!-- of this host -->\n");
  appendFileSync(at("conf/carbon.xml"), "<!-- of this host -->\n");
  writeFileSync(at("components/plugins/newer.jar"), "an update");
  writeFileSync(at("components/dropins/stray.jar"), "not in the backup");
  appendFileSync(at("conf/user-mgt.xml"), "<!-- by mistake -->\n");
  const kept =
    "components/plugins,components/features,components/patches,components/default/configuration,conf/carbon.xml";
  const run = await bank.run("restore-repository", { kept });
  assert.is(run.code, 0, run.stdout + run.stderr);
  assert.equal(same(pristine), [
    "components/plugins/newer.jar: new",
    "conf/carbon.xml: changed",
    "conf/datasources/open-banking-datasources.xml: changed",
  ]);
});

test("the backup's datasources on wish, the search index anew, Business Intelligence, and a gateway", async () => {
  const asked: string[] = [];
  const gateway = await httpServer((request, response) => {
    asked.push(request.url ?? "");
    response.writeHead(asked.length < 3 ? 502 : 404).end();
  });
  try {
    appendFileSync(join(bank.am.path, "repository/conf/datasources/open-banking-datasources.xml"), "<!-- new -->\n");
    const secrets = join(bank.km.path, "repository/conf/security/secret-conf.properties");
    writeFileSync(secrets, "#carbon.secretProvider=org.example.Handler\n");
    const inputs = {
      keep_datasources: false,
      reset_solr: true,
      bi_homes: "/opt/wso2/bi",
      gateway_url: `${gateway.url}/v`,
    };
    const run = await bank.run("restore-repository", inputs);
    assert.is(run.code, 0, run.stdout + run.stderr);
    assert.equal(same(pristine), []);
    assert.ok(existsSync(join(bank.am.path, `solr.old.${runOf(run)}/indexed-data`)));
    assert.not.ok(existsSync(join(bank.am.path, "solr")));
    assert.equal(asked, ["/v", "/v", "/v"]);
    const finished = journalOf(bank, runOf(run)).filter(
      ({ type, state }) => type === "step-finished" && state === "done",
    );
    const through = finished.map(({ step }) => step);
    for (const step of ["reindex", "start_bi", "gateway"]) assert.ok(through.includes(step), step);
    assert.not.ok(through.includes("passwords"));
  } finally {
    await gateway.close();
  }
});

test("a backup of running servers: the live databases stay, and a password is asked for where one is wanted", async () => {
  await startServers(bank.km, bank.am);
  const secrets = "conf/security/secret-conf.properties";
  writeFileSync(join(bank.km.path, "repository", secrets), "carbon.secretProvider=org.example.Handler\n");
  const backup = join(bank.folder, "online");
  const made = await bank.run("backup-repository", { backup, quiesce: "online" });
  assert.is(made.code, 0, made.stdout + made.stderr);
  damage();
  const database = "database/WSO2CARBON_DB.h2.db";
  appendFileSync(join(bank.am.path, "repository", database), "newer");
  const run = await bank.run("restore-repository", { backup });
  assert.is(run.code, 0, run.stdout + run.stderr);
  assert.equal(same(pristine), [`${secrets}: new`, `${database}: changed`]);
  const { stdout } = await bank.belay(["status", runOf(run), "--output", "json"]);
  assert.match(stdout, "passwords");
  const asked = journalOf(bank, runOf(run)).filter(({ type, step }) => type === "step-started" && step === "passwords");
  assert.is(asked.length, 1);
});

test("database servers that can't be reached stop it before the outage", async () => {
  await startServers(bank.km, bank.am);
  const run = await bank.run("restore-repository", { reach_databases: true });
  assert.is(run.code, 1);
  assert.match(run.stdout, /reachable[\s\S]*db\.demo\.invalid does not accept connections at port 3306/);
  assert.not.ok(begunIn(bank, runOf(run)).includes("stop_apim"));
  assert.equal(
    homes().map((home) => serversOf(home).length),
    [1, 1],
  );
});

test("a JNDI name that the restored configuration lacks stops it before the outage", async () => {
  await startServers(bank.km, bank.am);
  const file = join(bank.am.path, "repository/conf/datasources/open-banking-datasources.xml");
  writeFileSync(file, readFileSync(file, "utf8").replace("jdbc/WSO2OpenBankingDB", "jdbc/Renamed"));
  const before = repositories();
  const run = await bank.run("restore-repository", {});
  assert.is(run.code, 1, run.stdout);
  assert.match(run.stdout, /jndi {2}failed[\s\S]*jdbc\/WSO2OpenBankingDB/);
  assert.not.ok(begunIn(bank, runOf(run)).includes("stop_apim"));
  assert.equal(same(before), []);
  assert.equal(
    homes().map((home) => serversOf(home).length),
    [1, 1],
  );
});

test("an archive that is not what its checksums say stops it before the outage", async () => {
  await startServers(bank.km, bank.am);
  const backup = join(bank.folder, "backup");
  cpSync(join(template.folder, "backup"), backup, { recursive: true });
  const file = join(backup, "obam.repository.sha256");
  const lines = readFileSync(file, "utf8").split("\n");
  writeFileSync(file, lines.map((line) => line.replace(/^\w{64}( .*carbon\.xml)$/, `${"0".repeat(64)}$1`)).join("\n"));
  await reseal(bank, backup);
  const run = await bank.run("restore-repository", { backup });
  assert.is(run.code, 1, run.stdout);
  assert.match(run.stdout, /staged_apim {2}failed[\s\S]*conf\/carbon\.xml/);
  assert.equal(
    homes().map((home) => serversOf(home).length),
    [1, 1],
  );
});

test.run();
