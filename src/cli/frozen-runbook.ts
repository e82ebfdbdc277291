import { join } from "node:path";
import { catalog } from "../actions/catalog.ts";
import type { RunState } from "../event/run-state.ts";
import type { RunFolder } from "../journal/run-folder.ts";
import { renderDiagnostics } from "../render/diagnostics.ts";
import type { Runbook } from "../runbook/runbook.ts";
import { CommandFailure, exit } from "./exit.ts";
import { frozenIncludes, frozenText } from "./include-source.ts";
import { version } from "./version.ts";

/** Where a run keeps the text that it goes by now: the first one, or one that it adopted. */
export function frozenFile(folder: RunFolder, state: RunState): string {
  const digest = state.runbook?.digest;
  return digest === undefined || digest === state.started?.runbook.digest
    ? folder.runbook
    : join(folder.adopted, `${digest}.yaml`);
}

/**
 * The runbook that a run goes by, with what it includes, as its journal vouches for them; never the files that they
 * came from. Throws a refusal (exit 5) for a text that was changed, or that this belay can't load.
 */
export async function frozenRunbook(folder: RunFolder, state: RunState): Promise<Runbook> {
  if (!state.runbook)
    throw new CommandFailure(exit.refused, `run ${folder.id} never began: its first record did not reach the disk`, [
      "nothing ran; start it again with `belay run`",
    ]);
  const file = frozenFile(folder, state);
  const text = frozenText(folder, file, state.runbook.digest, "its runbook");
  const { loadRunbook } = await import("../runbook/load-runbook.ts");
  const { runbook, diagnostics } = await loadRunbook(file, text, catalog, {
    includes: frozenIncludes(folder, state.included),
  });
  if (runbook) return runbook;
  const errors = diagnostics.filter((one) => one.severity === "error");
  throw new CommandFailure(
    exit.refused,
    `run ${folder.id} can't be worked on: belay ${version} finds mistakes in the runbook that it goes by`,
    [
      ...renderDiagnostics(errors, (of) => (of === file ? text : undefined), { color: false }).split("\n"),
      `belay ${state.started?.program.belay ?? ""} started it; nothing was done`,
    ],
  );
}
