import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { approvalsFolder, endedFile, type RunPlace, requestEnding, requestFile } from "./approval-files.ts";
import { fsyncFolder, openApprovals, writeForAll } from "./approval-folder.ts";
import type { Operator } from "./approval-person.ts";
import { readForeign } from "./approval-read.ts";
import { type ApprovalQuestion, type ApprovalRequest, parseRequest, requestOf } from "./approval-request.ts";
import type { Verdict } from "./approval-tally.ts";
import { JournalWriteFailure } from "./failures.ts";

// A run's folder is a letter box while a step waits for other people: the one process that works on the run puts the
// request there, approvers put their verdicts there (approval-verdicts.ts), and that process alone writes the journal.

/** A rendered input can be long; nothing longer than this is a request. */
const requestLimit = 4 * 1024 * 1024;
const endingLimit = 64 * 1024;

/** How a request ended, for approvers: the journal is closed to them. */
export interface ApprovalEnding {
  readonly state: "approved" | "rejected" | "expired" | "withdrawn";
  /** Those whose verdicts counted. */
  readonly by: readonly { readonly by: string; readonly uid: number; readonly decidedAt: string }[];
  readonly at: string;
}

export type FoundRequest =
  | { readonly kind: "waiting"; readonly request: ApprovalRequest }
  | { readonly kind: "ended"; readonly ending: ApprovalEnding }
  | { readonly kind: "none" }
  | { readonly kind: "closed" }
  | { readonly kind: "bad"; readonly file: string; readonly why: string };

/**
 * Asks other people to approve a step. What is asked already under the same id goes on being asked, with its time and
 * the verdicts on it, when nothing of it has changed but the operators. Throws JournalWriteFailure.
 */
export function askApproval(place: RunPlace, question: ApprovalQuestion): ApprovalRequest {
  openApprovals(place);
  const file = requestFile(place, question.step);
  const found = readRequestFile(place, file);
  const old = found.kind === "waiting" ? found.request : undefined;
  const sameTime = old ? requestOf({ ...withoutUntil(question), ...timesOf(old) }) : undefined;
  const same = old !== undefined && sameTime?.digest === old.digest;
  const operators = same ? joined(old.operators, question.operators) : question.operators;
  const request = requestOf({ ...(same ? old : question), operators });
  if (!same || operators.length > old.operators.length) {
    // Nobody could read it again: a request that nobody can approve would wait for ever.
    if (Buffer.byteLength(JSON.stringify(request)) > requestLimit)
      throw new JournalWriteFailure(file, new Error(`the request has more than ${requestLimit} bytes`));
    writeForAll(place, file, request);
  }
  if (!same) rmSync(endedFile(place, question.step), { force: true });
  return request;
}

const withoutUntil = ({ until, ...rest }: ApprovalQuestion): ApprovalQuestion => rest;
const timesOf = ({ askedAt, until }: ApprovalRequest) => ({ askedAt, ...(until === undefined ? {} : { until }) });

function joined(old: readonly Operator[], more: readonly Operator[]): Operator[] {
  const known = new Set(old.map((one) => `${one.uid} ${one.user}`));
  return [...old, ...more.filter((one) => !known.has(`${one.uid} ${one.user}`))];
}

/**
 * Takes a request back, after what became of it is in the journal. Approvers who come later are told what is said here.
 * Throws JournalWriteFailure.
 */
export function withdrawRequest(
  place: RunPlace,
  step: string,
  end: { readonly state: ApprovalEnding["state"]; readonly by?: readonly Verdict[] } = { state: "withdrawn" },
): void {
  const file = requestFile(place, step);
  const found = readRequestFile(place, file);
  if (found.kind === "waiting") {
    const by = (end.by ?? []).map(({ by, person, at }) => ({ by, uid: person.uid, decidedAt: at }));
    const ending = { v: 1, request: found.request.digest, state: end.state, by, at: new Date().toISOString() };
    writeForAll(place, endedFile(place, step), ending);
  }
  if (found.kind === "none") return;
  try {
    rmSync(file, { force: true });
    fsyncFolder(approvalsFolder(place));
  } catch (error) {
    throw new JournalWriteFailure(file, error as NodeJS.ErrnoException);
  }
}

/** What a step asks, or how that ended. Needs no more than the way to the file. */
export function readRequest(place: RunPlace, step: string): FoundRequest {
  const found = readRequestFile(place, requestFile(place, step));
  if (found.kind !== "none" && found.kind !== "waiting") return found;
  if (found.kind === "waiting" && found.request.step !== step)
    return { kind: "bad", file: requestFile(place, step), why: `it is about the step ${found.request.step}` };
  const ended = readEnding(place, step);
  // A process that was killed between the two leaves both.
  if (ended && (found.kind === "none" || found.request.digest === ended.request))
    return { kind: "ended", ending: ended.ending };
  return found;
}

/** Everything that waits for approval in a run, oldest first. Only the run's owner may list it; throws EACCES otherwise. */
export function waitingApprovals(place: RunPlace): ApprovalRequest[] {
  let names: string[];
  try {
    names = readdirSync(approvalsFolder(place));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  const found = names
    .filter((name) => name.endsWith(requestEnding))
    .slice(0, 1000)
    .map((name) => readRequestFile(place, join(approvalsFolder(place), name)));
  const waiting = found.flatMap((one) => (one.kind === "waiting" ? [one.request] : []));
  return waiting
    .filter(({ step, digest }) => {
      const now = readRequest(place, step);
      return now.kind === "waiting" && now.request.digest === digest;
    })
    .sort((a, b) => Date.parse(a.askedAt) - Date.parse(b.askedAt));
}

/** Anybody can put a file there: the request is the one that the run's owner wrote, or root. */
function ownersOf(place: RunPlace): (uid: number) => boolean {
  const owner = statSync(place.path, { throwIfNoEntry: false })?.uid;
  return (uid) => uid === owner || uid === 0;
}

function readRequestFile(place: RunPlace, file: string): FoundRequest {
  const found = readOwned(place, file, requestLimit);
  if (found.kind === "absent") return { kind: "none" };
  if (found.kind === "closed") return found;
  if (found.kind === "bad") return { kind: "bad", file, why: found.why };
  const request = parseRequest(found.text);
  return typeof request === "string" ? { kind: "bad", file, why: request } : { kind: "waiting", request };
}

function readOwned(place: RunPlace, file: string, limit: number): ReturnType<typeof readForeign> {
  try {
    return readForeign(file, limit, ownersOf(place));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EACCES") return { kind: "closed" };
    throw error;
  }
}

function readEnding(
  place: RunPlace,
  step: string,
): { readonly request: string; readonly ending: ApprovalEnding } | undefined {
  const found = readOwned(place, endedFile(place, step), endingLimit);
  if (found.kind !== "file") return undefined;
  try {
    const { request, state, by, at } = JSON.parse(found.text);
    if (typeof request !== "string" || typeof state !== "string" || !Array.isArray(by)) return undefined;
    return { request, ending: { state: state as ApprovalEnding["state"], by, at: String(at) } };
  } catch {
    return undefined;
  }
}
