import { catalog } from "../../src/actions/catalog.ts";
import type { TimedEvent } from "../../src/event/event.ts";
import { foldEvent } from "../../src/event/fold-event.ts";
import { emptyRunState, type RunState } from "../../src/event/run-state.ts";
import type { Plan, PlannedStep } from "../../src/plan/plan.ts";
import { loadRunbook } from "../../src/runbook/load-runbook.ts";
import type { Runbook } from "../../src/runbook/runbook.ts";

const base: PlannedStep = {
  id: "",
  kind: "step",
  depth: 0,
  section: "steps",
  title: "",
  uses: "exec",
  effect: "change",
  state: "change",
  reason: "",
  input: {},
  after: [],
  conditional: false,
  changes: [],
  noReturn: false,
};

const step = (id: string, title: string, more: Partial<PlannedStep>): PlannedStep => ({ ...base, id, title, ...more });

const diff = `--- deployment.toml
+++ deployment.toml
@@ -1,4 +1,4 @@
 [server]
-hostname = "am-1.bank.example"
+hostname = "am-2.bank.example"
 offset = 0
`;

/** One step of every kind. */
export const plannedSteps: readonly PlannedStep[] = [
  step("version_fits", "The product is the version of the backup", {
    section: "preflight",
    effect: "read",
    state: "looked",
    reason: "1.5.0",
  }),
  step("space", "There is room for two copies", { section: "preflight", effect: "read", state: "looked" }),
  step("stop", "Stop the server", {
    reason: "process 4312 runs",
    changes: [{ kind: "run", target: "bin/wso2server.sh", summary: "stop" }],
    undo: "starts it again",
    expectedDurationMs: 30_000,
    confirm: { message: "Traffic stops here.", type: "apim-2" },
  }),
  step("safety_copy", "Keep a copy of the live directory", {
    state: "done",
    reason: "/opt/wso2/copy is the same as /opt/wso2/repository",
    undo: "moves the copy to the trash",
  }),
  step("swap", "Put the backup in place", {
    reason: "repository is there, repository.old.k7 is not",
    changes: [{ kind: "move", target: "/opt/wso2/obam/repository", summary: "→ /opt/wso2/obam/repository.old.k7" }],
    undo: "swaps the old folder back",
    input: { path: "/opt/wso2/obam/repository", with: "(known after unpack)" },
    after: ["unpack"],
  }),
  step("host_name", "Set the host name", {
    reason: "deployment.toml differs: 1 line",
    changes: [{ kind: "edit", target: "deployment.toml", summary: "1 line", diff }],
    undo: "puts the old content back",
  }),
  step("health", "The server answers", { effect: "read", state: "waits", reason: "after start" }),
  step("balancer", "Point the load balancer at it", {
    effect: "manual",
    state: "by-hand",
    reason: "a person acts here",
  }),
  step("reindex", "Rebuild the index", {
    state: "skipped",
    reason: "its condition does not hold: ${{ inputs.reindex }}",
  }),
  step("start", "Start the server", {
    state: "unforeseeable",
    reason: "runs bin/wso2server.sh start",
    noReturn: true,
    expectedDurationMs: 300_000,
    conditional: true,
    after: ["health"],
  }),
  step("drop_old", "Delete the old directory", {
    reason: "it is there",
    changes: [{ kind: "remove", target: "/opt/wso2/obam/repository.old.k7", summary: "438 files, 12 MB" }],
    noReturn: true,
  }),
  step("unlock", "Take the lock away", {
    section: "finally",
    state: "unforeseeable",
    reason: "runs rm -f /run/belay.lock",
    undo: "puts it back",
  }),
];

export const plan: Plan = {
  format: 1,
  madeAt: "2026-11-21T03:02:11.000Z",
  runbook: {
    name: "wso2-restore-repository",
    version: "1.0.0",
    title: "Restore the repository directory of WSO2 Open Banking",
    file: "wso2.yaml",
    digest: "d",
  },
  inputs: { home: "/opt/wso2/obam", backup: "/backup/2026-11-20/repository.tar.gz", rounds: 3 },
  cwd: "/root",
  target: { host: "apim-2", machine: "4f2a91c07d3e4b1f" },
  offline: false,
  connections: [],
  deadlines: [],
  steps: plannedSteps,
  counts: { looks: 1, changes: 7, byHand: 1, done: 1, unforeseeable: 2, skipped: 1, noReturn: 2 },
  expectedDurationMs: 330_000,
  warnings: [],
  digest: "7c1f0e4455",
};

