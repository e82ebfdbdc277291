import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { approvalsFolder, fileNameOf, requestFile, verdictFile } from "../../src/journal/approval-files.ts";
import { closedToOthers } from "../../src/journal/approval-folder.ts";
import { operatorProblem, type Person, personOf, samePerson } from "../../src/journal/approval-person.ts";
import { type ApprovalRequest, parseRequest } from "../../src/journal/approval-request.ts";
import { tally, type Verdict } from "../../src/journal/approval-tally.ts";
import { giveVerdict, readVerdicts } from "../../src/journal/approval-verdicts.ts";
import { askApproval, readRequest, waitingApprovals, withdrawRequest } from "../../src/journal/approvals.ts";
import { approvalPlace, question } from "./approval-place.ts";

const uid = process.getuid?.() ?? -1;
const mine = personOf(uid);
// Files of other users can be made by root only.
const asRoot = uid === 0 ? test : test.skip;
if (uid !== 0) console.log("skipped: what needs files of other users, since only root can make them");
const step = question().step;
const modeOf = (path: string) => statSync(path).mode & 0o7777;

let place: ReturnType<typeof approvalPlace>;
test.before.each(() => {
  place = approvalPlace();
});
test.after.each(() => place.remove());

const ask = (more = {}) => askApproval(place.folder, question(more));

/** A verdict's file as a hostile user would write it: no belay was asked. */
function forge(request: ApprovalRequest, owner: number, content: unknown = {}, claimed = owner): string {
  const file = verdictFile(place.folder, request.step, request.digest, { uid: claimed });
  const whole = { v: 1, request: request.digest, decision: "approve", by: "ana", at: "now", host: "h" };
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify({ ...whole, ...(content as object) }));
  chmodSync(file, 0o644);
  if (owner !== uid) chownSync(file, owner, owner);
  return file;
}

const warned = (request: ApprovalRequest, words: string) => {
  const { verdicts, warnings } = readVerdicts(place.folder, request);
  assert.equal(verdicts, []);
  assert.is(warnings.length, 1);
  assert.match(warnings[0] as string, words);
};

test("a step's name leads nowhere, and is the name of no other step", () => {
  assert.is(fileNameOf("sites[eu/west]/stop"), "sites%5Beu%2Fwest%5D%2Fstop");
  assert.is(fileNameOf("../.."), "%2E%2E%2F%2E%2E");
  const [long, other] = [fileNameOf(`${"x".repeat(300)}a`), fileNameOf(`${"x".repeat(300)}b`)];
  assert.ok(long.length < 130);
  assert.is.not(long, other);
});

test("the folders open as far as they must", () => {
  const request = ask();
  assert.is(modeOf(approvalsFolder(place.folder)), 0o1733);
  assert.is(modeOf(place.folder.path), 0o711);
  assert.is(modeOf(join(place.home, "runs")), 0o711);
  assert.is(modeOf(requestFile(place.folder, step)), 0o644);
  assert.equal(parseRequest(readFileSync(requestFile(place.folder, step), "utf8")), request);
  assert.equal(readRequest(place.folder, step), { kind: "waiting", request });
  assert.equal(waitingApprovals(place.folder), [request]);
});

test("says which folder keeps others out", () => {
  ask();
  assert.is(closedToOthers(place.folder), undefined);
  chmodSync(place.home, 0o700);
  assert.is(closedToOthers(place.folder), place.home);
});

test("a request that was changed is none", () => {
  ask();
  const file = requestFile(place.folder, step);
  writeFileSync(file, readFileSync(file, "utf8").replace("90 s", "9 s"));
  const found = readRequest(place.folder, step);
  assert.is(found.kind, "bad");
  assert.equal(waitingApprovals(place.folder), []);
});

test("asking again keeps the time, the verdicts and adds the operator", () => {
  const first = ask();
  giveVerdict(place.folder, first, mine, { decision: "approve" });
  const again = ask({ askedAt: "2026-03-01T03:00:00.000Z", operators: [{ user: "ben", uid: 4343 }] });
  assert.is(again.digest, first.digest);
  assert.is(again.askedAt, first.askedAt);
  assert.equal(
    again.operators.map((one) => one.user),
    ["otto", "ben"],
  );
  assert.is(tally(again, readVerdicts(place.folder, again).verdicts).state, "approved");
});

