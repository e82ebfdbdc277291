import { parseDuration } from "../../action/duration.ts";
import { isJsonObject } from "../../schema/json.ts";
import type { Draft } from "../draft.ts";
import { holdsExpression } from "./actions.ts";

const places: readonly (readonly string[])[] = [
  ["timeout"],
  ["expectedDuration"],
  ["retry", "delay"],
  ["with", "every"],
];

/** Durations that are written out are read now, not at three in the morning. */
export function checkDurations(draft: Draft): void {
  for (const step of draft.steps) {
    for (const place of places) {
      if (place[0] === "with" && step.action?.effect !== "poll") continue;
      let value: unknown = step.raw;
      for (const key of place) value = isJsonObject(value) ? value[key] : undefined;
      if (typeof value !== "string" || holdsExpression(value) || parseDuration(value) !== undefined) continue;
      draft.error(
        "not-a-duration",
        draft.document.locate([...step.path, ...place]),
        `\`${value}\` is not a duration`,
        "such as 90s, 30m or 1h30m",
      );
    }
  }
}
