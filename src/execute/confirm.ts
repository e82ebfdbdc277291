import { renderTemplate } from "../expression/template.ts";
import { recoveryPointOf, recoveryWarning, unknownRecoveryPoint } from "../look/recovery-point.ts";
import { scopeOf } from "../look/world.ts";
import { canUndo, type Effect } from "../runbook/effect.ts";
import type { Confirm, Step } from "../runbook/runbook.ts";
import type { Json } from "../schema/json.ts";
import { awaitApproval } from "./approval.ts";
import { RunPause } from "./pause.ts";
import type { Session } from "./session.ts";

/** Asks whoever must agree before a step begins: the operator, then other people. Throws a pause when nobody agreed. */
export async function confirmIfAsked(
  session: Session,
  step: Step,
  key: string,
  input: Json,
  effect: Effect,
): Promise<void> {
  const recoveryPoint = effect === "change" ? (recoveryPointOf(session) ?? session.recovery?.()) : undefined;
  const warning = recoveryPoint ? recoveryWarning(recoveryPoint) : unknownRecoveryPoint(session);
  if (effect === "change" && warning !== undefined) warnOnce(session, step, key, warning);
  if (!step.confirm) return;
  const scope = scopeOf(session.values);
  const text = (template: Confirm["type"]) => (template ? String(renderTemplate(template, scope)) : undefined);
  const title = String(renderTemplate(step.title, scope));
  const message = text(step.confirm.message) ?? title;
  const type = text(step.confirm.type);
  const target = targetOf(session, step);
  const asked = { title, message, target, input };
  // The operator agreed when the others were asked; waiting for them is no new question.
  const approval = session.state.steps.get(step.id)?.approval;
  if (approval?.key === key && approval.state === "waiting") return awaitApproval(session, step, key, asked);
  session.durable.flush();
  const answer = await session.answerer.confirm({
    kind: "confirm",
    step: step.id,
    key,
    title,
    message,
    ...(type === undefined ? {} : { type }),
    target,
    noReturn: effect === "change" && !canUndo(step),
    ...(recoveryPoint === undefined ? {} : { recoveryPoint }),
    ...(recoveryPoint === undefined && effect === "change" && warning !== undefined
      ? { recoveryUnknown: warning }
      : {}),
  });
  if (!answer)
    throw new RunPause(
      "waiting",
      `step ${step.id} waits for a person's agreement (${agreeing(step.id, type)}); nothing of it was begun`,
      step.id,
    );
  session.durable.note(`${key} confirmed ${session.durable.attempt}`, {
    type: "confirmed",
    step: step.id,
    key,
    ...answer,
    message,
    ...(type === undefined ? {} : { typed: type }),
    target,
    ...(recoveryPoint === undefined ? {} : { recoveryPoint: recoveryPoint.at }),
  });
  await awaitApproval(session, step, key, asked);
}

const warned = new WeakMap<Session["durable"], Set<string>>();

/** Also where nobody is asked, each turn says once before a change that the backup is not what it should be. */
function warnOnce(session: Session, step: Step, key: string, warning: string): void {
  const said = warned.get(session.durable) ?? new Set<string>();
  warned.set(session.durable, said);
  // Its age grows: it is the same warning all the same.
  const kind = `${session.prefix} ${warning.replace(/[0-9].*/, "")}`;
  if (said.has(kind)) return;
  said.add(kind);
  session.emit({ type: "note", step: step.id, key, line: `! ${warning}` });
}

/** How somebody agrees who is not asked. */
function agreeing(step: string, type: string | undefined): string {
  return type === undefined ? "--yes agrees" : `--confirm ${JSON.stringify(`${step}=${type}`)} types it`;
}

/** The system that a step works on, as it said itself. */
function targetOf(session: Session, step: Step): string {
  if (step.on === undefined) return `host ${session.run.host}`;
  const identity = session.source.connections.identity(step.on);
  return `${step.on}: ${identity?.summary ?? "not reached yet"}`;
}
