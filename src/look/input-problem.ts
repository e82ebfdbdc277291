import type { Step } from "../runbook/runbook.ts";
import { checker } from "../schema/check.ts";
import { isJsonObject, type Json } from "../schema/json.ts";

/** The exact check of `with`, now that no expression stands in it. */
export async function inputProblem(step: Step, input: Json): Promise<string | undefined> {
  const relative = step.on === undefined ? undefined : relativePath(step, input);
  if (relative !== undefined)
    return `its input is wrong: on ${step.on} the path ${JSON.stringify(relative)} must begin with a slash, since nobody knows what it is relative to`;
  // What holds no expression was checked when the runbook was loaded.
  if (!JSON.stringify(step.written).includes("${{")) return undefined;
  const check = await checker(`action-${step.uses}`, step.action.input);
  const whole = step.poll ? { ...(input as object), until: true } : input;
  const problem = check(whole)[0];
  if (!problem) return undefined;
  const at = problem.path.join(".");
  const what =
    problem.kind === "invalid"
      ? problem.rule
      : problem.kind === "wrong-type"
        ? `is ${JSON.stringify(problem.value)}, and must be ${problem.expected.join(" or ")}`
        : problem.kind;
  return `its input is wrong: \`${at || "with"}\` ${what}`;
}

function relativePath({ action }: Step, input: Json): string | undefined {
  if (!isJsonObject(input)) return undefined;
  return (action.paths ?? [])
    .flatMap((key) => [input[key] ?? []].flat())
    .find((path): path is string => typeof path === "string" && !path.startsWith("/"));
}
