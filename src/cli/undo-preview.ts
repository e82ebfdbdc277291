import { hostname } from "node:os";
import type { RunState, UndoState } from "../event/run-state.ts";
import { knownSteps, sessionAt } from "../execute/frame.ts";
import { hidden, unsealed } from "../execute/hide-secrets.ts";
import { capturedOf } from "../execute/open-session.ts";
import { RunPause } from "../execute/pause.ts";
import { inputOf } from "../execute/prepare.ts";
import type { Frame } from "../execute/session.ts";
import { trashOf } from "../execute/step-contexts.ts";
import type { TurnSecrets } from "../execute/turn-secrets.ts";
import { undoList } from "../execute/undo/undo-list.ts";
import { type ContextSource, probeContext, readContext } from "../look/contexts.ts";
import { sentence } from "../look/look.ts";
import type { Values } from "../look/world.ts";
import type { UndoSubject } from "../plan/judge-undo.ts";
import { planUndo, type UndoPlan } from "../plan/undo-plan.ts";
import type { Runbook } from "../runbook/runbook.ts";
import type { Json } from "../schema/json.ts";
import { CommandFailure, exit } from "./exit.ts";
import type { FoundRun } from "./find-run.ts";
import { checkIdentities } from "./identities.ts";
import type { Io } from "./io.ts";
import { localSystems } from "./local-systems.ts";
import { localTarget } from "./local-target.ts";
import { maskError } from "./mask-error.ts";
import { openConnections } from "./open-connections.ts";

/** Looks at what undoing a run would do, on its systems as they are now. Nothing that it is given can write. */
export async function undoPreview(
  io: Io,
  { folder, state }: FoundRun,
  runbook: Runbook,
  secrets: TurnSecrets | undefined,
  to: string | undefined,
): Promise<UndoPlan> {
  const ending = new AbortController();
  const onInterrupt = () => ending.abort();
  process.on("SIGINT", onInterrupt);
  const cwd = state.started?.cwd ?? io.cwd;
  // Who a system says it is is only compared: what is new is recorded by the turn.
  const connections = openConnections(cwd, checkIdentities({ append: () => {} }, state));
  try {
    const { frame, source } = lookingFrame(io, folder.id, state, runbook, secrets, connections, cwd);
    const listed = undoList(runbook, state, to);
    const settled = listed.filter(
      ({ undo, status }) => undo && (status === "undone" || undo.status === "left" || undo.status === "not-needed"),
    );
    const own = { source, trash: folder.trash, secrets };
    const subjects = listed.filter((step) => !settled.includes(step)).map(({ id }) => subjectOf(frame, id, own));
    const runTwice = to === undefined ? [] : settled.filter(({ undo }) => undo?.status === "left").map(({ id }) => id);
    const made: UndoPlan = {
      format: 1,
      run: folder.id,
      madeAt: new Date().toISOString(),
      runbook: { name: runbook.name, version: runbook.version, title: runbook.title },
      target: localTarget(),
      ...(to === undefined ? {} : { to }),
      begun: state.undo !== undefined,
      ...(await planUndo(subjects, ending.signal, to !== undefined)),
      stay: {
        ...staying(state),
        through: settled.map(({ id }) => id),
        ...(runTwice.length > 0 ? { runTwice } : {}),
        ...(state.kept.length > 0 ? { kept: state.kept.map(({ id, why }) => ({ id, why })) } : {}),
      },
    };
    return secrets ? withoutSecrets(secrets, made) : made;
  } catch (error) {
    const said = error instanceof RunPause ? new CommandFailure(exit.refused, error.message) : error;
    throw maskError(said, secrets);
  } finally {
    process.off("SIGINT", onInterrupt);
    await connections.close();
  }
}

/** Ids and states stay as they are, whatever a secret is spelled like. */
function withoutSecrets(secrets: TurnSecrets, plan: UndoPlan): UndoPlan {
  const masker = secrets.masker();
  const steps = plan.steps.map(({ reason, ...step }) => ({
    ...hidden(masker, step),
    words: masker.text(step.words),
    ...(reason === undefined ? {} : { reason: masker.text(reason) }),
  }));
  return { ...plan, steps };
}

