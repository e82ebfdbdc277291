import { formatDuration } from "../action/duration.ts";
import type { UndoState } from "../event/run-state.ts";
import { againstExpected } from "./amounts.ts";
import { printable, printableLines } from "./printable.ts";
import { isExpired } from "./run-facts.ts";
import { people } from "./safety-lines.ts";
import type { Detail } from "./step-row.ts";
import type { TreeNode } from "./step-tree.ts";
import type { Style } from "./style.ts";

export interface DetailOptions {
  readonly live: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What is said of a step beside its title. */
export function stepDetails(step: TreeNode, options: DetailOptions, paint: Style): Detail[] {
  const { known, status } = step;
  if (!known) return status === "skipped" ? [{ text: "not run", paint: paint.dim }] : [];
  const details: Detail[] = [];
  if (known.approval?.state === "waiting" && status === "pending") {
    const { approvers, by } = known.approval;
    const missing = people(Math.max(1, approvers - by.length));
    const words = isExpired(known, options.now) ? "was not approved in time" : `waits for ${missing}`;
    details.push({ text: words, paint: paint.yellow });
  }
  if (known.undo) details.push(...undoDetails(known.undo, options.live, paint));
  if (status === "pending" || status === "undone") return details;
  const expectedMs = step.node?.expectedDurationMs;
  const message = known.message ? printable(known.message) : "";
  const tries = known.tries > 1 ? `, attempt ${known.tries}` : "";
  const time = known.durationMs === undefined ? "" : formatDuration(known.durationMs);
  const slow = known.durationMs === undefined ? "" : againstExpected(known.durationMs, expectedMs, false);
  switch (status) {
    case "running": {
      const elapsed = Math.max(0, options.now - Date.parse(known.startedAt ?? ""));
      const compared = againstExpected(elapsed, expectedMs, true);
      details.push({ text: `running for ${formatDuration(elapsed)}${tries}`, paint: paint.cyan });
      if (compared !== "") details.push({ text: compared });
      break;
    }
    case "in-doubt":
      details.push({
        text: `IN DOUBT: ${message === "" ? "it was running when belay stopped; what it did is not known" : message}`,
        paint: paint.yellow,
      });
      if (mayWorkOn(step)) details.push({ text: "what it started may be at work; a resume attaches to it" });
      break;
    case "failed":
      details.push(
        { text: `failed${time === "" ? "" : ` after ${time}`}${tries}`, paint: paint.alarm },
        ...printableLines(known.message ?? "").map((text) => ({ text })),
      );
      break;
    case "done":
      details.push({ text: [time, slow].filter((part) => part !== "").join(" · ") || "done" });
      break;
    case "already-done":
      details.push({ text: message === "" ? "done already" : `done already: ${message}` });
      break;
    case "skipped":
      details.push({ text: message === "" ? "skipped" : `skipped: ${message}`, paint: paint.dim });
      break;
    case "done-by-hand":
      details.push({ text: `done by hand${known.by ? `, says ${printable(known.by)}` : ""}` });
  }
  for (const line of (known.details ?? []).flatMap(printableLines)) details.push({ text: line });
  if (known.why) details.push({ text: `why: ${printable(known.why)}` });
  if (known.evidence) details.push({ text: `seen: ${printable(known.evidence)}` });
  return details;
}

/** It keeps a handle of what it started, and that outlives belay. */
function mayWorkOn({ known, node }: TreeNode): boolean {
  const handles = [...(known?.remembered.values() ?? [])];
  if (node?.kind !== "step" || handles.length === 0 || handles.includes(null)) return false;
  return node.action.effect === "change" && node.action.reattaches === true;
}

/** How the undoing of a step stands. */
function undoDetails(undo: UndoState, live: boolean, paint: Style): Detail[] {
  const time = undo.durationMs === undefined ? "" : ` after ${formatDuration(undo.durationMs)}`;
  const message = undo.message ? `: ${printable(undo.message)}` : "";
  const by = undo.by ? `, says ${printable(undo.by)}` : "";
  const [text, shade] = ((): [string, Detail["paint"]] => {
    switch (undo.status) {
      case "running":
        return live
          ? ["is being undone", paint.cyan]
          : ["UNDO IN DOUBT: it was being undone when belay stopped", paint.yellow];
      case "in-doubt":
        return [`UNDO IN DOUBT${message}`, paint.yellow];
      case "undone":
        return [`undone${time}${message}`, undefined];
      case "already-undone":
        return [`undone already${message}`, undefined];
      case "undone-by-hand":
        return [`undone by hand${by}`, undefined];
      case "not-needed":
        return [`nothing to take back${message}`, paint.dim];
      case "left":
        return [`left as it is${by}${message}`, paint.yellow];
      case "failed":
        return [`undo failed${time}${message}`, paint.alarm];
    }
  })();
  const more = [
    ...(undo.details ?? []).flatMap(printableLines),
    ...(undo.why ? [`why: ${printable(undo.why)}`] : []),
    ...(undo.evidence ? [`seen: ${printable(undo.evidence)}`] : []),
  ];
  return [{ text, ...(shade ? { paint: shade } : {}) }, ...more.map((line) => ({ text: line }))];
}
