import type { EventOf, TimedEvent } from "./event.ts";
import { stepOf } from "./fold-step.ts";
import type { RunState, StepState } from "./run-state.ts";
import type { safetyEvents } from "./safety-events.ts";

type SafetyEvent = TimedEvent & EventOf<keyof typeof safetyEvents>;

function undoFinished(state: RunState, event: TimedEvent & EventOf<"undo-finished">): void {
  const step = state.steps.get(event.step);
  if (!step) return;
  const { state: status, durationMs, message, details, by, why, evidence, key, output } = event;
  step.undo = {
    tries: step.undo?.tries ?? 0,
    ...(step.undo?.startedAt === undefined ? {} : { startedAt: step.undo.startedAt }),
    ...(step.undo?.input === undefined ? {} : { input: step.undo.input }),
    ...JSON.parse(JSON.stringify({ durationMs, message, details, by, why, evidence, output })),
    status,
    key,
    endedAt: event.at,
  };
  if (status === "undone" || status === "already-undone" || status === "undone-by-hand") step.status = "undone";
}

/** The run is back at a step: what will run again is as if it had never run. */
function rewind(state: RunState, event: EventOf<"rewound">): void {
  for (const id of event.steps) {
    const old = state.steps.get(id);
    const stays = old?.undo?.status === "left" ? (old.undo.why ?? old.undo.message ?? "") : undefined;
    if (old && stays !== undefined) state.kept.push({ id, round: old.round, why: stays });
    const fresh: StepState = {
      id,
      status: "pending",
      key: id,
      tries: 0,
      round: (old?.round ?? 1) + 1,
      order: 0,
      remembered: new Map(),
      // What stands before the step in an included runbook is still there, and has these inputs.
      ...(old?.group && event.to.startsWith(`${id}/`) ? { group: old.group } : {}),
    };
    state.steps.set(id, fresh);
  }
  delete state.undo;
  delete state.doneAt;
}

/** Approval by other people, deadlines, and undo. */
export function foldSafety(state: RunState, event: SafetyEvent): void {
  switch (event.type) {
    case "approval-asked": {
      const { key, message, approvers, digest, until } = event;
      const asked = { key, message, approvers, digest, ...(until === undefined ? {} : { until }) };
      stepOf(state, event.step, key).approval = { ...asked, state: "waiting", by: [] };
      return;
    }
    case "approved": {
      const { by, decidedAt, why } = event;
      state.steps.get(event.step)?.approval?.by.push({ by, decidedAt, ...(why === undefined ? {} : { why }) });
      return;
    }
    case "approval-ended": {
      const approval = state.steps.get(event.step)?.approval;
      if (approval) approval.state = event.state;
      return;
    }
    case "deadline-warned":
    case "deadline-passed": {
      const { deadline, startedAt, limitAt } = event;
      const known = state.deadlines.get(deadline);
      const passing = event.type === "deadline-passed" ? { passedAt: event.at } : { warnedAt: event.at };
      // Another start is another clock: a run that was taken back began it anew.
      state.deadlines.set(deadline, {
        ...(known?.startedAt === startedAt ? known : {}),
        startedAt,
        limitAt,
        ...passing,
      });
      return;
    }
    case "deadline-decided": {
      const known = state.deadlines.get(event.deadline);
      if (!known) return;
      known.decision = event.decision;
      if (event.by !== undefined) known.by = event.by;
      return;
    }
    case "undo-begun":
      state.undo = event;
      state.status = "running";
      delete state.endedAt;
      delete state.over;
      return;
    case "undo-started": {
      const step = state.steps.get(event.step);
      if (!step) return;
      step.undo = {
        status: "running",
        key: event.key,
        tries: (step.undo?.tries ?? 0) + 1,
        startedAt: event.at,
        ...(event.input === undefined ? {} : { input: event.input }),
      };
      return;
    }
    case "undo-finished":
      undoFinished(state, event);
      return;
    case "undo-in-doubt": {
      const step = state.steps.get(event.step);
      if (step?.undo) Object.assign(step.undo, { status: "in-doubt", message: event.message });
      return;
    }
    case "rewound":
      rewind(state, event);
      return;
    default:
      event satisfies never;
  }
}
