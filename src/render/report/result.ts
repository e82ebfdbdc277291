import { formatDuration } from "../../action/duration.ts";
import type { RunState } from "../../event/run-state.ts";
import { count } from "../layout.ts";
import { printable } from "../printable.ts";
import type { Report, ReportStep } from "./model.ts";

interface Outcome {
  readonly state: RunState;
  readonly steps: readonly ReportStep[];
  readonly counts: Report["counts"];
  readonly left: readonly string[];
  readonly live: boolean;
}

/** What came of a run, in one sentence. */
export function resultOf(outcome: Outcome): Pick<Report, "tone" | "result"> {
  const { state, counts, left, live } = outcome;
  const took =
    state.started && state.endedAt
      ? ` in ${formatDuration(Date.parse(state.endedAt) - Date.parse(state.started.at))}`
      : "";
  const made = `${count(counts.steps, "step")}, ${count(counts.changes, "change")} made`;
  const doubt = counts.inDoubt > 0 ? `; what ${count(counts.inDoubt, "step")} did is not known` : "";
  const why = state.message ? `: ${printable(state.message)}` : "";
  switch (state.status) {
    case "done": {
      const failed = counts.failed > 0 ? `; ${count(counts.failed, "step")} failed, and the run went on` : "";
      return { tone: counts.failed > 0 ? "bad" : "good", result: `Done${took}: ${made}${failed}.` };
    }
    case "undone":
      return {
        tone: "bad",
        result: `The run was undone${took}${why}: ${count(counts.undone, "change")} taken back, ${left.length === 0 ? "none stays" : `${left.length} ${left.length === 1 ? "stays" : "stay"}`}.`,
      };
    case "abandoned":
      return { tone: "bad", result: `The run was given up${took}${why}; ${made}${doubt}.` };
    case "running":
      if (live) return { tone: "open", result: `The run is at work: ${made} so far.` };
      return { tone: "open", result: `The run was interrupted and is not over: ${made} so far${doubt}.` };
    default:
      return {
        tone: "open",
        result: `The run is not over; it stopped (${words(state.status)})${why}; ${made} so far${doubt}.`,
      };
  }
}

function words(status: string): string {
  return status === "failed" ? "a step failed" : status === "in-doubt" ? "a step is in doubt" : status;
}