test("another message is another request, and earlier verdicts are not about it", () => {
  const first = ask();
  giveVerdict(place.folder, first, mine, { decision: "approve" });
  const second = ask({ message: "Traffic stops for 9 h." });
  assert.is.not(second.digest, first.digest);
  warned(second, "it is about an earlier request");
});

test("the first verdict of a person stands", () => {
  const request = ask();
  assert.is(giveVerdict(place.folder, request, mine, { decision: "approve", why: "seen" }).kind, "given");
  const again = giveVerdict(place.folder, request, mine, { decision: "approve" });
  const other = giveVerdict(place.folder, request, mine, { decision: "reject", why: "no" });
  assert.is(again.kind, "standing");
  assert.equal([other.kind, other.kind === "standing" && other.decision], ["standing", "approve"]);
  const { verdicts, warnings } = readVerdicts(place.folder, request);
  assert.equal(warnings, []);
  assert.equal(
    verdicts.map((one) => [one.decision, one.by, one.why]),
    [["approve", mine.name, "seen"]],
  );
});

test("what ended says so to those who come later, until it is asked anew", () => {
  const request = ask();
  giveVerdict(place.folder, request, mine, { decision: "approve" });
  const { verdicts } = readVerdicts(place.folder, request);
  withdrawRequest(place.folder, step, { state: "approved", by: verdicts });
  const found = readRequest(place.folder, step);
  assert.is(found.kind, "ended");
  assert.equal(found.kind === "ended" && found.ending.by.map((one) => one.by), [mine.name]);
  assert.equal(waitingApprovals(place.folder), []);
  withdrawRequest(place.folder, step);
  ask({ id: "sites[eu/west]/stop#2" });
  assert.is(readRequest(place.folder, step).kind, "waiting");
});

test("symlinks, pipes, large files and what is no JSON do not count", () => {
  const request = ask();
  const file = verdictFile(place.folder, step, request.digest, { uid });
  const elsewhere = join(place.home, "elsewhere");
  writeFileSync(elsewhere, "{}");
  symlinkSync(elsewhere, file);
  warned(request, "it is a symlink");
  spawnSync("rm", [file]);
  spawnSync("mkfifo", [file]);
  warned(request, "it is not a file");
  spawnSync("rm", [file]);
  forge(request, uid, "x".repeat(70_000));
  warned(request, "more than 65536 are not read");
  forge(request, uid, "{");
  warned(request, "it is not JSON");
  forge(request, uid, { request: "0".repeat(64) });
  warned(request, "it is about another request");
  forge(request, uid, { decision: "maybe" });
  warned(request, "it is not a verdict");
  chmodSync(forge(request, uid), 0o666);
  warned(request, "others than its owner may write to it");
});

test("a file in one's place is said, and nothing is overwritten", () => {
  const request = ask();
  const file = verdictFile(place.folder, step, request.digest, { uid });
  mkdirSync(file);
  const given = giveVerdict(place.folder, request, mine, { decision: "approve" });
  assert.is(given.kind, "taken");
  assert.ok(statSync(file).isDirectory());
});

test("among too many files none counts", () => {
  const request = ask();
  giveVerdict(place.folder, request, mine, { decision: "approve" });
  for (let index = 0; index < 1001; index++)
    writeFileSync(`${approvalsFolder(place.folder)}/${fileNameOf(step)}.${index}`, "");
  warned(request, "no verdict counts");
});

asRoot("who it was is the file's owner, not its words", () => {
  const request = ask();
  forge(request, 65534, { by: "root", sudo: { user: "ana" } });
  warned(request, "do not name the same person");
  spawnSync("rm", ["-f", verdictFile(place.folder, step, request.digest, { uid: 65534 })]);
  forge(request, 65534, { by: "root" }, 1234);
  warned(request, "it belongs to user id 65534");
});

asRoot("a request that another user put there is none, and is replaced", () => {
  const request = ask();
  chownSync(requestFile(place.folder, step), 65534, 65534);
  const found = readRequest(place.folder, step);
  assert.is(found.kind === "bad" && found.why, "it belongs to user id 65534");
  assert.is(ask().digest, request.digest);
  assert.is(statSync(requestFile(place.folder, step)).uid, 0);
});

asRoot("root works on another user's run, who can go on with it", () => {
  chownSync(place.folder.path, 65534, 65534);
  ask();
  assert.is(statSync(approvalsFolder(place.folder)).uid, 65534);
  assert.is(statSync(requestFile(place.folder, step)).uid, 65534);
});

