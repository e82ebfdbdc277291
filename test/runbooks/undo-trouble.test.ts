import { rmSync, writeFileSync } from "node:fs";
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
} from "./bank.ts";
import { exactTreeOf } from "./exact-tree.ts";

// A restore that went wrong is taken back, or its undoing meets servers that do not do what they are told.
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

function damage(): void {
  rmSync(inHome(1, "repository/deployment/server/webapps"), { recursive: true });
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
  const killed = await bank.undo(run, { killAt: "undoing:tmp" });
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

test("given up while the databases are restored: how far that came is for a person to say", async () => {
  await startServers(bank.km, bank.am);
  damage();
  before = homes().map(({ path }) => exactTreeOf(path));
  const killed = await bank.run("restore-repository", {}, { killAt: "begun:databases" });
  assert.is(killed.signal, "SIGKILL", killed.stdout + killed.stderr);
  const run = runOf(killed);
  const asked = await bank.undo(run);
  assert.is(asked.code, 4, asked.stdout + asked.stderr);
  const ended = await bank.undo(run, { options: ["--decide", "databases=run-again"] });
  assert.is(ended.code, 0, ended.stdout + ended.stderr);
  assert.equal(changed(), []);
  assert.equal(running(), [1, 1]);
});

test.run();
