import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Bank, differences, openBank, runOf, serversOf, startServers, untilUp } from "./bank.ts";
import { exactTreeOf } from "./exact-tree.ts";

// A restore that is taken back: the homes are byte for byte what they were, and the servers that ran run again.
let bank: Bank;
let before: Map<string, string>[];
const homes = () => [bank.km, bank.am];
const changed = () => homes().flatMap(({ path }, at) => differences(before[at] ?? new Map(), exactTreeOf(path)));
const running = () => homes().map((home) => serversOf(home).length);
const inHome = (at: 0 | 1, path: string) => join((homes()[at] ?? bank.km).path, path);

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

/** Homes in which the servers can live, and which are not those of the backup: in content, modes and times. */
function damage(): void {
  rmSync(inHome(1, "repository/deployment/server/webapps"), { recursive: true });
  writeFileSync(inHome(1, "repository/deployment/server/extra.war"), "not in the backup");
  writeFileSync(inHome(0, "repository/resources/security/client-truststore.jks"), "not a keystore");
  chmodSync(inHome(0, "repository/conf/carbon.xml"), 0o600);
  utimesSync(inHome(0, "repository/conf/user-mgt.xml"), 1e9, 1e9);
  writeFileSync(inHome(0, "tmp/.work"), "of an application");
}

async function restored(inputs = {}): Promise<string> {
  damage();
  before = homes().map(({ path }) => exactTreeOf(path));
  const run = await bank.run("restore-repository", inputs);
  assert.is(run.code, 0, run.stdout + run.stderr);
  assert.ok(changed().length > 20);
  return runOf(run);
}

async function undone(run: string): Promise<void> {
  const ended = await bank.undo(run);
  assert.is(ended.code, 0, ended.stdout + ended.stderr);
  assert.equal(changed(), []);
  const verified = await bank.belay(["verify", run]);
  assert.is(verified.code, 0, verified.stdout + verified.stderr);
}

const logOf = (repository: string) => readFileSync(join(repository, "logs/wso2carbon.log"), "utf8");
const startsIn = (log: string) => log.match(/Starting WSO2 Carbon/g)?.length ?? 0;

/** A path that a step had moved to the trash of the run. */
function trashed(run: string, name: string): string[] {
  const trash = join(bank.folder, "belay/runs", run, "trash");
  return readdirSync(trash, { recursive: true, encoding: "utf8" })
    .filter((path) => path.split("/").at(-1)?.startsWith(name))
    .map((path) => join(trash, path));
}

test("a restore that was done is undone: the homes are what they were, and both servers run on them", async () => {
  await startServers(bank.km, bank.am);
  const logs = homes().map(({ path }) => logOf(join(path, "repository")));
  const run = await restored();
  await undone(run);
  assert.equal(running(), [1, 1]);
  for (const [at, { url, path, name }] of homes().entries()) {
    await untilUp({ url, path, name });
    const log = logOf(join(path, "repository"));
    assert.ok(log.startsWith(logs[at] ?? "?"), `${name}: the log goes on where it was`);
    assert.is(startsIn(log), 2, `${name}: by hand, and after the undo`);
  }
  // What the restored servers wrote is in what was set aside.
  const aside = trashed(run, `repository.new.${run}`);
  assert.is(aside.length, 2);
  for (const repository of aside) assert.is(startsIn(logOf(repository)), 1, repository);
  assert.equal(readdirSync(bank.safety).sort(), [
    `obam.repository.before.${run}.tar.gz`,
    `obkm.repository.before.${run}.tar.gz`,
  ]);
});

test("servers that did not run before do not run afterwards; a new search index makes room for the old", async () => {
  const run = await restored({ reset_solr: true });
  assert.equal(running(), [1, 1]);
  writeFileSync(inHome(1, "tmp/new"), "of the restored server");
  await undone(run);
  assert.equal(running(), [0, 0]);
});

test("what a person takes back is asked, and stops the undo until it is said", async () => {
  const run = await restored();
  const waiting = await bank.belay(["undo", run, "--yes", "--answer", "back.done=true"]);
  assert.is(waiting.code, 3, waiting.stdout + waiting.stderr);
  assert.match(waiting.stdout, "Where another dump was loaded");
  assert.match(waiting.stdout, "mysql");
  assert.not.ok(existsSync(inHome(0, `repository.old.${run}`)), "the folders are back before the databases are");
  await undone(run);
});

test("a deadline that is over can be answered with undo", async () => {
  await startServers(bank.km, bank.am);
  damage();
  before = homes().map(({ path }) => exactTreeOf(path));
  const run = await bank.run("restore-repository", { outage_limit: "10ms" });
  assert.is(run.code, 3, run.stdout + run.stderr);
  assert.match(run.stdout, /deadline outage is over/);
  const back = await bank.resume(runOf(run), {
    options: ["--decide", "deadline.outage=undo", "--why", "the window is over"],
  });
  assert.is(back.code, 1, back.stdout + back.stderr);
  assert.match(back.stdout, "the run is undone");
  assert.equal(changed(), []);
  assert.equal(running(), [1, 1]);
});

test.run();
