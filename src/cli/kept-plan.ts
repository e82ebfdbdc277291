import { readFileSync } from "node:fs";
import type { RunFolder } from "../journal/run-folder.ts";
import { digestOf, isPlan } from "../plan/digest.ts";
import type { Plan } from "../plan/plan.ts";

/** The plan that was agreed to before a run; undefined where nobody saw one, or its file is none any more. */
export function keptPlan(folder: RunFolder): Plan | undefined {
  try {
    return parsePlan(readFileSync(folder.plan, "utf8"));
  } catch {
    return undefined;
  }
}

function parsePlan(text: string): Plan | undefined {
  try {
    const data: unknown = JSON.parse(text);
    return isPlan(data) ? data : undefined;
  } catch {
    return undefined;
  }
}

/** The digest of a plan's text; undefined when it is no plan, or was changed after it was made. */
export function planDigest(text: string): string | undefined {
  const plan = parsePlan(text);
  return plan && digestOf(plan) === plan.digest ? plan.digest : undefined;
}
