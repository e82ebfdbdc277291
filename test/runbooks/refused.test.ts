import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  type Bank,
  begunIn,
  differences,
  type Inputs,
  openBank,
  reseal,
  runOf,
  serversOf,
  startServers,
  startsOf,
  treeOf,
} from "./bank.ts";

// What must not begin does not begin: it is refused while both servers run, and nothing is stopped or changed.
let bank: Bank;
let good: string;
test.before(async () => {
  bank = await openBank();
  good = join(bank.folder, "good");
  const made = await bank.run("backup-repository", { backup: good, instance: true });
  assert.is(made.code, 0, made.stdout + made.stderr);
  await startServers(bank.km, bank.am);
});
test.after(() => bank.close());

async function refused(runbook: string, inputs: Inputs, words: RegExp): Promise<void> {
  const before = [treeOf(bank.km.path), treeOf(bank.am.path)] as const;
  const run = await bank.run(runbook, inputs);
  assert.is(run.code, 1, run.stdout + run.stderr);
  assert.match(run.stdout + run.stderr, words);
  assert.equal(begunIn(bank, runOf(run)), []);
  assert.equal(differences(before[0], treeOf(bank.km.path)), []);
  assert.equal(differences(before[1], treeOf(bank.am.path)), []);
  for (const home of [bank.km, bank.am]) {
    assert.is(serversOf(home).length, 1, home.name);
    assert.is(startsOf(home), 1, home.name);
  }
}

/** A copy of the good backup with something wrong in it. */
function spoilt(name: string, spoil: (folder: string) => void): string {
  const folder = join(bank.folder, name);
  cpSync(good, folder, { recursive: true });
  spoil(folder);
  return folder;
}

/** Rewrites facts.json and seals the backup again: a sound backup of something else. */
async function retold(name: string, change: (facts: { [key: string]: unknown }) => void): Promise<string> {
  const folder = spoilt(name, (backup) => {
    const file = join(backup, "facts.json");
    const facts = JSON.parse(readFileSync(file, "utf8"));
    change(facts);
    writeFileSync(file, JSON.stringify(facts));
  });
  await reseal(bank, folder);
  return folder;
}

for (const runbook of ["restore-repository", "restore-instance"]) {
  test(`${runbook}: a flipped byte in an archive`, async () => {
    const backup = spoilt(`flipped-${runbook}`, (folder) => {
      const file = join(folder, "obam.repository.tar.gz");
      const bytes = readFileSync(file);
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      writeFileSync(file, bytes);
    });
    await refused(runbook, { backup }, /sealed[\s\S]*changed: obam\.repository\.tar\.gz/);
  });

  test(`${runbook}: a backup that was not finished`, async () => {
    const backup = spoilt(`unsealed-${runbook}`, (folder) => rmSync(join(folder, "SHA256SUMS")));
    await refused(runbook, { backup }, /no [\s\S]*SHA256SUMS|SHA256SUMS[\s\S]*(not there|missing)/);
  });

  test(`${runbook}: a backup that is too old, and one of the future`, async () => {
    const of = (name: string, hours: number) =>
      retold(`${name}-${runbook}`, (facts) => {
        facts["takenAt"] = new Date(Date.now() + hours * 3_600_000).toISOString();
      });
    await refused(runbook, { backup: await of("old", -25) }, /older than the 24 h of rpo_hours/);
    await refused(runbook, { backup: await of("future", 2) }, /of the future/);
  });

  test(`${runbook}: a backup of another product`, async () => {
    const backup = await retold(`other-${runbook}`, (facts) => {
      [facts["obkm"], facts["obam"]] = [facts["obam"], facts["obkm"]];
    });
    await refused(runbook, { backup }, /Key Manager v1\.5\.0[\s\S]*API Manager v1\.5\.0/);
  });

  test(`${runbook}: homes that are one, and copies inside a home`, async () => {
    await refused(runbook, { backup: good, apim_home: bank.km.path }, /homes must be two/);
    const inside = join(bank.am.path, "copies");
    mkdirSync(inside);
    await refused(runbook, { backup: good, safety: inside }, /homes must be two/);
    rmSync(inside, { recursive: true });
    await refused(runbook, { backup: good, safety: join(bank.folder, "none") }, /not a folder that belay can write to/);
  });

  test(`${runbook}: a pattern that is none`, () => refused(runbook, { backup: good, allowed_errors: "(" }, /pattern/));
}

test("another update level than the backup's", async () => {
  const backup = await retold("level", (facts) => {
    facts["obam"] = ["WSO2 Open Banking API Manager v1.5.0", "wso2-obam-1.5.0.1999999999999"];
  });
  await refused("restore-repository", { backup }, /Another version is installed[\s\S]*1999999999999/);
});

test("whole homes from a backup that has none", async () => {
  const backup = await retold("online", (facts) => {
    facts["quiesce"] = "online";
  });
  await refused("restore-instance", { backup }, /instance=true and quiesce=stop/);
});

test("a server that was started under another name of its home", async () => {
  const { am, folder } = bank;
  const link = join(folder, "current");
  symlinkSync(am.path, link);
  await refused("restore-repository", { backup: good, apim_home: link }, /has the H2 database of .*current open/);
  await refused("restore-instance", { backup: good, apim_home: link }, /is a symlink to .*wso2-obam/);
});

test("a repository that has lost its bundles, and paths to keep that lead out of it", async () => {
  const repository = join(bank.am.path, "repository");
  const plugins = join(repository, "components/plugins");
  renameSync(plugins, `${plugins}.away`);
  await refused("restore-repository", { backup: good }, /no components\/plugins: take restore-instance/);
  renameSync(`${plugins}.away`, plugins);
  for (const kept of ["../bin", "/etc", "components/*", "a/../../bin"]) {
    const run = await bank.run("restore-repository", { backup: good, kept });
    assert.is(run.code, 2, run.stdout + run.stderr);
    assert.match(run.stderr, "kept");
  }
});

test.run();
