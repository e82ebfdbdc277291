import { isJsonObject, type Json } from "../../schema/json.ts";
import type { Draft, DraftStep, SourcePath } from "../draft.ts";
import { stepName } from "../draft.ts";
import { onlyLooks } from "../effect.ts";
import { mentions } from "../mentions.ts";

/** What is no mistake, and will hurt one night. */
export function warnOfTraps(draft: Draft): void {
  draft.steps.forEach((step, index) => {
    warnOfPlainText(draft, step);
    if (!step.action) return;
    warnOfDoneStatus(draft, step);
    warnOfUnchecked(draft, step);
    warnOfPipe(draft, step);
    warnOfBackground(draft, step, draft.steps.slice(index + 1));
  });
}

/** Other tools' ways to write an expression, which are text here. */
const otherWays = /(?<!\$)\{\{\s*(inputs|steps|run)\.[^}]*\}\}|\$[{(](inputs|steps|run)\.[^})]*[})]/;

function warnOfPlainText(draft: Draft, step: DraftStep): void {
  const walk = (value: Json | undefined, path: SourcePath): void => {
    if (typeof value === "object" && value !== null) {
      for (const [key, one] of Object.entries(value)) walk(one, [...path, Array.isArray(value) ? Number(key) : key]);
      return;
    }
    const found = typeof value === "string" ? otherWays.exec(value) : null;
    const scalar = found && draft.document.scalar(path);
    if (!found || !scalar) return;
    const range = {
      start: scalar.sourceOffset(found.index),
      end: scalar.sourceOffset(found.index + found[0].length - 1) + 1,
    };
    const inside = found[0].replace(/^\$?[{(]+\s*|\s*[})]+$/g, "");
    draft.warn("not-an-expression", range, `\`${found[0]}\` is plain text here`, `write \${{ ${inside} }}`);
  };
  for (const key of ["title", "with", "confirm", "check"]) walk(step.raw[key], [...step.path, key]);
}

function looks(step: DraftStep): boolean {
  return step.action !== undefined && onlyLooks(step.action, step.raw["reads"] === true, step.raw["with"] ?? {});
}

/** `status == 'done'` is not true of a step that was found done already, or done by hand. */
function warnOfDoneStatus(draft: Draft, step: DraftStep): void {
  const { when } = step.raw;
  const found = typeof when === "string" ? /steps\.(\w+)\.status\s*==\s*["']done["']/.exec(when) : undefined;
  if (!found) return;
  draft.warn(
    "status-done",
    draft.document.locate([...step.path, "when"]),
    `step \`${found[1]}\` can also be \`already-done\` or \`done-by-hand\`, and this would skip ${stepName(step)}`,
    `write steps.${found[1]}.done`,
  );
}

/** After a crash nobody could say whether it happened. */
function warnOfUnchecked(draft: Draft, step: DraftStep): void {
  const action = step.action;
  // A change in preflight is an error already.
  if (action?.effect !== "change" || looks(step) || step.section === "preflight") return;
  // An answer with a mistake in it is an answer: the mistake is said by itself.
  const { reads, repeatable, ...others } = step.raw;
  const answered =
    mentions(others, ["check", "reads", "repeatable"]) ||
    [reads, repeatable].some((word) => word !== undefined && word !== false);
  if (action.repeatable || action.inspect || answered) return;
  draft.warn(
    "unchecked-change",
    draft.document.locate([...step.path, "uses"]),
    `if belay is interrupted in ${stepName(step)}, nobody knows whether it happened`,
    "give it a `check`, or say `repeatable: true` if running it twice does no harm",
  );
}

const shells = new Set(["sh", "bash", "dash", "ash", "ksh", "zsh", "/bin/sh", "/bin/bash"]);

/** The script that a step hands to a shell, and whether a failing part of a pipe fails it. */
function scriptOf(
  step: DraftStep,
): { script: string; path: readonly (string | number)[]; pipefail: boolean } | undefined {
  const input = step.raw["with"];
  if (!isJsonObject(input)) return undefined;
  const { script, argv } = input;
  if (step.action?.name === "shell" && typeof script === "string")
    return { script, path: [...step.path, "with", "script"], pipefail: !/set\s+\+o\s+pipefail/.test(script) };
  if (step.action?.name !== "exec" || !Array.isArray(argv) || typeof argv[0] !== "string" || !shells.has(argv[0]))
    return undefined;
  const at = argv.findIndex((word: Json) => typeof word === "string" && /^-[a-z]*c$/.test(word));
  const text = argv[at + 1];
  if (at === -1 || typeof text !== "string") return undefined;
  return {
    script: text,
    path: [...step.path, "with", "argv", at + 1],
    pipefail: /pipefail/.test([...argv.slice(0, at).map(String), text].join(" ")),
  };
}

const withoutQuotes = (script: string) => script.replace(/'[^']*'|"(?:\\.|[^"\\])*"|#.*$/gm, "");

function warnOfPipe(draft: Draft, step: DraftStep): void {
  const found = scriptOf(step);
  if (!found || found.pipefail || !/[^|]\|(?!\|)/.test(withoutQuotes(found.script))) return;
  draft.warn(
    "pipe-without-pipefail",
    draft.document.locate(found.path),
    "a pipe without `pipefail` succeeds when any but its last program fails",
    "use the `shell` action, which sets it, or begin with `set -o pipefail` in bash",
  );
}

const asynchronous = /^(--no-wait|--no-block|--wait=false|--async|--detach)$/;

/** It returns before its work is done, and no later step looks whether it came to an end. */
function warnOfBackground(draft: Draft, step: DraftStep, later: readonly DraftStep[]): void {
  if (
    step.raw["check"] !== undefined ||
    later.some((next) => next.action?.effect === "poll" || next.raw["check"] !== undefined)
  )
    return;
  const input = step.raw["with"];
  const argv = isJsonObject(input) && Array.isArray(input["argv"]) ? input["argv"].map(String) : [];
  const script = withoutQuotes(scriptOf(step)?.script ?? "");
  const background = /(^|[^&>])&(?![&>])/.test(script) && !/\bwait\b/.test(script);
  const named =
    argv.find((word) => asynchronous.test(word)) ?? (argv[0] === "nohup" || argv[0] === "setsid" ? argv[0] : undefined);
  if (!background && named === undefined) return;
  draft.warn(
    "nothing-waits",
    draft.document.locate([...step.path, "uses"]),
    `${stepName(step)} returns before its work is done, and nothing waits for it`,
    "add a `check`, or a `wait` step after it",
  );
}
