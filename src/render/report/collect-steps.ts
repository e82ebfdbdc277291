import type { EventOf, JournalEvent } from "../../event/event.ts";
import type { StepStatus, UndoState } from "../../event/run-state.ts";
import type { Runbook, Section } from "../../runbook/runbook.ts";
import { findNode, patternOf } from "../../runbook/walk.ts";
import { depthOf, titleAt } from "../node-title.ts";
import { printable } from "../printable.ts";
import type { ReportAttempt, ReportNote, ReportRecord, ReportStep } from "./model.ts";

type Draft<T> = { -readonly [K in keyof T]: T[K] };

interface Gathered {
  readonly step: Draft<ReportStep>;
  readonly attempts: Map<string, Draft<ReportAttempt>>;
  readonly notes: ReportNote[];
}

/** Every step of a run with all that is recorded of it, in the order in which they were first heard of. */
export function collectSteps(records: readonly ReportRecord[], runbook: Runbook | undefined): ReportStep[] {
  const all: Gathered[] = [];
  const current = new Map<string, Gathered>();
  const rounds = new Map<string, number>();
  const branches = branchFinder(runbook);
  let turn = 0;
  const at = (address: string, section?: Section): Gathered => {
    const known = current.get(address);
    if (known) return known;
    const node = runbook && findNode(runbook, address);
    const branchOf = branches(address);
    const gathered: Gathered = {
      step: {
        address,
        round: rounds.get(address) ?? 1,
        kind: "step",
        title: titleAt(runbook, address),
        section: section ?? node?.section ?? "steps",
        depth: depthOf(runbook, address),
        noReturn: false,
        status: "pending",
        ...(branchOf === undefined ? {} : { branchOf }),
        ...(node?.node.kind === "step" ? { uses: node.node.uses } : {}),
        ...(node?.node.expectedDurationMs === undefined ? {} : { expectedMs: node.node.expectedDurationMs }),
        attempts: [],
        notes: [],
      },
      attempts: new Map(),
      notes: [],
    };
    all.push(gathered);
    current.set(address, gathered);
    return gathered;
  };
  for (const { seq, at: time, event } of records) {
    if (event.type === "run-started" || event.type === "run-resumed") turn += 1;
    if (event.type === "rewound") {
      for (const address of event.steps) {
        rounds.set(address, (rounds.get(address) ?? 1) + 1);
        current.delete(address);
      }
    }
    if (!("step" in event) || typeof event.step !== "string" || event.type === "run-paused") continue;
    take(at(event.step, "section" in event ? event.section : undefined), event, { seq, at: time, event }, turn);
  }
  return all.map(({ step, attempts, notes }) => ({ ...step, attempts: [...attempts.values()], notes }));
}

type StepEvent = Extract<JournalEvent, { step: string }>;

function take(gathered: Gathered, event: StepEvent, note: ReportNote, turn: number): void {
  const { step, notes } = gathered;
  const { seq, at } = note;
  const attempt = (key: string): Draft<ReportAttempt> => {
    const known = gathered.attempts.get(key) ?? { key, state: "running" as const };
    gathered.attempts.set(key, known);
    return known;
  };
  switch (event.type) {
    case "group-started":
      step.kind = "group";
      step.status = "running";
      step.startedAt ??= at;
      if (event.instances) step.instances = event.instances.length;
      return;
    case "step-started": {
      step.status = "running";
      step.startedAt ??= at;
      step.effect = event.effect;
      if (event.noReturn) step.noReturn = true;
      if (event.title !== undefined) step.title = printable(event.title);
      if (event.connection !== undefined) step.connection = event.connection;
      const { seen, input } = event;
      Object.assign(attempt(event.key), { begunSeq: seq, turn, startedAt: at, input, ...(seen ? { seen } : {}) });
      return;
    }
    case "step-finished":
      finish(gathered, event, note, turn);
      return;
    case "step-in-doubt":
    case "step-interrupted":
      step.status = "in-doubt";
      attempt(event.key).state = "in-doubt";
      notes.push(note);
      return;
    case "decided": {
      notes.push(note);
      if (step.undo) return;
      const states: { readonly [D in typeof event.decision]?: StepStatus } = {
        done: "done",
        "done-by-hand": "done-by-hand",
        skip: "skipped",
        continue: "failed",
        "run-again": "pending",
      };
      const state = states[event.decision];
      if (state === undefined) return;
      // Until the next attempt begins, what the last one did is as unknown as before.
      if (event.decision === "run-again" && step.status === "in-doubt") return;
      step.status = state;
      if (event.decision !== "run-again") step.endedAt = at;
      for (const name of ["by", "why", "evidence"] as const) if (event[name] !== undefined) step[name] = event[name];
      return;
    }
    case "undo-started":
      step.undo = { status: "running", key: event.key, tries: (step.undo?.tries ?? 0) + 1, startedAt: at };
      notes.push(note);
      return;
    case "undo-in-doubt":
      if (step.undo) step.undo.status = "in-doubt";
      notes.push(note);
      return;
    case "undo-finished": {
      const { durationMs, message } = event;
      const undo: UndoState = { tries: 0, ...step.undo, status: event.state, key: event.key, endedAt: at };
      if (durationMs !== undefined) undo.durationMs = durationMs;
      if (message !== undefined) undo.message = message;
      step.undo = undo;
      if (/undone/.test(event.state)) step.status = "undone";
      notes.push(note);
      return;
    }
    default:
      notes.push(note);
  }
}

function finish({ step, attempts }: Gathered, event: EventOf<"step-finished">, { seq, at }: ReportNote, turn: number) {
  step.status = event.state;
  step.endedAt = at;
  step.startedAt ??= at;
  if (event.durationMs !== undefined) step.durationMs = event.durationMs;
  for (const name of ["by", "why", "evidence"] as const) if (event[name] !== undefined) step[name] = event[name];
  if (step.kind === "group" && event.message === undefined && event.result === undefined) return;
  const { durationMs, message, details, result, output } = event;
  const known = attempts.get(event.key) ?? { key: event.key, state: event.state, turn };
  const said = JSON.parse(JSON.stringify({ durationMs, message, details, result, output }));
  attempts.set(event.key, Object.assign(known, said, { endSeq: seq, endedAt: at, state: event.state }));
}

/** What a step is a branch of: the innermost repeated step or parallel group above it. */
function branchFinder(runbook: Runbook | undefined): (address: string) => string | undefined {
  const known = new Map<string, string | undefined>();
  const parallel = new Map<string, string>();
  const visit = (nodes: Runbook["steps"], within: string | undefined) => {
    for (const node of nodes) {
      if (within !== undefined) parallel.set(node.id, within);
      if (node.kind === "group") visit(node.steps, node.parallel ? node.id : within);
    }
  };
  for (const nodes of runbook ? [runbook.preflight, runbook.steps, runbook.finally] : []) visit(nodes, undefined);
  return (address) => {
    const instance = /^(.*)\[[^\]]*\]/s.exec(address)?.[1];
    if (instance !== undefined) return instance;
    const pattern = patternOf(address);
    if (!known.has(pattern)) known.set(pattern, parallel.get(pattern));
    return known.get(pattern);
  };
}