/** The events of a run that fails in its third step. */
export const events: readonly TimedEvent[] = [
  {
    at: "2026-11-21T03:02:00.000Z",
    type: "run-started",
    run: "k7",
    runbook: {
      name: "restore-db",
      version: "1.2.0",
      title: "Restore the database",
      file: "/srv/restore-db.yaml",
      digest: "d",
    },
    inputs: {},
    attempt: "a1",
    operator: { user: "ana", host: "ops-1", pid: 7 },
    program: { belay: "0.1.0", node: "v20" },
    cwd: "/srv",
  },
  {
    at: "2026-11-21T03:02:01.000Z",
    type: "step-started",
    step: "dump_whole",
    key: "dump_whole@1#1",
    section: "preflight",
    attempt: "a1",
    effect: "read",
    input: {},
  },
  {
    at: "2026-11-21T03:02:02.000Z",
    type: "step-finished",
    step: "dump_whole",
    key: "dump_whole@1#1",
    section: "preflight",
    state: "done",
    durationMs: 900,
  },
  { at: "2026-11-21T03:02:03.000Z", type: "confirmed", step: "stop", key: "stop#1", by: "ana", via: "prompt" },
  {
    at: "2026-11-21T03:02:03.000Z",
    type: "step-started",
    step: "stop",
    key: "stop#1",
    section: "steps",
    attempt: "a1",
    effect: "change",
    input: {},
  },
  {
    at: "2026-11-21T03:02:06.100Z",
    type: "step-finished",
    step: "stop",
    key: "stop#1",
    section: "steps",
    state: "done",
    durationMs: 3100,
  },
  {
    at: "2026-11-21T03:02:06.200Z",
    type: "step-finished",
    step: "copy",
    key: "copy#1",
    section: "steps",
    state: "already-done",
    message: "/copy is the same as /db",
  },
  {
    at: "2026-11-21T03:02:06.300Z",
    type: "step-started",
    step: "load",
    key: "load#1",
    section: "steps",
    attempt: "a1",
    effect: "change",
    input: {},
  },
  {
    at: "2026-11-21T03:04:16.300Z",
    type: "step-finished",
    step: "load",
    key: "load#1",
    section: "steps",
    state: "failed",
    message: 'psql stopped at line 48,112: duplicate key value violates unique constraint "realm_pkey"',
    details: ["The database was left as it was: the load ran in one transaction."],
    retryable: true,
    durationMs: 130_000,
  },
  {
    at: "2026-11-21T03:04:17.000Z",
    type: "run-paused",
    reason: "failed",
    step: "load",
    message: "step load failed: psql stopped at line 48,112",
  },
];

/** The runbook that these events belong to. */
export const runbookText = `apiVersion: belay/v1
name: restore-db
version: 1.2.0
title: Restore the database
description: |
  Loads a dump into the database
  of the identity server.

  - It does not touch the files.
inputs:
  dump: { type: path, description: The dump to load }
  rounds: { type: integer, default: 3, minimum: 1, description: How often to look }
preflight:
  - id: dump_whole
    title: The dump is whole
    uses: checksum.verify
    with: { manifest: "\${{ inputs.dump }}.sha256" }
steps:
  - id: stop
    title: Stop the server
    uses: exec
    with: { argv: [systemctl, stop, server] }
    repeatable: true
    confirm: { message: Traffic stops here., type: prod }
    expectedDuration: 1s
  - id: copy
    title: Keep a copy of the data
    notes: It takes as much room again.
    uses: files.copy
    with: { from: /db, to: /copy }
  - id: load
    title: Load the dump
    uses: exec
    with: { argv: [psql, -f, "\${{ inputs.dump }}"] }
    check:
      uses: exec
      with: { argv: [psql, -c, select 1 from realm] }
      done: "\${{ result.exitCode == 0 }}"
    timeout: 30m
    expectedDuration: 2m
    retry: { attempts: 2, delay: 5s }
  - id: start
    title: Start the server
    uses: exec
    with: { argv: [systemctl, start, server] }
    repeatable: true
finally:
  - id: unlock
    title: Take the lock away
    uses: files.remove
    with: { path: /run/restore.lock }
outputs:
  loaded: "\${{ inputs.dump }}"
`;

export async function sampleRunbook(): Promise<Runbook> {
  const { runbook, diagnostics } = await loadRunbook("restore-db.yaml", runbookText, catalog);
  if (!runbook) throw new Error(JSON.stringify(diagnostics));
  return runbook;
}

export function stateAfter(list: readonly TimedEvent[]): RunState {
  return list.reduce(foldEvent, emptyRunState());
}
