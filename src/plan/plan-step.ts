import { evaluateKnown } from "../expression/evaluate.ts";
import { renderKnown } from "../expression/template.ts";
import { absoluteInput } from "../look/absolute-input.ts";
import { holds } from "../look/conditions.ts";
import { inputProblem } from "../look/input-problem.ts";
import { canLook, lookAt, runRead, sentence } from "../look/look.ts";
import { pollOnce } from "../look/poll.ts";
import { type Place, scopeOf, stepValue } from "../look/world.ts";
import { type Effect, effectOf } from "../runbook/effect.ts";
import type { Step } from "../runbook/runbook.ts";
import type { Json, JsonObject } from "../schema/json.ts";
import type { PlannedState, PlannedStep } from "./plan.ts";
import { type Planning, renderText, unknownIn } from "./planning.ts";
import { pathsOf, touchedBefore, workedOnBefore } from "./touched.ts";

/** What looking said: the part of a planned step that depends on the world. */
interface Seen {
  readonly state: PlannedState;
  readonly reason: string;
  readonly changes?: PlannedStep["changes"];
  /** The step's result, where it is known now. */
  readonly result?: Json;
}

export async function planStep(planning: Planning, step: Step): Promise<PlannedStep> {
  const scope = scopeOf(planning.world.values);
  const rendered = await renderInput(planning, step);
  const effect = effectOf(step.action, step.reads, "failed" in rendered ? step.written : rendered.value);
  const when = judgeWhen(planning, step, scope);
  const seen = await see(planning, step, effect, rendered, when);
  if (seen.result !== undefined || seen.state === "skipped") {
    planning.known.add(step.id);
    planning.world.values.steps[step.id] ??= stepValue(
      seen.result ?? null,
      seen.state === "skipped" ? "skipped" : "done",
    );
  }
  // While something is waited for, the world is to become another one.
  const moves = effect === "read" ? seen.state === "waits" : !["done", "skipped", "finished"].includes(seen.state);
  if (moves) {
    const paths = "value" in rendered && rendered.after.length === 0 ? pathsOf(step.action, rendered.value) : undefined;
    planning.touched.push({ id: step.id, ...(paths ? { paths } : {}) });
  }
  return describe(planning, step, effect, rendered, when, seen);
}

type Rendered = { readonly value: Json; readonly after: readonly string[] } | { readonly failed: string };

async function renderInput(planning: Planning, step: Step): Promise<Rendered> {
  try {
    const { value, after } = renderKnown(step.with, scopeOf(planning.world.values), unknownIn(planning));
    const wrong = after.length > 0 ? undefined : await inputProblem(step, value);
    if (wrong) return { failed: wrong };
    return { value: after.length > 0 ? value : absoluteInput(step.action, value, planning.cwd), after };
  } catch (error) {
    return { failed: sentence(error) };
  }
}

type When =
  | { readonly holds: true }
  | { readonly holds: false }
  | { readonly after: readonly string[] }
  | { readonly failed: string };

function judgeWhen(planning: Planning, step: Step, scope: { [root: string]: Json }): When {
  if (!step.when) return { holds: true };
  try {
    const found = evaluateKnown(step.when.compiled, scope, unknownIn(planning));
    return found.known ? { holds: found.value === true } : { after: found.after };
  } catch (error) {
    return { failed: sentence(error) };
  }
}

async function see(planning: Planning, step: Step, effect: Effect, rendered: Rendered, when: When): Promise<Seen> {
  const through = planning.progress?.finished.get(step.id);
  if (through !== undefined && (step.section !== "preflight" || step.once))
    return { state: "finished", reason: through };
  if ("failed" in when) return { state: "would-fail", reason: when.failed };
  if ("holds" in when && !when.holds)
    return { state: "skipped", reason: `its condition does not hold: ${step.when?.text ?? ""}` };
  // Only now: what does not run may have input that can't be had, such as the result of a step that was skipped, too.
  if ("failed" in rendered) return { state: "would-fail", reason: rendered.failed };
  const begun = planning.progress?.begun.get(step.id);
  const place: Place = { id: step.id, key: `${step.id}#plan`, signal: planning.signal };
  if (effect === "manual") return { state: "by-hand", reason: "a person acts here" };
  if (planning.offline) return offline(step, effect);
  if (begun !== undefined && effect === "change") return doubt(planning, step, rendered.value, place, begun);
  if (rendered.after.length > 0) return later(step, effect, `its values are known after ${rendered.after.join(", ")}`);
  if (effect === "read") return seeRead(planning, step, rendered.value, place);
  return seeChange(planning, step, rendered.value, place);
}

function offline(step: Step, effect: Effect): Seen {
  if (effect === "read")
    return { state: step.action.effect === "poll" ? "waits" : "looks", reason: "not looked at: offline" };
  return { state: "unforeseeable", reason: "not looked at: offline" };
}

function later(step: Step, effect: Effect, reason: string): Seen {
  if (effect === "read") return { state: step.action.effect === "poll" ? "waits" : "looks", reason };
  return { state: "unforeseeable", reason };
}

async function seeRead(planning: Planning, step: Step, input: Json, place: Place): Promise<Seen> {
  // After a change, what is read now may not be what the run would read.
  const before =
    step.section === "preflight" ? undefined : touchedBefore(planning.touched, pathsOf(step.action, input));
  if (before !== undefined) return later(step, "read", `after ${before}`);
  try {
    if (step.action.effect === "poll") {
      const look = await pollOnce(planning.world, step, place);
      if (!look.until) return { state: "waits", reason: look.seen };
      return { state: "looked", reason: look.seen, result: { looks: 1, waitedMs: 0, last: look.result } };
    }
    const result = await readOnce(planning, step, input, place);
    for (const condition of step.expect) {
      if (!holds(condition, scopeOf(planning.world.values, { result })))
        return { state: "would-fail", reason: `what is expected does not hold: ${condition.text}` };
    }
    return { state: "looked", reason: "", result };
  } catch (error) {
    return { state: "would-fail", reason: sentence(error) };
  }
}

