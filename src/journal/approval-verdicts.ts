import { randomUUID } from "node:crypto";
import {
  closeSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  linkSync,
  lstatSync,
  opendirSync,
  openSync,
  rmSync,
  writeSync,
} from "node:fs";
import { hostname } from "node:os";
import { basename, join } from "node:path";
import { isJsonObject, type Json } from "../schema/json.ts";
import {
  approvalsFolder,
  fileNameOf,
  type RunPlace,
  readVerdictName,
  type VerdictName,
  verdictFile,
} from "./approval-files.ts";
import { operatorProblem, type Person, personOf } from "./approval-person.ts";
import { readForeign } from "./approval-read.ts";
import type { ApprovalRequest } from "./approval-request.ts";
import type { Verdict } from "./approval-tally.ts";

const sizeLimit = 64 * 1024;
const fileLimit = 1000;
const whyLimit = 2000;

export interface Verdicts {
  /** At most one file a user; see tally() for who is one person. */
  readonly verdicts: readonly Verdict[];
  /** Files that do not count, one sentence each; the same at every reading. */
  readonly warnings: readonly string[];
}

/**
 * The verdicts on a request. Anybody on this machine can put anything there, so nothing is taken that the system does
 * not vouch for. Throws the system's error where the folder can't be read.
 */
export function readVerdicts(place: RunPlace, request: ApprovalRequest): Verdicts {
  const names = verdictNames(place, request.step);
  // Somebody may be hiding a rejection among thousands of files: then none counts.
  if (names === undefined)
    return {
      verdicts: [],
      warnings: [
        `there are more than ${fileLimit} files about ${request.step} in ${approvalsFolder(place)}, so no verdict counts until they are looked at and removed`,
      ],
    };
  const verdicts: Verdict[] = [];
  const warnings: string[] = [];
  for (const name of names.sort()) {
    const verdict = readVerdict(place, request, name);
    if (typeof verdict === "string")
      warnings.push(`${JSON.stringify(name)} in ${approvalsFolder(place)} does not count: ${verdict}`);
    else if (verdict) verdicts.push(verdict);
  }
  return { verdicts, warnings };
}

/** Names that claim to be verdicts on a step; undefined when there are too many files. */
function verdictNames(place: RunPlace, step: string): string[] | undefined {
  const names: string[] = [];
  const start = `${fileNameOf(step)}.`;
  const own = new Set([`${start}request.json`, `${start}ended.json`]);
  const folder = opendirSync(approvalsFolder(place));
  try {
    let all = 0;
    for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) {
      all += 1;
      if (entry.name.startsWith(start) && !own.has(entry.name)) names.push(entry.name);
      if (names.length > fileLimit || all > 100 * fileLimit) return undefined;
    }
  } finally {
    folder.closeSync();
  }
  return names;
}

/** One verdict, or why the file is none; undefined where it is gone again. */
function readVerdict(place: RunPlace, request: ApprovalRequest, name: string): Verdict | string | undefined {
  const said = readVerdictName(request.step, name);
  if (said === undefined) return "it has not the name of a verdict";
  if (said.digest !== request.digest.slice(0, 12)) return "it is about an earlier request";
  const found = readForeign(join(approvalsFolder(place), name), sizeLimit, (uid) => uid === said.uid);
  if (found.kind === "absent") return undefined;
  if (found.kind === "closed") return "it can't be read";
  if (found.kind === "bad") return found.why;
  const content = parseVerdict(found.text);
  if (typeof content === "string") return content;
  if (content.request !== request.digest) return "it is about another request";
  const sudo = content.sudo;
  if (said.sudo !== (sudo === undefined ? undefined : fileNameOf(sudo.user)))
    return "its name and its content do not name the same person";
  const person = personOf(found.uid, sudo);
  const problem = request.notBy === "operator" ? operatorProblem(person, request.operators) : undefined;
  if (problem) return `${problem}, and may not approve it`;
  const { decision, host, why } = content;
  return { decision, by: person.name, person, at: found.at, host, ...(why === undefined ? {} : { why }) };
}

interface Content extends Pick<Verdict, "decision" | "host" | "why"> {
  readonly request: string;
  readonly sudo?: NonNullable<Person["sudo"]>;
}

