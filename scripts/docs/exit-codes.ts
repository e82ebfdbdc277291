import { exit } from "../../src/cli/exit.ts";
import { table } from "./field-tables.ts";

const meanings: { readonly [K in keyof typeof exit]: string } = {
  done: "done; for `validate`: no errors",
  failed: "a step failed, or the run was stopped; it can be resumed. `plan`: a step would fail",
  wrongInput: "the runbook, the inputs or the command line are wrong; nothing ran",
  waiting: "waiting for a person: a confirmation, a manual step, or `run` without `--yes` where nobody can be asked",
  inDoubt: "a step is in doubt, and nobody decided",
  refused: "refused: another process holds the run, the saved plan no longer fits, the journal is damaged",
  interrupted: "interrupted on request; the run can be resumed",
};

export function exitCodeTable(): string {
  const rows = Object.entries(exit).map(([name, code]) => [String(code), meanings[name as keyof typeof exit]]);
  return table(["exit code", "meaning"], rows);
}
