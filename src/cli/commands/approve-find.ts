import { statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { approvalsFolder } from "../../journal/approval-files.ts";
import { closedToMe } from "../../journal/approval-folder.ts";
import { namesOf } from "../../journal/approval-person.ts";
import type { ApprovalRequest } from "../../journal/approval-request.ts";
import { type FoundRequest, waitingApprovals } from "../../journal/approvals.ts";
import { belayHome, type RunFolder, runFolder, runIds } from "../../journal/run-folder.ts";
import { printable } from "../../render/printable.ts";
import { CommandFailure, exit } from "../exit.ts";
import type { Io } from "../io.ts";

const lines = (requests: readonly ApprovalRequest[]): string[] =>
  requests.map(({ run, step, title }) => printable(`waits: ${run} ${step}  ${title}`));

/**
 * The folder of a run that may be somebody else's: its journal can't be read, and no list of runs either. An id is
 * looked up in BELAY_HOME; whatever has a slash is the path of the run's folder.
 */
export function approvalRun(io: Io, given: string): RunFolder {
  const folder = given.includes("/") ? folderAt(resolve(io.cwd, given)) : byId(io, given);
  const found = folder && statOf(folder.path);
  if (folder && found === "closed") throw closedWay(folder);
  if (folder && found === "there") return folder;
  const waiting = given.includes("/") ? [] : waitingEverywhere(io);
  throw new CommandFailure(exit.wrongInput, `there is no run ${given}; nothing was handed in`, [
    `looked in ${given.includes("/") ? resolve(io.cwd, given) : belayHome(io.env)}`,
    ...(waiting === undefined
      ? ["which runs there are can't be listed by this user; the id must be whole"]
      : lines(waiting)),
    "the run may be in another BELAY_HOME: set it, or give the path of the run's folder in place of its id",
  ]);
}

function folderAt(path: string): RunFolder {
  return { ...runFolder(dirname(dirname(path)), basename(path)), path };
}

function byId(io: Io, given: string): RunFolder | undefined {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(given)) return undefined;
  const exact = runFolder(belayHome(io.env), given);
  if (statOf(exact.path) !== "missing") return exact;
  const fitting = listed(io)?.filter((id) => id.startsWith(given)) ?? [];
  if (fitting.length > 1)
    throw new CommandFailure(exit.wrongInput, `${given} could be ${fitting.join(", ")}; nothing was handed in`);
  return fitting[0] === undefined ? undefined : runFolder(belayHome(io.env), fitting[0]);
}

function statOf(path: string): "there" | "missing" | "closed" {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ? "there" : "missing";
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EACCES") return "closed";
    return "missing";
  }
}

/** Undefined where this user may not list them. */
function listed(io: Io): string[] | undefined {
  try {
    return runIds(belayHome(io.env));
  } catch {
    return undefined;
  }
}

function waitingEverywhere(io: Io): ApprovalRequest[] | undefined {
  return listed(io)?.flatMap((id) => waitingIn(runFolder(belayHome(io.env), id)) ?? []);
}

function waitingIn(folder: RunFolder): ApprovalRequest[] | undefined {
  try {
    return waitingApprovals(folder);
  } catch {
    return undefined;
  }
}

/** The request, or the sentence that says why there is none. */
export function needWaiting(folder: RunFolder, step: string, found: FoundRequest): ApprovalRequest {
  if (found.kind === "waiting") return found.request;
  if (found.kind === "closed") throw closedWay(folder);
  if (found.kind === "bad")
    throw new CommandFailure(exit.refused, `${found.file} is no request to trust: ${found.why}`, [
      "nothing was handed in; the owner of the run has to look at it",
    ]);
  const waiting = waitingIn(folder);
  throw new CommandFailure(
    exit.wrongInput,
    `no step ${step} of run ${folder.id} waits for approval; nothing was handed in`,
    waiting === undefined
      ? ["what else waits can't be listed by this user; the operator sees it with `belay status`"]
      : waiting.length === 0
        ? ["nothing waits in this run"]
        : lines(waiting),
  );
}

/** The folder on the way that keeps this user out, and what the operator can do. */
export function closedWay(folder: RunFolder): CommandFailure {
  const closed = closedToMe(approvalsFolder(folder)) ?? approvalsFolder(folder);
  const owner = ownerOf(closed);
  return new CommandFailure(exit.refused, `the folder ${closed} is closed to this user; nothing was handed in`, [
    `${owner ?? "its owner"} can let others pass through it: chmod o+x ${closed}`,
    "for later runs: a BELAY_HOME in a folder that both can enter",
  ]);
}

function ownerOf(path: string): string | undefined {
  try {
    const { uid } = statSync(path);
    return namesOf(uid)[0] ?? `user id ${uid}`;
  } catch {
    return undefined;
  }
}
