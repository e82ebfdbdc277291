import { hostname } from "node:os";
import { catalog } from "../../src/actions/catalog.ts";
import { localSystems } from "../../src/cli/local-systems.ts";
import { absolutePath, type ContextSource, probeContext, readContext } from "../../src/look/contexts.ts";
import { makePlan } from "../../src/plan/make-plan.ts";
import { loadRunbook } from "../../src/runbook/load-runbook.ts";
import { resolveInputs } from "../../src/runbook/resolve-inputs.ts";
import type { Runbook } from "../../src/runbook/runbook.ts";

/** One file of this folder: a title, a runbook, and what belay says of it. */
export interface LanguageCase {
  readonly title: string;
  readonly runbook: string;
  /** `diagnostics`: what loading says. `plan`: what `plan` says of each step, in an empty folder. */
  readonly kind: "diagnostics" | "plan";
  readonly expected: string;
}

const parts = /^([^\n]+)\n=== runbook\n([\s\S]*?)=== (diagnostics|plan)\n([\s\S]*)$/;

export function parseCase(text: string): LanguageCase {
  const [, title, runbook, kind, expected] = parts.exec(text) ?? [];
  if (title === undefined || runbook === undefined || expected === undefined)
    throw new Error(
      "a case is a title, `=== runbook`, a runbook, `=== diagnostics` or `=== plan`, and what is expected",
    );
  return { title, runbook, kind: kind === "plan" ? "plan" : "diagnostics", expected };
}

export function caseText({ title, runbook, kind }: LanguageCase, expected: string): string {
  return `${title}\n=== runbook\n${runbook}=== ${kind}\n${expected}`;
}

/** What belay says of a case now, in the words of its third part. `folder` is empty, and where the plan is made. */
export async function actualOf(one: LanguageCase, folder: string): Promise<string> {
  const { runbook, diagnostics } = await loadRunbook("case.yaml", one.runbook, catalog);
  const lines = diagnostics.map(({ severity, line, column, code, message, hint }) => {
    const mark = severity === "warning" ? "warning " : "";
    return `${line}:${column} ${mark}${code}: ${message}${hint === undefined ? "" : `\n    ${hint}`}`;
  });
  if (one.kind === "plan" && runbook) lines.push(...(await planLines(runbook, folder)));
  return lines.map((line) => `${line}\n`).join("");
}

async function planLines(runbook: Runbook, folder: string): Promise<string[]> {
  const given = { data: {}, texts: new Map<string, string>() };
  const { values, problems, missing } = await resolveInputs(runbook, given, (path) => absolutePath(folder, path));
  if (problems.length + missing.length > 0) throw new Error(`wrong inputs: ${[...problems, ...missing].join(", ")}`);
  const run = { id: "RUN", startedAt: "2026-11-21T03:02:00.000Z" };
  const nothing = () => {};
  const source: ContextSource = {
    systems: localSystems,
    cwd: folder,
    run,
    onProgress: nothing,
    onNote: nothing,
    onOutput: nothing,
  };
  const plan = await makePlan({
    runbook,
    world: {
      cwd: folder,
      values: { inputs: values, steps: {}, run: { ...run, user: "tester", host: hostname() } },
      read: (place) => readContext(source, place),
      probe: (place) => probeContext(source, place, { kind: "memory" }),
    },
    cwd: folder,
    target: { host: hostname() },
    offline: false,
    signal: new AbortController().signal,
  });
  return plan.steps.map(({ id, state, reason, title }) =>
    `${id} ${state}${title === id ? "" : ` "${title}"`}${reason === "" ? "" : `: ${reason}`}`.replaceAll(folder, "."),
  );
}
