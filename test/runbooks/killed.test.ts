import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  type Bank,
  begunIn,
  differences,
  journalOf,
  openBank,
  runOf,
  serversOf,
  startServers,
  startsOf,
  statusOf,
  treeOf,
} from "./bank.ts";

// belay is killed with SIGKILL in the middle of a restore. Whatever it was at, a resume ends where an undisturbed run does.
let bank: Bank;
let pristine: Map<string, string>[];
const homes = () => [bank.km, bank.am];
const repository = (at: 0 | 1, suffix = "") => join((homes()[at] ?? bank.km).path, `repository${suffix}`);
let template: Bank;
test.before(async () => {
  template = await openBank();
  const made = await template.run("backup-repository", {});
  assert.is(made.code, 0, made.stdout + made.stderr);
});
test.after(() => template.close());
test.before.each(async () => {
  bank = await openBank(template);
  pristine = [0, 1].map((at) => treeOf(repository(at as 0 | 1)));
  await startServers(bank.km, bank.am);
  rmSync(join(repository(1), "deployment/server/webapps"), { recursive: true });
  writeFileSync(join(repository(0), "resources/security/wso2carbon.jks"), "not a keystore");
});
test.after.each(() => bank.close());

async function killedAt(moment: string): Promise<string> {
  const killed = await bank.run("restore-repository", {}, { killAt: moment });
  assert.is(killed.signal, "SIGKILL", killed.stdout + killed.stderr);
  return runOf(killed);
}

async function endsWell(run: string): Promise<void> {
  const resumed = await bank.resume(run, { options: ["--orphans", "wait"] });
  assert.is(resumed.code, 0, resumed.stdout + resumed.stderr);
  for (const at of [0, 1] as const) {
    assert.equal(differences(pristine[at] ?? new Map(), treeOf(repository(at))), []);
    assert.ok(existsSync(repository(at, `.old.${run}`)));
    assert.not.ok(existsSync(repository(at, `.new.${run}`)));
  }
  for (const home of homes()) {
    assert.is(startsOf(home), 2, `${home.name} was started by hand, and once by the restore`);
    assert.is(serversOf(home).length, 1, home.name);
    assert.is(await statusOf(home.url), 200, home.name);
  }
  const changes = begunIn(bank, run);
  const doubted = journalOf(bank, run).filter(({ type }) => type === "step-in-doubt");
  assert.is(doubted.length, 1);
  const twice = changes.filter((step, at) => changes.indexOf(step) !== at);
  for (const step of twice) assert.is(step, doubted[0]?.step);
  const verified = await bank.belay(["verify", run]);
  assert.is(verified.code, 0, verified.stdout + verified.stderr);
}

test("killed as it begins to unpack", async () => endsWell(await killedAt("begun:stage_km")));
test("killed when everything is unpacked, and the journal does not say so yet", async () =>
  endsWell(await killedAt("ended:stage_apim")));
test("killed when the server was told to stop, and the journal does not say so yet", async () =>
  endsWell(await killedAt("ended:stop_apim")));
test("killed before the first rename", async () => endsWell(await killedAt("begun:swap_km")));

test("killed between the two renames", async () => {
  const run = await killedAt("begun:swap_km");
  renameSync(repository(0), repository(0, `.old.${run}`));
  assert.equal(
    readdirSync(bank.km.path).filter((name) => name === "repository"),
    [],
  );
  await endsWell(run);
});

test("killed after the second rename", async () => endsWell(await killedAt("ended:swap_km")));
test("killed before the server is started", async () => endsWell(await killedAt("begun:start_km")));
test("killed when the server is started, and the journal does not say so yet", async () =>
  endsWell(await killedAt("ended:start_apim")));

test.run();
