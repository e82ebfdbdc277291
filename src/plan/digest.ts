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
  const { id, state, input, on, included, instances } = step;
  return { id, state, input, changes, on, included: included?.inputs, instances };
}

/** Who the systems said they are; why one did not answer is in its words alone. */
const systemsOf = ({ connections }: Pick<Plan, "connections">) =>
  connections.map(({ name, kind, summary }) => ({ name, kind, summary }));

export function digestOf(plan: Omit<Plan, "digest">): string {
  return sha({
    runbook: plan.runbook.digest,
    inputs: plan.inputs,
    target: plan.target,
    connections: systemsOf(plan),
    deadlines: plan.deadlines.map(({ name, withinMs, start, end }) => ({ name, withinMs, start, end })),
    backup: plan.recoveryPoint?.at,
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
  for (const { name, summary } of saved.connections) {
    const other = now.connections.find((one) => one.name === name)?.summary;
    if (summary !== other)
      found.push(`connection ${name} was ${summary ?? "not reached"} and is ${other ?? "not reached"} now`);
  }
  if (saved.recoveryPoint?.at !== now.recoveryPoint?.at)
    found.push(
      `the backup was of ${saved.recoveryPoint?.at ?? "an unknown time"} and is of ${now.recoveryPoint?.at ?? "an unknown time"} now`,
    );
  return [...found, ...stepDifferences(saved.steps, now.steps)];
}

function stepDifferences(saved: Plan["steps"], now: Plan["steps"]): string[] {
  const found: string[] = [];
  const before = new Map(saved.map((step) => [step.id, step]));
  const after = new Set(now.map(({ id }) => id));
  for (const step of now) {
    const old = before.get(step.id);
    if (!old) {
      found.push(`step \`${step.id}\` was not planned`);
      continue;
    }
    if (sha(worldOf(old)) === sha(worldOf(step))) continue;
    found.push(
      old.state === step.state
        ? `step \`${step.id}\` would ${step.kind === "step" ? "change something else" : "hold other steps"} than planned`
        : `step \`${step.id}\` was "${old.state}" and is "${step.state}" now: ${step.reason}`,
    );
  }
  for (const { id } of saved) if (!after.has(id)) found.push(`step \`${id}\` was planned, and would not be run now`);
  return found;
}

/** Whether data read from a file is a plan of this format. */
export function isPlan(value: unknown): value is Plan {
  return (
    typeof value === "object" &&
    value !== null &&
    (value as Plan).format === 1 &&
    Array.isArray((value as Plan).steps) &&
    Array.isArray((value as Plan).connections) &&
    Array.isArray((value as Plan).deadlines) &&
    typeof (value as Plan).digest === "string"
  );
}
