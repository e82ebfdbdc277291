import { setTimeout as delay } from "node:timers/promises";
import { parseDuration } from "../action/duration.ts";
import { renderTemplate } from "../expression/template.ts";
import { scopeOf } from "../look/world.ts";
import type { Step } from "../runbook/runbook.ts";
import type { Json } from "../schema/json.ts";
import type { ApprovalRequest, ApprovalStand } from "./approvals.ts";
import { sayDeadlines } from "./deadlines.ts";
import { mustStop } from "./halt.ts";
import { RunPause } from "./pause.ts";
import type { Session } from "./session.ts";

export interface Asked {
  readonly title: string;
  readonly message: string;
  readonly target: string;
  readonly input: Json;
}

const lookMs = 500;

/** Waits until as many people as the step wants have approved it. Throws a pause when they do not, or nobody waits. */
export async function awaitApproval(session: Session, step: Step, key: string, asked: Asked): Promise<void> {
  if (step.confirm?.approvers === undefined) return;
  for (let round = 1; ; round++) {
    const id = `${key} approval ${round}`;
    const ended = session.durable.recorded(`${id} ended`);
    if (ended?.type === "approval-ended") {
      if (ended.state === "approved") return;
      // A rejection stands for what was asked then; who resumes asks again.
      continue;
    }
    const askedBefore = session.durable.recorded(`${id} asked`) !== undefined;
    const request = await ask(session, step, key, id, asked);
    const stand = await waitFor(session, step, request);
    const end = await settle(session, step, key, request, stand);
    if (end.state === "approved") return;
    // Whoever resumes after the time was over asks anew.
    if (end.state === "expired" && askedBefore) continue;
    const first = end.state === "rejected" ? end.by[0] : undefined;
    const what = first
      ? `${first.by} rejected step ${step.id}${first.why ? `: ${first.why}` : ""}`
      : `step ${step.id} was not approved in time`;
    throw new RunPause("stopped", `${what}; nothing of it was begun`, step.id);
  }
}

/** The request is frozen when it is first asked: its words and its time come from the journal afterwards. */
async function ask(session: Session, step: Step, key: string, id: string, asked: Asked): Promise<ApprovalRequest> {
  const { approvers = 1, notBy, within } = step.confirm ?? {};
  const known = session.durable.recorded(`${id} asked`);
  const before = known?.type === "approval-asked" ? known : undefined;
  const now = new Date().toISOString();
  const length = within && parseDuration(String(renderTemplate(within, scopeOf(session.values))));
  const askedAt = before?.askedAt ?? now;
  const until = before ? before.until : length && new Date(Date.parse(now) + length).toISOString();
  const request: ApprovalRequest = {
    id,
    step: step.id,
    title: asked.title,
    message: before?.message ?? asked.message,
    input: asked.input,
    target: asked.target,
    approvers,
    ...(notBy === undefined ? {} : { notBy }),
    askedAt,
    ...(until ? { until } : {}),
  };
  const digest = await session.approvals.ask(request);
  session.durable.flush();
  await session.durable.once(`${id} asked`, async () => ({
    type: "approval-asked",
    step: step.id,
    key,
    message: request.message,
    approvers,
    ...(notBy === undefined ? {} : { notBy }),
    askedAt,
    ...(until ? { until } : {}),
    digest,
  }));
  return request;
}

async function waitFor(session: Session, step: Step, request: ApprovalRequest): Promise<ApprovalStand> {
  const { pause } = session.stops;
  let said = "";
  for (;;) {
    const stand = await session.approvals.stand(request);
    if (stand.state !== "waiting") return stand;
    const many = stand.missing === 1 ? "one person's approval" : `the approval of ${stand.missing} people`;
    const words = `step ${step.id} waits for ${many}: belay approve ${session.run.id} ${step.id}`;
    if (mustStop(session)) throw new RunPause("interrupted", `${words}; the run was stopped on request`, step.id);
    if (!session.approvals.patient) throw new RunPause("waiting", `${words}; nothing of it was begun`, step.id);
    sayDeadlines(session);
    if (words !== said) session.emit({ type: "note", step: step.id, key: request.id, line: words });
    said = words;
    await delay(lookMs, undefined, { signal: pause }).catch(() => {});
  }
}

async function settle(
  session: Session,
  step: Step,
  key: string,
  request: ApprovalRequest,
  stand: ApprovalStand,
): Promise<ApprovalStand> {
  // Nobody can add a verdict after this, so what stands now is what is recorded.
  await session.approvals.withdraw(step.id, stand);
  const last = await session.approvals.stand(request);
  const end = last.state === "waiting" ? stand : last;
  for (const [index, { by, at, host, why }] of end.by.entries()) {
    if (end.state === "rejected") break;
    // A turn that ended right here has said it.
    const said = `${request.id} by ${index}`;
    if (session.durable.recorded(said)) continue;
    session.durable.note(said, {
      type: "approved",
      step: step.id,
      key,
      by,
      decidedAt: at,
      ...(host === undefined ? {} : { host }),
      ...(why === undefined ? {} : { why }),
    });
  }
  const first = end.state === "rejected" ? end.by[0] : undefined;
  await session.durable.once(`${request.id} ended`, async () => ({
    type: "approval-ended",
    step: step.id,
    key,
    state: end.state === "waiting" ? "expired" : end.state,
    ...(first ? { by: first.by, decidedAt: first.at } : {}),
    ...(first?.why === undefined ? {} : { why: first.why }),
  }));
  return end;
}

/** Takes back what a run that is over, or is being undone, still asks for: nothing would come of an approval. */
export async function withdrawApprovals(session: Session): Promise<void> {
  for (const { id, approval } of session.state.steps.values()) {
    if (approval?.state === "waiting")
      await session.approvals.withdraw(id, { state: "waiting", missing: approval.approvers, by: [] });
  }
}
