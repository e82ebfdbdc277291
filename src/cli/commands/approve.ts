import { operatorProblem, type Person, thisPerson } from "../../journal/approval-person.ts";
import type { ApprovalRequest } from "../../journal/approval-request.ts";
import { dropVerdict, type GivenVerdict, giveVerdict, standingVerdict } from "../../journal/approval-verdicts.ts";
import { type FoundRequest, readRequest } from "../../journal/approvals.ts";
import type { RunFolder } from "../../journal/run-folder.ts";
import { formatTime } from "../../render/time.ts";
import { CommandFailure, type ExitCode, exit } from "../exit.ts";
import type { Io } from "../io.ts";
import { askForVerdict } from "./approve-ask.ts";
import { approvalRun, closedWay, needWaiting } from "./approve-find.ts";
import { endingWords, renderRequest } from "./approve-words.ts";

export interface ApproveOptions {
  readonly why?: string;
  readonly yes?: boolean;
  readonly output?: string;
}

type Decision = "approve" | "reject";

const past = { approve: "approved", reject: "rejected" } as const;

/** Approves a step of somebody else's run. `run` is its id, or the path of its folder. */
export async function approveCommand(io: Io, run: string, step: string, options: ApproveOptions): Promise<ExitCode> {
  return decide(io, run, step, "approve", options);
}

/** Refuses a step of somebody else's run; wants a reason. */
export async function rejectCommand(io: Io, run: string, step: string, options: ApproveOptions): Promise<ExitCode> {
  if (!options.why?.trim())
    throw new CommandFailure(exit.wrongInput, "reject wants --why: the operator has to know what to do about it");
  return decide(io, run, step, "reject", options);
}

async function decide(io: Io, run: string, step: string, decision: Decision, options: ApproveOptions) {
  const why = options.why?.trim();
  if (why && why.length > 2000)
    throw new CommandFailure(exit.wrongInput, "the reason is longer than 2000 characters; nothing was handed in");
  const me = thisPerson(io.env);
  if (!me) throw new CommandFailure(exit.refused, "this system has no user ids, so nobody can prove who they are here");
  const folder = approvalRun(io, run);
  const found = readRequest(folder, step);
  if (found.kind === "ended") return alreadyEnded(io, { folder, step, decision, me, options }, found);
  const request = needWaiting(folder, step, found);
  refuse(request, me, decision);
  const before = guarded(folder, () => standingVerdict(folder, request, me));
  if (before) return conclude(io, { folder, request, decision, options }, before);
  if (options.output !== "json") io.stdout.write(`${renderRequest(request, { color: io.color, width: io.width })}\n`);
  await agreed(io, request, decision, options);
  // People think for a while: the question may be another one by now.
  const now = readRequest(folder, step);
  if (now.kind === "ended") return alreadyEnded(io, { folder, step, decision, me, options }, now);
  if (needWaiting(folder, step, now).digest !== request.digest)
    throw new CommandFailure(exit.refused, `${step} was asked for anew in between; nothing was handed in`, [
      "look at what it asks now, and decide again",
    ]);
  refuse(request, me, decision);
  const given = guarded(folder, () => giveVerdict(folder, request, me, { decision, ...(why ? { why } : {}) }));
  if (given.kind === "given") refuseLate(folder, request, me);
  return conclude(io, { folder, request, decision, options }, given);
}

function refuse(request: ApprovalRequest, me: Person, decision: Decision): void {
  const { notBy, operators, until, step, run } = request;
  const problem = notBy === "operator" ? operatorProblem(me, operators) : undefined;
  if (problem)
    throw new CommandFailure(exit.refused, `${step} of run ${run} wants somebody else's word: ${problem}`, [
      `nothing was handed in; another person types \`belay ${decision} ${run} ${step}\`, as themselves`,
    ]);
  if (until !== undefined && Date.parse(until) < Date.now())
    throw new CommandFailure(
      exit.refused,
      `the time to decide about ${step} was over at ${formatTime(until, { now: Date.now() })}; nothing was handed in`,
    );
}

