import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  type Bank,
  differences,
  endServers,
  journalOf,
  openBank,
  runOf,
  serversOf,
  startServers,
  startsOf,
  statusOf,
  untilUp,
} from "./bank.ts";
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

test("the API Manager does not come up, and everything goes back", async () => {
  await startServers(bank.km, bank.am);
  damage();
  writeFileSync(join(bank.am.path, "sick"), "");
  before = homes().map(({ path }) => exactTreeOf(path));
  const run = await bank.run("restore-repository", { start_timeout: "2s" });
  assert.is(run.code, 1, run.stdout + run.stderr);
  assert.match(run.stdout, /apim_up {2}failed/);
  await undone(runOf(run));
  assert.equal(running(), [1, 1]);
  assert.equal(homes().map(startsOf), [3, 3]);
});

test("only stopped: both start again, the Key Manager first", async () => {
  await startServers(bank.km, bank.am);
  damage();
  before = homes().map(({ path }) => exactTreeOf(path));
  const killed = await bank.run("restore-repository", {}, { killAt: "begun:safety_km" });
  assert.is(killed.signal, "SIGKILL", killed.stdout + killed.stderr);
  assert.equal(running(), [0, 0]);
  const run = runOf(killed);
  await undone(run);
  assert.equal(running(), [1, 1]);
  const order = journalOf(bank, run).flatMap(({ type, step }) => (type === "undo-started" ? [step] : []));
  assert.equal(
    order.filter((step) => step === "stop_km" || step === "stop_apim"),
    ["stop_km", "stop_apim"],
  );
  for (const { url } of homes()) assert.is(await statusOf(url), 200);
});

test("a server that was told to stop and does not go is left running", async () => {
  await startServers(bank.km, bank.am);
  damage();
  writeFileSync(join(bank.am.path, "stubborn"), "");
  before = homes().map(({ path }) => exactTreeOf(path));
  const run = await bank.run("restore-repository", { stop_timeout: "1s" });
  assert.is(run.code, 1, run.stdout + run.stderr);
  await undone(runOf(run));
  assert.equal(running(), [1, 1]);
  assert.equal(homes().map(startsOf), [1, 1]);
});

test("a server that can't start on what was there: the undo stops there, and goes on when a person has decided", async () => {
  await startServers(bank.km, bank.am);
  writeFileSync(inHome(0, "repository/resources/security/wso2carbon.jks"), "not a keystore");
  const run = await restored();
  const failed = await bank.undo(run);
  assert.is(failed.code, 1, failed.stdout + failed.stderr);
  assert.match(failed.stdout, /stop_km[\s\S]*there is no server process; the log is/);
  assert.equal(running(), [0, 0]);
  const left = await bank.undo(run, { options: ["--decide", "stop_km=leave", "--why", "it was broken before"] });
  assert.is(left.code, 0, left.stdout + left.stderr);
  assert.match(left.stdout + left.stderr, "stop_km");
  assert.equal(changed(), []);
  assert.equal(running(), [0, 1]);
});

test("a server that somebody started meanwhile must stop before the folders go back", async () => {
  const run = await restored();
  const killed = await bank.undo(run, { killAt: "undone:pid_apim" });
  assert.is(killed.signal, "SIGKILL", killed.stdout + killed.stderr);
  assert.equal(running(), [0, 0]);
  await startServers(bank.km);
  const refused = await bank.resumeUndo(run);
  assert.is(refused.code, 1, refused.stdout + refused.stderr);
  assert.match(refused.stdout, `a server works in what is to be put back: stop process ${serversOf(bank.km)[0]}`);
  await endServers(bank.km);
  const resumed = await bank.resumeUndo(run);
  assert.is(resumed.code, 0, resumed.stdout + resumed.stderr);
  assert.equal(changed(), []);
});

test("what a person takes back is asked, and stops the undo until it is said", async () => {
  const run = await restored();
  const waiting = await bank.belay(["undo", run, "--yes", "--answer", "back.done=true"]);
  assert.is(waiting.code, 3, waiting.stdout + waiting.stderr);
  assert.match(waiting.stdout, "unchanged since that moment");
  assert.match(waiting.stdout, "mysql");
  assert.not.ok(existsSync(inHome(0, `repository.old.${run}`)), "the folders are back before the databases are");
  await undone(run);
});

for (const moment of [
  "undoing:start_apim",
  "undone:start_km",
  "undone:tmp",
  "undoing:swap_apim",
  "undone:swap_km",
  "undoing:stop_km",
  "undone:stop_apim",
  "undone:stage_km",
]) {
  test(`killed while it is undone, at ${moment}`, async () => {
    await startServers(bank.km, bank.am);
    const run = await restored();
    const killed = await bank.undo(run, { killAt: moment });
    assert.is(killed.signal, "SIGKILL", killed.stdout + killed.stderr);
    // Nothing tells whether its script ran; that it may run twice is for a person to know.
    const doubted = /stop_|tmp/.exec(moment) ? ["--decide", `${moment.split(":")[1]}=run-again`] : [];
    const resumed = await bank.resumeUndo(run, { options: doubted });
    assert.is(resumed.code, 0, resumed.stdout + resumed.stderr);
    assert.equal(changed(), []);
    assert.equal(running(), [1, 1]);
    assert.equal(homes().map(startsOf), [3, 3]);
  });
}

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
  assert.is(back.code, 0, back.stdout + back.stderr);
  assert.equal(changed(), []);
  assert.equal(running(), [1, 1]);
});

test.run();
