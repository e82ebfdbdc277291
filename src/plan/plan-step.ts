import { canUndo, type Effect, effectOf, undoWords } from "../runbook/effect.ts";
import type { Step } from "../runbook/runbook.ts";
import { type Instance, type Outcome, placeStep } from "./frame.ts";
import type { PlannedStep } from "./plan.ts";
import { type Planning, renderText } from "./planning.ts";
import { judgeWhen, type Rendered, renderInput, type When } from "./render-step.ts";
import { type Seen, see } from "./see.ts";
import { shownInput } from "./shown-input.ts";
import { changedBy } from "./where.ts";

/** Plans one step, or one instance of it, and says what later steps can read of it. */
export async function planStep(planning: Planning, node: Step, instance?: Instance): Promise<Outcome> {
  const step = placeStep(planning, node, instance);
  const rendered = await renderInput(planning, step);
  const effect = effectOf(step.action, step.reads, "failed" in rendered ? step.written : rendered.value);
  const when = judgeWhen(planning, step);
  const place = {
    id: step.id,
    key: `${step.id}#plan`,
    signal: planning.options.signal,
    ...(step.on === undefined ? {} : { on: step.on }),
  };
  const seen = await see({ planning, step, effect, place }, rendered, when);
  // While something is waited for, the world is to become another one.
  const moves = effect === "read" ? seen.state === "waits" : !["done", "skipped", "finished"].includes(seen.state);
  if (moves) {
    const known = "value" in rendered && rendered.after.length === 0;
    planning.touched.push({ id: step.id, ...(known ? changedBy(planning, step, rendered.value) : {}) });
  }
  planning.emit(describe(planning, step, effect, rendered, when, seen));
  return outcomeOf(planning, step, when, seen);
}

function outcomeOf({ shared }: Planning, step: Step, when: When, seen: Seen): Outcome {
  if (seen.state === "skipped") return { result: null, status: "skipped" };
  if (seen.state === "finished") return shared.recorded[step.id];
  // Where it may be skipped, nobody knows what it leaves.
  return seen.result === undefined || "after" in when ? undefined : { result: seen.result, status: "done" };
}

function describe(
  planning: Planning,
  step: Step,
  effect: Effect,
  rendered: Rendered,
  when: When,
  seen: Seen,
): PlannedStep {
  const after = [...new Set([...("after" in rendered ? rendered.after : []), ...("after" in when ? when.after : [])])];
  const undo = effect === "read" ? undefined : undoWords(step);
  const { message, type, approvers, notBy } = step.confirm ?? {};
  return {
    id: step.id,
    kind: "step",
    depth: planning.depth,
    section: planning.section,
    ...(planning.part === undefined ? {} : { part: planning.part }),
    title: renderText(planning, step.title),
    uses: step.uses,
    effect,
    state: seen.state,
    reason: seen.reason,
    input: shownInput(planning, step, rendered),
    after,
    conditional: "after" in when,
    changes: seen.changes ?? [],
    ...(undo === undefined ? {} : { undo }),
    ...(step.undo?.kind === "none" ? { undoReason: step.undo.reason } : {}),
    noReturn: effect === "change" && !canUndo(step),
    ...(step.on === undefined ? {} : { on: step.on }),
    ...(step.confirm
      ? {
          confirm: {
            ...(message ? { message: renderText(planning, message) } : {}),
            ...(type ? { type: renderText(planning, type) } : {}),
          },
          ...(approvers === undefined ? {} : { approvers }),
          ...(notBy === undefined ? {} : { notBy }),
        }
      : {}),
    ...(step.expectedDurationMs === undefined ? {} : { expectedDurationMs: step.expectedDurationMs }),
    ...(step.notes === undefined ? {} : { notes: step.notes }),
  };
}