async function readOnce(planning: Planning, step: Step, input: Json, place: Place): Promise<Json> {
  if (step.action.effect === "assert")
    return step.action.run(input, { ...(await planning.world.read(place)), written: step.written });
  return runRead(planning.world, step.action, input, place, "step");
}

async function seeChange(planning: Planning, step: Step, input: Json, place: Place): Promise<Seen> {
  const before = touchedBefore(planning.touched, step.check ? undefined : pathsOf(step.action, input));
  const asNow = before === undefined ? "" : ` (before ${before})`;
  if (!canLook(step)) return { state: "unforeseeable", reason: whatRuns(input) };
  if (step.check && checkIsLater(planning, step))
    return { state: "unforeseeable", reason: `its check is known after ${checkAfter(planning, step).join(", ")}` };
  const found = await lookAt(planning.world, step, input, place);
  // What a check saw is not what the step itself would say.
  const look = step.check ? { ...found, seen: `its check says ${found.state}: ${found.seen}` } : found;
  switch (look.state) {
    case "done":
      if (before !== undefined)
        return {
          state: "unforeseeable",
          reason: `nothing to do as the world is now (${look.seen}), but ${before} comes before`,
        };
      return { state: "done", reason: look.seen, ...(look.result === undefined ? {} : { result: look.result }) };
    case "not-done":
    case "partial": {
      const changes = look.changes ?? [];
      const half = look.state === "partial" ? "half done: " : "";
      if (look.lacks !== undefined && before === undefined) return { state: "would-fail", reason: look.lacks };
      if (changes.length === 0)
        return { state: "unforeseeable", reason: `${half}${look.seen}${asNow}; ${whatRuns(input)}` };
      const worked = workedOnBefore(planning.touched, step.check ? undefined : pathsOf(step.action, input));
      if (worked !== undefined && look.lacks === undefined)
        return {
          state: "unforeseeable",
          reason: `${worked} works on the same before; as the world is now: ${half}${look.seen}`,
        };
      return { state: "change", reason: `${half}${look.seen}${asNow}`, changes };
    }
    case "unknown":
      if (before !== undefined) return { state: "unforeseeable", reason: `not before ${before} ran: ${look.seen}` };
      return { state: "would-fail", reason: look.seen };
  }
}

function checkAfter(planning: Planning, step: Step): readonly string[] {
  return step.check ? renderKnown(step.check.with, scopeOf(planning.world.values), unknownIn(planning)).after : [];
}

function checkIsLater(planning: Planning, step: Step): boolean {
  return checkAfter(planning, step).length > 0;
}

/** What a resume would do about a step that was begun. */
async function doubt(planning: Planning, step: Step, input: Json, place: Place, begun: string): Promise<Seen> {
  if (step.repeatable && !step.check)
    return { state: "in-doubt", reason: `${begun}; it would run again, which does no harm` };
  const look = await lookAt(planning.world, step, input, place);
  const what = {
    done: "it is done, and would be recorded as done",
    "not-done": "it is not done, and would run again",
    partial: step.repeatable ? "it is half done, and would run again" : "it is half done: a person decides",
    unknown: "nobody can tell: a person decides",
  }[look.state];
  return { state: "in-doubt", reason: `${begun}; ${what} (${look.seen})` };
}

/** What a step that can't be foreseen starts or sends, in a few words. */
function whatRuns(input: Json): string {
  const { argv, method, url, script } = (typeof input === "object" && input !== null ? input : {}) as JsonObject;
  if (Array.isArray(argv)) return `runs ${argv.map(String).join(" ")}`;
  if (typeof url === "string") return `sends ${typeof method === "string" ? method : "a request"} to ${url}`;
  if (typeof script === "string") {
    const lines = script.trim().split("\n").length;
    return `runs a script of ${lines === 1 ? "one line" : `${lines} lines`}`;
  }
  return "what it would change can't be told";
}

function describe(
  planning: Planning,
  step: Step,
  effect: Effect,
  rendered: Rendered,
  when: When,
  seen: Seen,
): PlannedStep {
  const after = [...new Set([...("after" in rendered ? rendered.after : []), ...("after" in when ? when.after : [])])];
  const undo = effect === "change" && step.action.effect === "change" ? step.action.undoes : undefined;
  const { message, type } = step.confirm ?? {};
  return {
    id: step.id,
    section: step.section,
    title: renderText(planning, step.title),
    uses: step.uses,
    effect,
    state: seen.state,
    reason: seen.reason,
    input: "failed" in rendered ? step.written : rendered.value,
    after,
    conditional: "after" in when,
    changes: seen.changes ?? [],
    ...(undo === undefined ? {} : { undo }),
    noReturn: effect === "change" && undo === undefined && seen.state !== "skipped" && seen.state !== "finished",
    ...(step.confirm
      ? {
          confirm: {
            ...(message ? { message: renderText(planning, message) } : {}),
            ...(type ? { type: renderText(planning, type) } : {}),
          },
        }
      : {}),
    ...(step.expectedDurationMs === undefined ? {} : { expectedDurationMs: step.expectedDurationMs }),
    ...(step.notes === undefined ? {} : { notes: step.notes }),
  };
}
