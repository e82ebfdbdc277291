import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { catalog } from "../../src/actions/catalog.ts";
import { localSystems } from "../../src/cli/local-systems.ts";
import { openConnections } from "../../src/cli/open-connections.ts";
import type { RunEvent } from "../../src/event/event.ts";
import { foldEvent } from "../../src/event/fold-event.ts";
import { emptyRunState, type RunState } from "../../src/event/run-state.ts";
import type { Approvals } from "../../src/execute/approvals.ts";
import { foldingListener, openSession } from "../../src/execute/open-session.ts";
import type { Answerer } from "../../src/execute/questions.ts";
import { abandonRun, type RunEnd, runToEnd, undoToEnd } from "../../src/execute/run-loop.ts";
import type { TurnSecrets } from "../../src/execute/turn-secrets.ts";
import { UndoRequest } from "../../src/execute/undo-request.ts";
import { FileJournal } from "../../src/journal/file-journal.ts";
import { timed } from "../../src/journal/record.ts";
import { makeRunFolder, type RunFolder } from "../../src/journal/run-folder.ts";
import { loadRunbook } from "../../src/runbook/load-runbook.ts";
import type { Runbook } from "../../src/runbook/runbook.ts";
import type { JsonObject } from "../../src/schema/json.ts";

/** A runbook from text; throws its diagnostics. */
export async function runbookOf(text: string): Promise<Runbook> {
  const { runbook, diagnostics } = await loadRunbook("test.yaml", text, catalog);
  if (!runbook) throw new Error(diagnostics.map((one) => `${one.line}:${one.column} ${one.message}`).join("\n"));
  return runbook;
}

/** The steps of a runbook, as text below `steps:`. */
export function stepsOf(steps: string): string {
  return `apiVersion: belay/v1\nname: test\ntitle: Test\nsteps:\n${steps.replace(/^/gm, "  ")}\n`;
}

/** Answers nothing, unless told. */
export function answererOf(answers: Partial<Answerer> = {}): Answerer {
  return {
    confirm: async () => undefined,
    rule: async () => undefined,
    manual: async () => undefined,
    deadline: async () => undefined,
    undo: async () => undefined,
    orphans: async () => undefined,
    ...answers,
  };
}

export interface Turn {
  readonly end: RunEnd;
  readonly state: RunState;
  readonly events: readonly RunEvent[];
}

export interface Engine {
  readonly home: string;
  readonly folder: RunFolder;
  /** The first turn starts the run, each later one resumes it. */
  turn(
    answerer?: Answerer,
    stops?: { pause?: AbortSignal; now?: AbortSignal; abandon?: string; undo?: { to?: string } },
  ): Promise<Turn>;
  remove(): void;
}

export interface EngineOptions {
  readonly approvals?: Approvals;
  readonly secrets?: TurnSecrets;
}

const noApprovals: Approvals = {
  patient: false,
  ask: async () => "",
  stand: async () => ({ state: "waiting", missing: 1, by: [] }),
  withdraw: async () => {},
};

/** A run in a temporary home, turn by turn, without the command line. */
export function engineFor(runbook: Runbook, inputs: JsonObject = {}, options: EngineOptions = {}): Engine {
  const home = mkdtempSync(join(tmpdir(), "belay-engine-"));
  const folder = makeRunFolder(home);
  let turns = 0;
  return {
    home,
    folder,
    async turn(answerer = answererOf(), stops = {}) {
      const state = emptyRunState();
      const events: RunEvent[] = [];
      const onEvent = (event: RunEvent) => void events.push(event);
      const listener = foldingListener(state, onEvent);
      const journal = turns === 0 ? FileJournal.create(folder, listener) : FileJournal.open(folder, listener);
      for (const record of journal.records) foldEvent(state, timed(record));
      const facts = {
        attempt: randomUUID(),
        operator: { user: "tester", host: hostname(), pid: process.pid },
        program: { belay: "test", node: process.version },
      };
      const about = {
        name: runbook.name,
        version: runbook.version,
        title: runbook.title,
        file: runbook.file,
        digest: runbook.digest,
      };
      if (turns === 0)
        journal.append(
          "run started",
          { type: "run-started", run: folder.id, runbook: about, inputs, cwd: home, ...facts },
          "now",
        );
      else journal.append(`resumed ${facts.attempt}`, { type: "run-resumed", ...facts }, "now");
      turns += 1;
      const never = new AbortController().signal;
      const session = openSession({
        runbook,
        folder,
        journal,
        state,
        systems: localSystems,
        connections: openConnections(home, () => {}),
        approvals: options.approvals ?? noApprovals,
        ...(options.secrets ? { secrets: options.secrets } : {}),
        answerer,
        stops: { pause: stops.pause ?? never, now: stops.now ?? never },
        user: "tester",
        host: hostname(),
        onEvent,
      });
      const end =
        stops.undo !== undefined
          ? await undoToEnd(session, new UndoRequest({ via: "command", by: "tester", ...stops.undo }))
          : stops.abandon === undefined
            ? await runToEnd(session)
            : await abandonRun(session, stops.abandon);
      journal.close();
      return { end, state, events };
    },
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}
