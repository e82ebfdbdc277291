import { createHash } from "node:crypto";
import type { Json } from "../schema/json.ts";
import type { Plan } from "./plan.ts";

/** JSON with sorted keys, so that equal data has equal text. */
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const parts = Object.keys(value)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? null)}`);
    return `{${parts.join(",")}}`;
  }
  return JSON.stringify(value);
}

const sha = (value: unknown): string =>
  createHash("sha256")
    .update(canonical(JSON.parse(JSON.stringify(value ?? null)) as Json))
    .digest("hex");

/** What of a planned step must still be true when the plan is run. Times, progress and wording are left out. */
function worldOf(step: Plan["steps"][number]): unknown {
  const changes = step.changes.map(({ kind, target, summary, diff }) => ({ kind, target, summary, diff }));
  return { id: step.id, state: step.state, input: step.input, changes };
}

export function digestOf(plan: Omit<Plan, "digest">): string {
  return sha({
    runbook: plan.runbook.digest,
    inputs: plan.inputs,
    target: plan.target,
    steps: plan.steps.map(worldOf),
  });
}

/** Why a saved plan is not what a new one says; empty when they agree. One sentence each. */
export function differences(saved: Plan, now: Plan): string[] {
  if (digestOf(saved) !== saved.digest)
    return ["the plan's file was changed after it was made: its digest does not fit"];
  const found: string[] = [];
  // Every word of a saved plan was seen by whoever agreed to it.
  if (saved.runbook.digest !== now.runbook.digest) found.push(`the runbook ${now.runbook.file} was changed since`);
  for (const name of new Set([...Object.keys(saved.inputs), ...Object.keys(now.inputs)])) {
    if (sha(saved.inputs[name]) !== sha(now.inputs[name]))
      found.push(
        `input \`${name}\` was ${JSON.stringify(saved.inputs[name])} and is ${JSON.stringify(now.inputs[name])}`,
      );
  }
  if (sha(saved.target) !== sha(now.target))
    found.push(`the plan was made on ${saved.target.host}, and this is ${now.target.host}`);
  const before = new Map(saved.steps.map((step) => [step.id, step]));
  for (const step of now.steps) {
    const old = before.get(step.id);
    if (!old || sha(worldOf(old)) === sha(worldOf(step))) continue;
    found.push(
      old.state === step.state
        ? `step \`${step.id}\` would change something else than planned`
        : `step \`${step.id}\` was "${old.state}" and is "${step.state}" now: ${step.reason}`,
    );
  }
  return found;
}

/** Whether data read from a file is a plan of this format. */
export function isPlan(value: unknown): value is Plan {
  return (
    typeof value === "object" &&
    value !== null &&
    (value as Plan).format === 1 &&
    Array.isArray((value as Plan).steps) &&
    typeof (value as Plan).digest === "string"
  );
}