async function agreed(io: Io, { step }: ApprovalRequest, decision: Decision, options: ApproveOptions): Promise<void> {
  if (options.yes) return;
  if (!io.interactive || options.output === "json")
    throw new CommandFailure(exit.waiting, "nobody is here to agree, so nothing was handed in", [
      "add --yes when it was read",
    ]);
  const question = decision === "approve" ? `Approve ${step}?` : `Reject ${step}?`;
  if (!(await askForVerdict(io, question))) throw new CommandFailure(exit.waiting, "nothing was handed in");
}

/** The run may have gone on just before the verdict was there: then it is not counted, and must not look as if it were. */
function refuseLate(folder: RunFolder, request: ApprovalRequest, me: Person): void {
  const { step, run } = request;
  const now = readRequest(folder, step);
  if (now.kind === "waiting" && now.request.digest === request.digest) return;
  if (now.kind === "ended" && now.ending.by.some((one) => one.uid === me.uid && one.by === me.name)) return;
  dropVerdict(folder, request, me);
  throw new CommandFailure(exit.refused, `too late for ${step} of run ${run}: ${endOf(now)}`, [
    "this verdict does not count, and was taken back",
  ]);
}

const endOf = (found: FoundRequest): string =>
  found.kind === "ended" ? endingWords(found.ending) : "it is no longer asked";

interface Subject {
  readonly folder: RunFolder;
  readonly step: string;
  readonly decision: Decision;
  readonly me: Person;
  readonly options: ApproveOptions;
}

function alreadyEnded(
  io: Io,
  { folder, step, decision, me, options }: Subject,
  found: FoundRequest & { kind: "ended" },
): ExitCode {
  const { ending } = found;
  const mine = ending.by.find((one) => one.uid === me.uid && one.by === me.name);
  if (mine && ending.state === past[decision])
    return say(io, { run: folder.id, step, decision, state: "already", at: mine.decidedAt }, options);
  throw new CommandFailure(exit.refused, `too late for ${step} of run ${folder.id}: ${endingWords(ending)}`, [
    "nothing was handed in",
  ]);
}

interface Given {
  readonly folder: RunFolder;
  readonly request: ApprovalRequest;
  readonly decision: Decision;
  readonly options: ApproveOptions;
}

function conclude(io: Io, { folder, request, decision, options }: Given, given: GivenVerdict): ExitCode {
  const { step } = request;
  if (given.kind === "taken")
    throw new CommandFailure(exit.refused, `the place of your verdict is taken: ${given.why}; nothing was handed in`, [
      `the owner of the run has to look at ${given.file}, and can remove it`,
    ]);
  if (given.decision !== decision)
    throw new CommandFailure(
      exit.refused,
      `you ${past[given.decision]} ${step} of run ${request.run} at ${formatTime(given.at, { now: Date.now() })}, and that stands`,
      ["the first word of a person counts; nothing was changed. The operator can stop the run"],
    );
  const state = given.kind === "given" ? "given" : "already";
  return say(io, { run: folder.id, step, decision, state, at: given.at }, options, request);
}

interface Said {
  readonly run: string;
  readonly step: string;
  readonly decision: Decision;
  readonly state: "given" | "already";
  readonly at: string;
}

function say(io: Io, said: Said, options: ApproveOptions, request?: ApprovalRequest): ExitCode {
  if (options.output === "json")
    io.stdout.write(`${JSON.stringify({ ...said, ...(request ? { request } : {}) }, null, 2)}\n`);
  else if (said.state === "already")
    io.stdout.write(
      `already ${past[said.decision]} by you at ${formatTime(said.at, { now: Date.now() })}; nothing was changed\n`,
    );
  else
    io.stdout.write(
      `${past[said.decision]}: belay takes it up when it looks next, while somebody works on run ${said.run}.\nA run that is paused has to be gone on with by its operator: belay resume ${said.run}\n`,
    );
  return exit.done;
}

/** What the system says when the folder takes no file, as a sentence. */
function guarded<T>(folder: RunFolder, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EACCES") throw closedWay(folder);
    if (code === undefined) throw error;
    const why = code === "ENOSPC" || code === "EDQUOT" ? "the disk is full" : message;
    throw new CommandFailure(exit.failed, `nothing could be handed in at ${folder.path}: ${why}`);
  }
}
