import type { Action } from "../action/define-action.ts";
import { ActionFailure } from "../action/failure.ts";
import type { Inspection } from "../action/inspection.ts";
import { renderTemplate } from "../expression/template.ts";
import { ExpressionFailure } from "../expression/types.ts";
import type { Check, Step } from "../runbook/runbook.ts";
import type { Json, JsonObject } from "../schema/json.ts";
import { absoluteInput } from "./absolute-input.ts";
import { holds } from "./conditions.ts";
import { TurnEnds } from "./turn-ends.ts";
import { type Place, scopeOf, type World } from "./world.ts";

/** What the world says of a step's outcome. `unknown`: the look itself failed, or there is nothing to look with. */
export interface LookResult {
  readonly state: "done" | "not-done" | "partial" | "unknown";
  readonly seen: string;
  /** Only that it is not done was seen: the check does not say what tells that nothing of it is there. */
  readonly assumed?: true;
  readonly result?: Json;
  readonly changes?: Extract<Inspection, { changes: unknown }>["changes"];
  /** What must be there and is not. */
  readonly lacks?: string;
}

/** Whether a step can be looked at: by its author's check, or because its action knows how. */
export function canLook(step: Step): boolean {
  return step.check !== undefined || (step.action.effect === "change" && step.action.inspect !== undefined);
}

/** Runs a read, or a vouched use of something else, and returns its result. */
export async function runRead(
  world: World,
  action: Action,
  input: Json,
  place: Place,
  as: "check" | "step",
): Promise<Json> {
  if (action.effect === "change" && action.probe) {
    const result = await action.probe(input, await world.probe(place, as));
    if (as === "step") action.judge?.(input, result);
    return result;
  }
  if (action.effect === "read") return action.run(input, await world.read(place));
  throw new ActionFailure("wrong-input", `${action.name} does not only look`);
}

/** Looks at a step's outcome in the world. Never throws for what it finds; a pause passes through. */
export async function lookAt(world: World, step: Step, input: Json, place: Place): Promise<LookResult> {
  try {
    if (step.check) return await lookThroughCheck(world, step.check, place);
    if (step.action.effect === "change" && step.action.inspect) {
      const found = await step.action.inspect(input, await world.read(place));
      return found;
    }
    return { state: "unknown", seen: "there is nothing to look with: the step has no check" };
  } catch (error) {
    if (error instanceof TurnEnds) throw error;
    return { state: "unknown", seen: `looking failed: ${sentence(error)}` };
  }
}

async function lookThroughCheck(world: World, check: Check, around: Place): Promise<LookResult> {
  const { on: _on, ...here } = around;
  const place: Place = check.on === undefined ? here : { ...here, on: check.on };
  const input = absoluteInput(check.action, renderTemplate(check.with, scopeOf(world.values)), world.cwd);
  const result = await runRead(world, check.action, input, place, "check");
  return judgeCheck(check, result, scopeOf(world.values, { result }));
}

/** What a check's expressions say of what was found. */
export function judgeCheck(check: Check, result: Json, scope: { readonly [root: string]: Json }): LookResult {
  const seen = summarize(result);
  if (holds(check.done, scope)) return { state: "done", seen };
  if (!check.notDone) return { state: "not-done", seen, assumed: true };
  if (holds(check.notDone, scope)) return { state: "not-done", seen };
  return { state: "partial", seen };
}

/** One line of what a look found. */
export function summarize(result: Json): string {
  const short = (text: string) => (text.length > 160 ? `${text.slice(0, 157)}…` : text);
  if (typeof result !== "object" || result === null || Array.isArray(result)) return short(JSON.stringify(result));
  const { exitCode, stdout, status, url } = result as JsonObject;
  if (typeof exitCode === "number") {
    const lines = typeof stdout === "string" ? stdout.trim().split("\n").filter(Boolean) : [];
    return short(
      `exit code ${exitCode}${lines.length > 0 ? `: ${lines.slice(0, 3).join(" · ")}${lines.length > 3 ? " …" : ""}` : ""}`,
    );
  }
  if (typeof status === "number" && typeof url === "string") return short(`${url} answered ${status}`);
  return short(JSON.stringify(result));
}

/** An error in words for a person: those made on purpose say what they say, others are belay's own fault. */
export function sentence(error: unknown): string {
  if (error instanceof ActionFailure || error instanceof ExpressionFailure) return error.message;
  return `belay itself failed: ${error instanceof Error ? error.message : String(error)}`;
}