function parseVerdict(text: string): Content | string {
  let data: Json;
  try {
    data = JSON.parse(text) as Json;
  } catch {
    return "it is not JSON";
  }
  if (!isJsonObject(data)) return "it is not a verdict";
  const { v, request, decision, host, why, sudo } = data;
  if (v !== 1 || typeof request !== "string" || (decision !== "approve" && decision !== "reject"))
    return "it is not a verdict";
  const [user, uid] = isJsonObject(sudo ?? null) ? [(sudo as { user?: Json }).user, (sudo as { uid?: Json }).uid] : [];
  return {
    request,
    decision,
    host: typeof host === "string" ? host.slice(0, 255) : "",
    ...(typeof why === "string" ? { why: why.slice(0, whyLimit) } : {}),
    ...(typeof user === "string" && user !== "" ? { sudo: { user, ...(typeof uid === "number" ? { uid } : {}) } } : {}),
  };
}

export type GivenVerdict =
  /** It is there, on disk. */
  | { readonly kind: "given" | "standing"; readonly decision: Verdict["decision"]; readonly at: string }
  /** Its place is taken by a file that is none of this person's verdicts. */
  | { readonly kind: "taken"; readonly file: string; readonly why: string };

/**
 * Hands in a verdict. The first one of a person stands: then that is returned (`standing`), whatever it says. Throws
 * the system's error where the folder takes no file.
 */
export function giveVerdict(
  place: RunPlace,
  request: ApprovalRequest,
  person: Person,
  verdict: { readonly decision: Verdict["decision"]; readonly why?: string },
): GivenVerdict {
  const before = standingVerdict(place, request, person);
  if (before) return before;
  const file = verdictFile(place, request.step, request.digest, nameOf(person));
  const content = {
    v: 1,
    request: request.digest,
    decision: verdict.decision,
    by: person.name,
    at: new Date().toISOString(),
    host: hostname(),
    ...(person.sudo ? { sudo: person.sudo } : {}),
    ...(verdict.why === undefined ? {} : { why: verdict.why }),
  };
  const draft = join(approvalsFolder(place), `.draft.${randomUUID()}`);
  try {
    const taken = writeDraft(draft, JSON.stringify(content), person.uid);
    if (taken) return { kind: "taken", file, why: taken };
    // A link appears with its content, or not at all; and only one process makes it.
    linkSync(draft, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EEXIST") throw error;
    return standingVerdict(place, request, person) ?? { kind: "taken", file, why: "it came and went" };
  } finally {
    rmSync(draft, { force: true });
  }
  return { kind: "given", decision: verdict.decision, at: lstatSync(file).ctime.toISOString() };
}

/** What a person has said already, as themselves or behind sudo; undefined where that is nothing. */
export function standingVerdict(place: RunPlace, request: ApprovalRequest, person: Person): GivenVerdict | undefined {
  const own = nameOf(person);
  const names: VerdictName[] = [own];
  if (person.sudo?.uid !== undefined) names.push({ uid: person.sudo.uid });
  if (person.sudo === undefined && person.uid !== 0) names.push({ uid: 0, sudo: person.name });
  for (const name of names) {
    const file = verdictFile(place, request.step, request.digest, name);
    // Read as if anybody may: whether this person may is for others to say.
    const { notBy, ...anybody } = request;
    const found = readVerdict(place, anybody, basename(file));
    if (typeof found === "string" && name === own) return { kind: "taken", file, why: found };
    if (typeof found === "object") return { kind: "standing", decision: found.decision, at: found.at };
  }
  return undefined;
}

/** Takes back a verdict that came too late to count. */
export function dropVerdict(place: RunPlace, request: ApprovalRequest, person: Person): void {
  rmSync(verdictFile(place, request.step, request.digest, nameOf(person)), { force: true });
}

const nameOf = ({ uid, sudo }: Person): VerdictName => ({ uid, ...(sudo ? { sudo: sudo.user } : {}) });

/** Some network file systems give files to another user: the proof of who it was is lost. Returns a reason. */
function writeDraft(draft: string, text: string, uid: number): string | undefined {
  const fd = openSync(draft, "wx", 0o600);
  try {
    writeSync(fd, text);
    fchmodSync(fd, 0o644);
    fsyncSync(fd);
    const owner = fstatSync(fd).uid;
    return owner === uid ? undefined : `the file system gave it to user id ${owner}`;
  } finally {
    closeSync(fd);
  }
}
