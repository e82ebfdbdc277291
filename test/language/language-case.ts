import { type Files, loadWith, planLines, planRunbook } from "../support/plan-of.ts";

/** One file of this folder: a title, a runbook, the files that it includes, and what belay says of it. */
export interface LanguageCase {
  readonly title: string;
  readonly runbook: string;
  /** By the name under which they are included. */
  readonly files: Files;
  /** `diagnostics`: what loading says. `plan`: what `plan` says of each step, in an empty folder. */
  readonly kind: "diagnostics" | "plan";
  readonly expected: string;
}

const parts = /^([^\n]+)\n=== runbook\n([\s\S]*?)((?:=== file [^\n]+\n[\s\S]*?)*)=== (diagnostics|plan)\n([\s\S]*)$/;
const file = /=== file ([^\n]+)\n([\s\S]*?)(?==== file |$)/g;

export function parseCase(text: string): LanguageCase {
  const [, title, runbook, files = "", kind, expected] = parts.exec(text) ?? [];
  if (title === undefined || runbook === undefined || expected === undefined)
    throw new Error(
      "a case is a title, `=== runbook`, a runbook, any number of `=== file NAME`, then `=== diagnostics` or `=== plan`, and what is expected",
    );
  return {
    title,
    runbook,
    files: Object.fromEntries([...files.matchAll(file)].map(([, name = "", content = ""]) => [name, content])),
    kind: kind === "plan" ? "plan" : "diagnostics",
    expected,
  };
}

export function caseText({ title, runbook, files, kind }: LanguageCase, expected: string): string {
  const included = Object.entries(files).map(([name, content]) => `=== file ${name}\n${content}`);
  return `${title}\n=== runbook\n${runbook}${included.join("")}=== ${kind}\n${expected}`;
}

/** What belay says of a case now, in the words of its last part. `folder` is empty, and where the plan is made. */
export async function actualOf(one: LanguageCase, folder: string): Promise<string> {
  const { runbook, diagnostics } = await loadWith(one.runbook, one.files);
  const lines = diagnostics.map(({ severity, file: at, line, column, code, message, hint }) => {
    const mark = severity === "warning" ? "warning " : "";
    const where = at === "case.yaml" ? "" : `${at}:`;
    return `${where}${line}:${column} ${mark}${code}: ${message}${hint === undefined ? "" : `\n    ${hint}`}`;
  });
  if (one.kind === "plan" && runbook) {
    const plan = await planRunbook(runbook, folder);
    lines.push(...planLines(plan, folder), ...plan.warnings.map((warning) => `warning: ${warning}`));
  }
  return lines.map((line) => `${line}\n`).join("");
}
