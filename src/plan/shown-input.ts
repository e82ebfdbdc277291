import { renderKnown } from "../expression/template.ts";
import { absoluteInput } from "../look/absolute-input.ts";
import { scopeOf } from "../look/world.ts";
import type { Step } from "../runbook/runbook.ts";
import { holdsSecret } from "../runbook/secret-uses.ts";
import type { Json } from "../schema/json.ts";
import { type Planning, unknownIn } from "./planning.ts";
import type { Rendered } from "./render-step.ts";

/** A step's input as it is shown. Where a secret is part of it, the name stands for the value. */
export function shownInput(planning: Planning, step: Step, rendered: Rendered): Json {
  if ("failed" in rendered) return step.written;
  if (!holdsSecret(step.with)) return rendered.value;
  const { values } = planning.world;
  const secrets = Object.fromEntries(Object.keys(values.secrets).map((name) => [name, `(secret ${name})`]));
  try {
    const { value } = renderKnown(step.with, scopeOf({ ...values, secrets }), unknownIn(planning));
    return rendered.after.length > 0 ? value : absoluteInput(step.action, value, planning.options.cwd);
  } catch {
    return "(holds a secret)";
  }
}
