import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { approvalsFolder, verdictFile } from "../../src/journal/approval-files.ts";
import { personOf } from "../../src/journal/approval-person.ts";
import { tally } from "../../src/journal/approval-tally.ts";
import { readVerdicts } from "../../src/journal/approval-verdicts.ts";
import { askApproval, withdrawRequest } from "../../src/journal/approvals.ts";
import { approvalPlace, question } from "../journal/approval-place.ts";
import { openTerminal } from "../support/terminal.ts";

const program = resolve(import.meta.dirname, "../fixtures/approver.ts");
const root = resolve(import.meta.dirname, "../..");
const uid = process.getuid?.() ?? -1;
const me = personOf(uid).name;
const nobody = 65534;
const step = question().step;
const yes = { yes: true };

interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

let place: ReturnType<typeof approvalPlace>;
const children = new Set<ChildProcess>();
test.before.each(() => {
  place = approvalPlace();
});
test.after.each(() => {
  for (const child of children) child.kill("SIGKILL");
  children.clear();
  place.remove();
});

const ask = (more = {}) => askApproval(place.folder, question(more));

function start(args: readonly string[], as = uid, env: Record<string, string> = {}) {
  const { SUDO_USER, SUDO_UID, ...own } = process.env;
  const child = spawn(process.execPath, ["--import", "tsx", program, ...args], {
    cwd: root,
    env: { ...own, BELAY_HOME: place.home, NO_COLOR: "1", TZ: "UTC", HOME: "/", ...env },
    stdio: ["pipe", "pipe", "pipe"],
    ...(as === uid ? {} : { uid: as, gid: as }),
  });
  children.add(child);
  const said = { out: "", err: "" };
  child.stdout.on("data", (data) => {
    said.out += data;
  });
  child.stderr.on("data", (data) => {
    said.err += data;
  });
  const ended = new Promise<Said>((done, fail) => {
    const timer = setTimeout(() => child.kill("SIGKILL"), 40_000);
    child.once("error", fail);
    child.once("close", (code) => {
      clearTimeout(timer);
      children.delete(child);
      done({ code, ...said });
    });
  });
  return { child, said, ended };
}

const decide = (decision: string, options: object, as = uid, env = {}, run = "k7pqr", at = step) =>
  start([decision, run, at, JSON.stringify(options)], as, env).ended;

/** Starts processes, and lets them go at the same moment. */
async function atOnce(decisions: readonly string[]): Promise<Said[]> {
  const racers = decisions.map((one) => start([one, "k7pqr", step, JSON.stringify({ ...yes, why: "race" }), "begin"]));
  for (let tries = 0; tries < 1500 && !racers.every(({ said }) => said.out.includes("ready")); tries++)
    await new Promise((done) => setTimeout(done, 20));
  for (const { child } of racers) child.stdin.write("go\n");
  return Promise.all(racers.map(({ ended }) => ended));
}

// Another user must exist for this process to become: root can become any, if that user can read this checkout.
const probe =
  uid === 0
    ? spawn(process.execPath, ["--import", "tsx", "-e", ""], { cwd: root, uid: nobody, gid: nobody })
    : undefined;
const reachable = probe !== undefined && (await new Promise((done) => probe.once("close", (code) => done(code === 0))));
const asOther = reachable ? test : test.skip;
if (!reachable)
  console.log(
    uid === 0
      ? "skipped: what needs another user, who can't read this checkout"
      : "skipped: what needs another user, since only root can become one",
  );

asOther("another user sees what they approve, and the run sees who it was", async () => {
  const request = ask({ notBy: "operator", until: "2099-01-01T00:00:00.000Z" });
  const { code, out, err } = await decide("approve", { ...yes, why: "checked the replica" }, nobody);
  assert.is(err, "");
  assert.is(code, 0);
  for (const text of ["Traffic stops for 90 s.", step, "Fail over to the west", "redis@eu", "redis 7 on eu-1", "otto"])
    assert.ok(out.includes(text), text);
  assert.match(out, "2026-03-01 02:00 UTC");
  assert.match(out, "2099-01-01 00:00 UTC");
  const { verdicts, warnings } = readVerdicts(place.folder, request);
  assert.equal(warnings, []);
  assert.equal(
    verdicts.map(({ by, person, why }) => [by, person.uid, why]),
    [[personOf(nobody).name, nobody, "checked the replica"]],
  );
  assert.is(tally(request, verdicts).state, "approved");
});

