import { parseDuration } from "../../action/duration.ts";
import { isJsonObject } from "../../schema/json.ts";
import { durationHint } from "../describe-problem.ts";
import type { Draft } from "../draft.ts";
import { holdsExpression } from "./actions.ts";

const places: readonly (readonly string[])[] = [
  ["timeout"],
  ["expectedDuration"],
  ["retry", "delay"],
  ["confirm", "within"],
  ["undo", "timeout"],
];

/** Durations that are written out are read now, not at three in the morning. */
export function checkDurations(draft: Draft): void {
  for (const step of draft.steps) {
    for (const place of places) {
      let value: unknown = step.raw;
      for (const key of place) value = isJsonObject(value) ? value[key] : undefined;
      if (typeof value !== "string") continue;
      if (place[0] === "confirm" && parseDuration(value) === 0)
        draft.error("no-time", draft.document.locate([...step.path, ...place]), "nobody can approve in no time");
      if (parseDuration(value) !== undefined) continue;
      // How long a step usually takes is known when the runbook is written.
      if (holdsExpression(value) && place[0] !== "expectedDuration") continue;
      draft.error(
        "not-a-duration",
        draft.document.locate([...step.path, ...place]),
        `\`${value}\` is not a duration`,
        durationHint,
      );
    }
  }
}
