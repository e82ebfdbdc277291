import type { ApprovalRequest } from "../../journal/approval-request.ts";
import type { ApprovalEnding } from "../../journal/approvals.ts";
import { hang } from "../../render/layout.ts";
import { printable, printableLines } from "../../render/printable.ts";
import { style } from "../../render/style.ts";
import { formatTime } from "../../render/time.ts";
import { valueLines } from "../../render/written-value.ts";

/** Everything that is approved, as it was frozen when it was asked. */
export function renderRequest(
  request: ApprovalRequest,
  { color, width }: { readonly color: boolean; readonly width: number },
): string {
  const paint = style(color);
  const { runbook, target, approvers, operators, until } = request;
  const now = Date.now();
  const say = (name: string, text: string) => hang(`  ${`${name}:`.padEnd(10)} `, printable(text), width);
  const people = [...new Set(operators.map(({ user }) => user))].join(", ");
  return [
    ...hang("", printable(request.title), width).map(paint.bold),
    ...printableLines(request.message.trim()).flatMap((line) => hang("  ", line, width)),
    "",
    ...say("step", request.step),
    ...say("run", `${request.run}, ${runbook.title} (${runbook.name} ${runbook.version})`),
    ...target.flatMap(({ connection, summary }) => say("target", `${connection}: ${summary}`)),
    ...say("asked by", people),
    ...say("since", formatTime(request.askedAt, { now })),
    ...(until === undefined ? [] : say("until", formatTime(until, { now }))),
    ...say("wants", approvers === 1 ? "one approval" : `${approvers} approvals, of different people`),
    "  with:",
    ...valueLines(request.input, 4, width),
  ].join("\n");
}

/** How a request ended, as a sentence's end. */
export function endingWords({ state, by, at }: ApprovalEnding): string {
  const time = formatTime(at, { now: Date.now() });
  const people = by.map((one) => printable(String(one.by))).join(" and ");
  if (state === "approved") return `it was approved by ${people}, and the run went on at ${time}`;
  if (state === "rejected") return `it was rejected by ${people}, and the run took that up at ${time}`;
  if (state === "expired") return `nobody decided in time; the wait ended at ${time}`;
  return `the run took the question back at ${time}`;
}