asRoot("root says who it is: two people behind sudo have two verdicts", () => {
  const request = ask({ approvers: 2 });
  for (const user of ["ana", "ben"]) giveVerdict(place.folder, request, personOf(0, { user }), { decision: "approve" });
  const { verdicts } = readVerdicts(place.folder, request);
  assert.equal(verdicts.map((one) => one.by).sort(), ["ana (as root)", "ben (as root)"]);
  assert.is(tally(request, verdicts).state, "approved");
});

asRoot("a person counts once, with sudo and without", () => {
  const request = ask({ approvers: 2 });
  forge(request, 65534);
  const behind = personOf(0, { user: "nobody", uid: 65534 });
  assert.is(giveVerdict(place.folder, request, behind, { decision: "reject" }).kind, "standing");
  writeFileSync(
    verdictFile(place.folder, step, request.digest, { uid: 0, sudo: "nobody" }),
    JSON.stringify({ v: 1, request: request.digest, decision: "approve", sudo: behind.sudo }),
  );
  const { verdicts } = readVerdicts(place.folder, request);
  assert.is(verdicts.length, 2);
  const now = tally(request, verdicts);
  assert.is(now.state === "waiting" && now.missing, 1);
});

asRoot("the reader refuses an operator whatever wrote the file", () => {
  const request = ask({ notBy: "operator", operators: [{ user: "someone", uid: 65534 }] });
  forge(request, 65534);
  warned(request, "may not approve it");
});

test("an operator is known by id, by name, and behind sudo", () => {
  const ana: Person = { name: "ana", uid: 1001 };
  const sudo: Person = { name: "ana (as root)", uid: 0, sudo: { user: "ana" } };
  const ben: Person = { name: "ben (as root)", uid: 0, sudo: { user: "ben" } };
  assert.ok(operatorProblem(ana, [{ user: "x", uid: 1001 }]));
  assert.ok(operatorProblem(ana, [{ user: "ana (as root)", uid: 0 }]));
  assert.ok(operatorProblem(sudo, [{ user: "ana", uid: 1001 }]));
  assert.ok(operatorProblem(ben, [{ user: "ana (as root)", uid: 0 }]), "root may say any name");
  assert.ok(operatorProblem({ name: "uid 50001", uid: 50001 }, [{ user: "ana (as root)", uid: 0 }]));
  assert.is(operatorProblem(ana, [{ user: "ben", uid: 1002 }]), undefined);
  assert.is(operatorProblem(ana, [{ user: "ben (as root)", uid: 0, sudoUid: 1002 }]), undefined);
  assert.ok(samePerson(ana, sudo));
  assert.not(samePerson(sudo, ben));
});

const verdict = (name: string, decision: Verdict["decision"], at: string): Verdict => ({
  decision,
  by: name,
  person: { name, uid: 2000 + name.charCodeAt(0) },
  at,
  host: "h",
});

test("tally: enough people, one rejection, and the time", () => {
  const request = ask({ approvers: 2, until: "2026-03-01T03:00:00.000Z" });
  const [early, late] = ["2026-03-01T02:59:59.000Z", "2026-03-01T03:00:01.000Z"];
  const [before, after] = [Date.parse(early), Date.parse(late)];
  const a = verdict("a", "approve", early);
  const b = verdict("b", "approve", early);
  const states = (verdicts: Verdict[], now: number) => tally(request, verdicts, now).state;
  const waiting = tally(request, [a, a], before);
  assert.is(waiting.state === "waiting" && waiting.missing, 1);
  assert.is(states([a, b], before), "approved");
  assert.is(states([a, b], after), "approved", "what came in time counts later");
  assert.is(states([a, b, verdict("c", "reject", early)], before), "rejected");
  assert.is(states([a, b, verdict("c", "reject", late)], after), "approved");
  assert.is(states([a, verdict("b", "approve", late)], after), "expired");
});

test("nobody can date a verdict back", () => {
  const request = ask();
  giveVerdict(place.folder, request, mine, { decision: "approve" });
  utimesSync(verdictFile(place.folder, step, request.digest, { uid }), 1, 1);
  const [one] = readVerdicts(place.folder, request).verdicts;
  assert.ok(Date.now() - Date.parse(one?.at ?? "") < 60_000);
  assert.equal(
    readdirSync(approvalsFolder(place.folder)).filter((name) => name.startsWith(".draft")),
    [],
  );
});

test.run();
