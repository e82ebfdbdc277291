import { test } from "uvu";
import * as assert from "uvu/assert";
import { renderDocument } from "../../src/render/document.ts";
import { displayWidth } from "../../src/render/layout.ts";
import { loadWith } from "../support/plan-of.ts";
import { expectText } from "./expected-text.ts";

// `belay show` of a runbook with everything that the language has beside single steps.

const inner = `apiVersion: belay/v1
name: postgres-restore
version: 2.1.0
title: Restore PostgreSQL from a dump
inputs: { dump: { type: path }, database: { type: string, default: app } }
preflight:
  - { id: room, title: There is room, uses: exec, reads: true, with: { argv: [df, /var] } }
steps:
  - id: load
    title: Load the dump
    uses: exec
    with: { argv: [pg_restore, "\${{ inputs.dump }}"] }
    repeatable: true
    undo: { none: what was there before is gone }
finally:
  - { id: unlock, title: Take the lock away, uses: files.remove, with: { path: /run/lock } }
outputs: { database: "\${{ inputs.database }}" }
`;

const text = `apiVersion: belay/v1
name: everything
version: 1.0.0
title: A runbook with everything
inputs:
  dump: { type: path, description: The dump }
  sites: { type: list, default: [eu, us] }
secrets:
  password: { env: DB_PASSWORD, description: The owner's password }
  token: { command: [vault, read, token], optional: true }
  key: { file: /run/secrets/key }
  pin: { prompt: PIN of the safe }
connections:
  app: { host: { ssh: "deploy@app-1" } }
  here: { host: {} }
deadlines:
  outage: { start: freeze, end: restore, within: 30m, warnAt: 20m, message: The bank opens at seven. }
  all: { start: freeze, within: 2h, atLimit: undo }
recoveryPoint: { at: "2026-11-20T22:00:04Z", within: 24h }
steps:
  - id: freeze
    title: Stop what writes
    uses: exec
    on: app
    with: { argv: [systemctl, stop, app] }
    repeatable: true
    confirm: { message: Traffic stops here., type: prod, approvers: 2, notBy: operator, within: 1h }
    undo: { uses: exec, with: { argv: [systemctl, start, app] }, timeout: 5m }
  - id: copies
    title: Keep what is there
    parallel: true
    concurrency: 1
    steps:
      - { id: copy_db, title: Keep the database, uses: files.copy, with: { from: /db, to: /copy/db } }
      - id: rest
        title: Keep the rest
        steps:
          - { id: copy_app, title: Keep the files, uses: files.copy, with: { from: /app, to: /copy/app } }
  - id: restore
    title: Restore the database
    uses: runbook
    with: { runbook: ./postgres.yaml, inputs: { dump: "\${{ inputs.dump }}" } }
    onFailure: undo
  - id: sites
    title: Restart every site
    notes: The list is what the operator gave.
    forEach: "\${{ inputs.sites }}"
    key: "site-\${{ each.value }}"
    concurrency: 4
    maxFailures: 1
    when: "\${{ each.value != 'old' }}"
    steps:
      - { id: restart, title: "Restart \${{ each.key }}", uses: exec, repeatable: true, with: { argv: [restart, "\${{ each.value }}"] }, undo: { notNeeded: it runs before and after } }
  - id: tell
    title: Tell the desk
    uses: manual
    with: { instructions: Call them. }
finally:
  - { id: end, title: Take the mark away, uses: files.remove, with: { path: /run/mark } }
`;

for (const width of [80, 200]) {
  test(`everything that a runbook can hold, at ${width} columns`, async () => {
    const { runbook, diagnostics } = await loadWith(text, { "./postgres.yaml": inner });
    assert.ok(runbook, JSON.stringify(diagnostics));
    const shown = renderDocument(runbook, { color: false, width });
    expectText(`document-tree-${width}`, shown);
    for (const line of shown.split("\n")) assert.ok(displayWidth(line) <= width, line);
    const colored = renderDocument(runbook, { color: true, width });
    assert.is(colored.replace(/\x1b\[[0-9;]*m/g, ""), shown, "colour changes no character");
  });
}

test.run();