asOther("the same again is harmless, the opposite is refused and says what stands", async () => {
  const request = ask();
  assert.is((await decide("approve", yes, nobody)).code, 0);
  const again = await decide("approve", yes, nobody);
  assert.is(again.code, 0);
  assert.match(again.out, "already approved by you at");
  const opposite = await decide("reject", { ...yes, why: "no" }, nobody);
  assert.is(opposite.code, 5);
  assert.match(opposite.err, /you approved .* and that stands/);
  assert.is(tally(request, readVerdicts(place.folder, request).verdicts).state, "approved");
});

asOther("an operator of the run is refused at once", async () => {
  ask({
    notBy: "operator",
    operators: [
      { user: "otto", uid: 4242 },
      { user: "someone", uid: nobody },
    ],
  });
  const said = await decide("approve", yes, nobody);
  assert.is(said.code, 5);
  assert.match(said.err, "wants somebody else's word");
  assert.match(said.err, "nothing was handed in");
});

asOther("a closed folder is named, with what the operator can do", async () => {
  ask();
  for (const closed of [place.home, join(place.home, "runs"), place.folder.path]) {
    chmodSync(closed, 0o700);
    const said = await decide("approve", yes, nobody);
    chmodSync(closed, 0o711);
    assert.is(said.code, 5);
    assert.ok(said.err.includes(`the folder ${closed} is closed to this user`), said.err);
    assert.match(said.err, "chmod o+x");
    assert.match(said.err, "BELAY_HOME");
  }
});

asOther("who can't list is told so; who can gets the list", async () => {
  ask();
  const other = await decide("approve", yes, nobody, {}, "k7pqr", "unknown");
  assert.is(other.code, 2);
  assert.match(other.err, "can't be listed by this user");
  assert.match((await decide("approve", yes, nobody, {}, "nope1")).err, "can't be listed by this user");
  assert.match((await decide("approve", yes, uid, {}, "k7pqr", "unknown")).err, `waits: k7pqr ${step}`);
});

asOther("a run in another home is found by its folder's path, with a closed umask too", async () => {
  const request = ask();
  const options = JSON.stringify(yes);
  const shell = `umask 077; exec "${process.execPath}" --import tsx "${program}" approve "${place.folder.path}" "${step}" '${options}'`;
  const child = spawn("sh", ["-c", shell], {
    cwd: root,
    uid: nobody,
    gid: nobody,
    env: { PATH: "/usr/bin:/bin", HOME: "/" },
  });
  assert.is(await new Promise((done) => child.once("close", done)), 0);
  // The run's owner need not be root, and must be able to read it.
  const file = verdictFile(place.folder, step, request.digest, { uid: nobody });
  assert.is(statSync(file).mode & 0o777, 0o644);
  assert.is(tally(request, readVerdicts(place.folder, request).verdicts).state, "approved");
});

(uid === 0 ? test : test.skip)("root says who it is, and an operator behind sudo is known", async () => {
  const request = ask({ notBy: "operator", operators: [{ user: "ana", uid: 1001 }] });
  const ana = await decide("approve", yes, 0, { SUDO_USER: "ana" });
  assert.is(ana.code, 5);
  assert.match(ana.err, "ana (as root) runs it");
  assert.is((await decide("approve", yes, 0, { SUDO_USER: "ben" })).code, 0);
  assert.equal(
    readVerdicts(place.folder, request).verdicts.map((one) => one.by),
    ["ben (as root)"],
  );
});

