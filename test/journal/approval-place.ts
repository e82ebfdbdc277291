import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ApprovalQuestion } from "../../src/journal/approval-request.ts";
import { runFolder } from "../../src/journal/run-folder.ts";

/** A BELAY_HOME that everybody may enter, with the run k7pqr in it, closed as a new run is. */
export function approvalPlace() {
  const home = mkdtempSync(join(tmpdir(), "belay-approvals-"));
  chmodSync(home, 0o755);
  const folder = runFolder(home, "k7pqr");
  mkdirSync(join(home, "runs"), { mode: 0o700 });
  mkdirSync(folder.path, { mode: 0o700 });
  return { home, folder, remove: () => rmSync(home, { recursive: true, force: true }) };
}

/** Asks about `sites[eu/west]/stop`; the operator is user 4242, who is nobody here. */
export function question(more: Partial<ApprovalQuestion> = {}): ApprovalQuestion {
  return {
    id: "sites[eu/west]/stop#1",
    run: "k7pqr",
    runbook: { name: "failover", title: "Fail over to the west", version: "1.2.0" },
    step: "sites[eu/west]/stop",
    title: "Stop the primary",
    message: "Traffic stops for 90 s.",
    input: { unit: "redis@eu", password: "***" },
    target: [{ connection: "db", summary: "redis 7 on eu-1" }],
    approvers: 1,
    operators: [{ user: "otto", uid: 4242 }],
    askedAt: "2026-03-01T02:00:00.000Z",
    ...more,
  };
}