/** The frame of a run's runbook, for looking: it has nothing that could change the world. */
function lookingFrame(
  io: Io,
  id: string,
  state: RunState,
  runbook: Runbook,
  secrets: TurnSecrets | undefined,
  connections: ContextSource["connections"],
  cwd: string,
): { readonly frame: Frame; readonly source: ContextSource } {
  const run = { id, startedAt: state.started?.at ?? "" };
  const source: ContextSource = {
    systems: localSystems,
    connections,
    ...(secrets?.masker().active ? { mask: () => secrets.masker().stream() } : {}),
    ...(secrets ? { hideEnv: secrets.hideEnv } : {}),
    cwd,
    run,
    captured: (step) => capturedOf(state, step, secrets),
    onProgress: () => {},
    onNote: () => {},
    onOutput: () => {},
  };
  const secretsOf = (of: Runbook) => secrets?.of(of) ?? {};
  const values: Values = {
    inputs: state.inputs,
    steps: knownSteps(state, [...runbook.preflight, ...runbook.steps, ...runbook.finally], ""),
    run: { ...run, user: io.user, host: hostname() },
    secrets: secretsOf(runbook),
  };
  connections.declare("", runbook, values);
  const frame: Frame = {
    cwd,
    values,
    read: (place) => readContext(source, place),
    probe: (place) => probeContext(source, place, { kind: "memory" }),
    runbook,
    root: runbook,
    prefix: "",
    base: "",
    state,
    source,
    secretsOf,
  };
  return { frame, source };
}

interface OwnSource {
  readonly source: ContextSource;
  readonly trash: string;
  readonly secrets: TurnSecrets | undefined;
}

function subjectOf(frame: Frame, id: string, { source, trash, secrets }: OwnSource): UndoSubject {
  const known = frame.state.steps.get(id);
  const status = known?.status ?? "pending";
  const found = sessionAt(frame, id);
  const begun = begunWords(known?.undo);
  const base = { id, status, ...(begun === undefined ? {} : { begun }) };
  if (found?.node.kind !== "step") return base;
  const { node: step, session: world } = found;
  const open = (value: Json) => (secrets ? unsealed(value, secrets) : value);
  const { earlier } = known ?? {};
  const own = {
    source,
    trashFolder: trashOf({ state: frame.state, folders: { trash } }, id),
    captured: capturedOf(frame.state, id, secrets) ?? null,
    recall: (name: string) => {
      const value = known?.remembered.get(name);
      return value === undefined ? value : open(value);
    },
    unsealed: open,
    ...(earlier === undefined ? {} : { earlier }),
  };
  const result = known?.result ?? null;
  try {
    const input = { value: inputOf(world, step, { input: known?.input ?? null }) };
    return { ...base, found: { step, world, input, result, own } };
  } catch (error) {
    return { ...base, found: { step, world, input: { problem: sentence(error) }, result, own } };
  }
}

/** That an undoing was begun, where it did not come to its end. */
function begunWords(undo: UndoState | undefined): string | undefined {
  const because = undo?.message ? `: ${undo.message}` : "";
  if (undo?.status === "running") return "its undoing was begun when belay stopped, and is in doubt";
  if (undo?.status === "in-doubt") return `its undoing was begun, and is in doubt${because}`;
  return undo?.status === "failed" ? `its undoing was begun, and failed${because}` : undefined;
}

function staying(state: RunState): Pick<UndoPlan["stay"], "finally" | "found"> {
  const steps = [...state.steps.values()].filter((step) => step.group === undefined);
  const changed = (status: string) => ["done", "failed", "in-doubt", "running", "done-by-hand"].includes(status);
  return {
    finally: steps
      .filter((step) => step.section === "finally" && step.effect === "change" && changed(step.status))
      .map(({ id }) => id),
    found: steps.filter((step) => step.section !== "finally" && step.status === "already-done").map(({ id }) => id),
  };
}
