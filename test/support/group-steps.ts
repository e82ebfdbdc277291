import { catalog } from "../../src/actions/catalog.ts";
import { loadRunbook } from "../../src/runbook/load-runbook.ts";
import type { Runbook } from "../../src/runbook/runbook.ts";

/** Every line by so much. */
export const indent = (text: string, by = 2) => text.replace(/^(?=.)/gm, " ".repeat(by));

const lines = (text: string) => (text === "" || text.endsWith("\n") ? text : `${text}\n`);

/** A step that adds a line to the file `said`, and can't be looked at or repeated. */
export const say = (id: string, text = id, more = "") =>
  `- id: ${id}\n  uses: shell\n  with: { script: 'echo "$TEXT" >> said', env: { TEXT: "${text}" } }\n${indent(lines(more))}`;

/** The same with a check that counts the line. */
export const sayOnce = (id: string, text = id, more = "") =>
  say(
    id,
    text,
    `check:
  uses: exec
  with: { argv: [grep, -cx, "${text}", said] }
  done: "\${{ result.lines.size() == 1 && result.lines[0] == '1' }}"
  notDone: "\${{ result.exitCode != 0 }}"
${more}`,
  );

/** A step that works until the file `go-ID` is there, and says `ID begun` and `ID ended`. Three seconds at most. */
export const slow = (id: string, more = "") =>
  `- id: ${id}\n  uses: shell\n  with: { script: "echo ${id} begun >> said; for i in $(seq 300); do test -e go-${id} && break; sleep 0.01; done; echo ${id} ended >> said" }\n${indent(lines(more))}`;

export const group = (id: string, keys: string, steps: string) =>
  `- id: ${id}\n${indent(keys)}\n  steps:\n${indent(steps, 4)}`;

export const together = (id: string, steps: string) => group(id, "parallel: true", steps);

/** A runbook from its parts, each without indentation. */
export function parts(steps: string, more: { head?: string; preflight?: string; finally?: string; end?: string } = {}) {
  const list = (name: string, text?: string) => (text ? `${name}:\n${indent(text)}` : "");
  return `apiVersion: belay/v1\nname: test\ntitle: Test\n${more.head ?? ""}${list("preflight", more.preflight)}${list("steps", steps)}${list("finally", more.finally)}${more.end ?? ""}`;
}

/** A runbook that includes others, by the names they are written with. Throws its diagnostics. */
export async function runbookIncluding(text: string, others: { readonly [written: string]: string }): Promise<Runbook> {
  const read = async (written: string) => {
    const found = others[written];
    return found === undefined ? { problem: "it is not there" } : { file: written, text: found };
  };
  const { runbook, diagnostics } = await loadRunbook("test.yaml", text, catalog, { includes: { read } });
  if (!runbook) throw new Error(diagnostics.map((one) => `${one.file}:${one.line} ${one.message}`).join("\n"));
  return runbook;
}
