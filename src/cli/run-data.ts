import { deadlineClocks } from "../runbook/deadline-clock.ts";
import type { Runbook } from "../runbook/runbook.ts";
import type { FoundRun } from "./find-run.ts";

/** A run in a few fields, for `belay runs --output json`. */
export function runData({ folder, state, live }: FoundRun) {
  const { started } = state;
  return {
    run: folder.id,
    status: state.status,
    live,
    ...(started
      ? { runbook: started.runbook, operator: started.operator, startedAt: started.at, inputs: state.inputs }
      : {}),
    ...(state.endedAt ? { endedAt: state.endedAt } : {}),
    ...(state.message ? { message: state.message } : {}),
    turns: state.turns,
    journal: folder.journal,
  };
}

/** Everything that is known of a run, for `belay status --output json`. Lengths are milliseconds. */
export function statusData(run: FoundRun, runbook: Runbook | undefined, now = Date.now()) {
  const { state } = run;
  const steps = [...state.steps.values()].map(({ remembered, captured, earlier, ...step }) => ({
    ...step,
    remembered: Object.fromEntries(remembered),
  }));
  const clocks = runbook ? deadlineClocks(runbook, state, now) : [];
  return {
    ...runData(run),
    ...(state.runbook ? { goesBy: state.runbook } : {}),
    turnList: state.turnList,
    included: state.included,
    adopted: state.adopted.map(({ type, ...adopted }) => adopted),
    connections: Object.fromEntries(state.connections),
    deadlines: clocks.map(({ name, startedAt, limitAt, warnAt, endedAt, elapsedMs, leftMs }) => ({
      name,
      startedAt,
      limitAt,
      ...(warnAt === undefined ? {} : { warnAt }),
      ...(endedAt === undefined ? {} : { endedAt }),
      elapsedMs,
      leftMs,
      ...decisionOn(run, name),
    })),
    ...(state.outputs ? { outputs: state.outputs } : {}),
    ...(state.left ? { left: state.left } : {}),
    ...(state.kept.length > 0 ? { kept: state.kept } : {}),
    steps,
  };
}

function decisionOn({ state }: FoundRun, deadline: string) {
  const { decision, by } = state.deadlines.get(deadline) ?? {};
  return { ...(decision === undefined ? {} : { decision }), ...(by === undefined ? {} : { by }) };
}