test("a rejection wants a reason, and hands it on", async () => {
  const request = ask();
  assert.is((await decide("reject", yes)).code, 2);
  assert.is((await decide("reject", { ...yes, why: "the replica lags" })).code, 0);
  const now = tally(request, readVerdicts(place.folder, request).verdicts);
  assert.equal(now.state === "rejected" && [now.by.by, now.by.why], [me, "the replica lags"]);
});

test("without a terminal nobody agrees", async () => {
  const request = ask();
  const said = await decide("approve", {});
  assert.is(said.code, 3);
  assert.match(said.err, "add --yes");
  assert.equal(readVerdicts(place.folder, request).verdicts, []);
});

test("as JSON", async () => {
  const request = ask();
  const said = await decide("approve", { ...yes, output: "json" });
  const { at, ...data } = JSON.parse(said.out);
  assert.equal(data, { run: "k7pqr", step, decision: "approve", state: "given", request });
  assert.ok(Date.parse(at));
});

test("too late: the time is over, or the run has gone on", async () => {
  ask({ until: "2026-03-01T03:00:00.000Z" });
  const over = await decide("approve", yes);
  assert.is(over.code, 5);
  assert.match(over.err, "was over at");
  const request = ask({ id: "again" });
  withdrawRequest(place.folder, step, {
    state: "approved",
    by: [{ decision: "approve", by: "ben", person: { name: "ben", uid: 4711 }, at: request.askedAt, host: "h" }],
  });
  const late = await decide("reject", { ...yes, why: "no" });
  assert.is(late.code, 5);
  assert.match(late.err, "it was approved by ben, and the run went on at");
});

test("paths for a step, a run and nonsense lead nowhere", async () => {
  ask();
  const before = readdirSync(approvalsFolder(place.folder)).sort();
  assert.is((await decide("approve", yes, uid, {}, "k7pqr", "../../runs/k7pqr/journal")).code, 2);
  assert.is((await decide("approve", yes, uid, {}, "..")).code, 2);
  assert.equal(readdirSync(approvalsFolder(place.folder)).sort(), before);
});

test("on a terminal: Enter means no, y means yes", async () => {
  const request = ask();
  process.env["BELAY_HOME"] = place.home;
  const ci = process.env["CI"];
  delete process.env["CI"];
  for (const [keys, code, count] of [
    ["\r", 3, 0],
    ["y\r", 0, 1],
  ] as const) {
    const terminal = openTerminal([program, "approve", "k7pqr", step]);
    try {
      await terminal.until("Traffic stops for 90 s.");
      await terminal.until("(y/N)");
      terminal.type(keys);
      assert.is((await terminal.ended()).exitCode, code);
      assert.is(readVerdicts(place.folder, request).verdicts.length, count);
    } finally {
      terminal.close();
    }
  }
  delete process.env["BELAY_HOME"];
  if (ci !== undefined) process.env["CI"] = ci;
});

test("eight approvals at once are one", async () => {
  const request = ask();
  const said = await atOnce(Array.from({ length: 8 }, () => "approve"));
  assert.equal(
    said.map(({ code }) => code),
    Array.from({ length: 8 }, () => 0),
  );
  assert.is(said.filter(({ out }) => out.includes("approved: belay takes it up")).length, 1);
  assert.is(said.filter(({ out }) => out.includes("already approved by you")).length, 7);
  assert.is(readVerdicts(place.folder, request).verdicts.length, 1);
  assert.is(readdirSync(approvalsFolder(place.folder)).length, 2);
});

test("an approval and a rejection of one person at once: exactly one stands", async () => {
  for (let round = 1; round <= 3; round++) {
    const request = ask({ id: `stop#${round}` });
    const said = await atOnce(["approve", "reject", "approve", "reject"]);
    const verdicts = readVerdicts(place.folder, request).verdicts;
    assert.is(verdicts.length, 1);
    const won = verdicts[0]?.decision === "approve" ? [0, 2] : [1, 3];
    said.forEach(({ code }, index) => {
      assert.is(code, won.includes(index) ? 0 : 5);
    });
  }
});

test.run();
