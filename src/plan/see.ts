import { renderKnown } from "../expression/template.ts";
import { holds } from "../look/conditions.ts";
import { canLook, lookAt, runRead, sentence } from "../look/look.ts";
import { pollOnce } from "../look/poll.ts";
import { type Place, scopeOf } from "../look/world.ts";
import type { Effect } from "../runbook/effect.ts";
import type { Step } from "../runbook/runbook.ts";
import type { Json, JsonObject } from "../schema/json.ts";
import { connectionAfter } from "./frame.ts";
import type { PlannedState, PlannedStep } from "./plan.ts";
import { type Planning, unknownIn } from "./planning.ts";
import type { Rendered, When } from "./render-step.ts";
import { type Touched, touchedBy, whenTouched, workedOn } from "./touched.ts";
import { lookedOf, unreached } from "./where.ts";

/** What looking said: the part of a planned step that depends on the world. */
export interface Seen {
  readonly state: PlannedState;
  readonly reason: string;
  readonly changes?: PlannedStep["changes"];
  /** The step's result, where it is known now. */
  readonly result?: Json;
}

/** A step as it was rendered, and where it looks. */
export interface Ready {
  readonly planning: Planning;
  readonly step: Step;
  readonly effect: Effect;
  readonly place: Place;
}

export async function see(ready: Ready, rendered: Rendered, when: When): Promise<Seen> {
  const { planning, step, effect } = ready;
  const { progress, offline } = planning.options;
  const through = planning.through ?? progress?.finished.get(step.id);
  const again = step.section === "preflight" && !step.once && planning.through === undefined;
  if (through !== undefined && !again) return { state: "finished", reason: through };
  if ("failed" in when) return { state: "would-fail", reason: when.failed };
  if ("holds" in when && !when.holds)
    return { state: "skipped", reason: `its condition does not hold: ${step.when?.text ?? ""}` };
  // Only now: what does not run may have input that can't be had, such as the result of a step that was skipped, too.
  if ("failed" in rendered) return { state: "would-fail", reason: rendered.failed };
  const begun = progress?.begun.get(step.id);
  if (effect === "manual") return { state: "by-hand", reason: "a person acts here" };
  if (offline) return later(ready, "not looked at: offline");
  if (planning.laterEach !== undefined) return later(ready, `for each item, known after ${planning.laterEach}`);
  const places = [step.on, step.check?.on].filter((on) => on !== undefined);
  const after = [
    ...rendered.after,
    ...places.flatMap((on) => connectionAfter(planning, on.slice(planning.base.length))),
  ];
  const away = places.map((on) => unreached(planning, on)).find((one) => one !== undefined);
  if (away !== undefined && after.length === 0) return seeUnreached(ready, away, begun);
  if (begun !== undefined && effect === "change") return doubt(ready, rendered.value, begun);
  if (after.length > 0) return later(ready, `its values are known after ${[...new Set(after)].join(", ")}`);
  return effect === "read" ? seeRead(ready, rendered.value) : seeChange(ready, rendered.value);
}

function later({ step, effect }: Ready, reason: string): Seen {
  if (effect === "read") return { state: step.action.effect === "poll" ? "waits" : "looks", reason };
  return { state: "unforeseeable", reason };
}

/** What may change the world before a step, or at the same time. */
function disturbers({ touched, meanwhile }: Planning): readonly Touched[] {
  return [...touched, ...meanwhile];
}

/** A step whose system does not answer now; an earlier one may start it. */
function seeUnreached(ready: Ready, problem: string, begun: string | undefined): Seen {
  if (begun !== undefined) return { state: "in-doubt", reason: `${begun}; ${problem}` };
  const first = ready.planning.section === "preflight" ? undefined : disturbers(ready.planning)[0];
  return first ? later(ready, `${problem}; ${whenTouched(first)}`) : { state: "would-fail", reason: problem };
}

/** Looks once, also where the step is planned twice. */
function once<T>({ planning, step }: Ready, input: Json, look: () => Promise<T>): Promise<T> {
  const key = `${step.id} ${JSON.stringify(input)}`;
  const known = planning.shared.looks.get(key) as Promise<T> | undefined;
  const looking = known ?? look();
  planning.shared.looks.set(key, looking);
  return looking;
}

async function seeRead(ready: Ready, input: Json): Promise<Seen> {
  const { planning, step, place } = ready;
  const { world } = planning;
  // After a change, what is read now may not be what the run would read.
  const before =
    planning.section === "preflight" ? undefined : touchedBy(disturbers(planning), lookedOf(planning, step, input));
  if (before !== undefined) return later(ready, whenTouched(before));
  try {
    if (step.action.effect === "poll") {
      const look = await once(ready, input, () => pollOnce(world, step, place));
      if (!look.until) return { state: "waits", reason: look.seen };
      return { state: "looked", reason: look.seen, result: { looks: 1, waitedMs: 0, last: look.result } };
    }
    const result = await once(ready, input, () => readOnce(ready, input));
    for (const condition of step.expect) {
      if (!holds(condition, scopeOf(world.values, { result })))
        return { state: "would-fail", reason: `what is expected does not hold: ${condition.text}` };
    }
    return { state: "looked", reason: "", result };
  } catch (error) {
    return { state: "would-fail", reason: sentence(error) };
  }
}

async function readOnce({ planning: { world }, step, place }: Ready, input: Json): Promise<Json> {
  if (step.action.effect === "assert")
    return step.action.run(input, { ...(await world.read(place)), written: step.written });
  return runRead(world, step.action, input, place, "step");
}

async function seeChange(ready: Ready, input: Json): Promise<Seen> {
  const { planning, step, place } = ready;
  const looked = step.check ? {} : lookedOf(planning, step, input);
  const before = touchedBy(disturbers(planning), looked);
  if (!canLook(step)) return { state: "unforeseeable", reason: whatRuns(input) };
  const checkAfter = step.check
    ? renderKnown(step.check.with, scopeOf(planning.world.values), unknownIn(planning)).after
    : [];
  if (checkAfter.length > 0)
    return { state: "unforeseeable", reason: `its check is known after ${checkAfter.join(", ")}` };
  const found = await once(ready, input, () => lookAt(planning.world, step, input, place));
  // What a check saw is not what the step itself would say.
  const look = step.check ? { ...found, seen: `its check says ${found.state}: ${found.seen}` } : found;
  if (look.state === "done") {
    if (before === undefined)
      return { state: "done", reason: look.seen, ...(look.result === undefined ? {} : { result: look.result }) };
    const comes = before.meanwhile ? `${before.id} works at the same time` : `${before.id} comes before`;
    return { state: "unforeseeable", reason: `nothing to do as the world is now (${look.seen}), but ${comes}` };
  }
  if (look.state === "unknown") {
    if (before === undefined) return { state: "would-fail", reason: look.seen };
    const reason = before.meanwhile ? `${before.id} works at the same time` : `not before ${before.id} ran`;
    return { state: "unforeseeable", reason: `${reason}: ${look.seen}` };
  }
  const half = look.state === "partial" ? "half done: " : "";
  if (look.lacks !== undefined && before === undefined) return { state: "would-fail", reason: look.lacks };
  const asNow =
    before === undefined ? "" : before.meanwhile ? ` (${before.id} works at the same time)` : ` (before ${before.id})`;
  const changes = look.changes ?? [];
  if (changes.length === 0)
    return { state: "unforeseeable", reason: `${half}${look.seen}${asNow}; ${whatRuns(input)}` };
  const worked = workedOn(disturbers(planning), looked);
  if (worked !== undefined && look.lacks === undefined) {
    const works = worked.meanwhile ? "works on the same at the same time" : "works on the same before";
    return { state: "unforeseeable", reason: `${worked.id} ${works}; as the world is now: ${half}${look.seen}` };
  }
  return { state: "change", reason: `${half}${look.seen}${asNow}`, changes };
}

/** What a resume would do about a step that was begun. */
async function doubt(ready: Ready, input: Json, begun: string): Promise<Seen> {
  const { planning, step, place } = ready;
  if (step.repeatable && !step.check)
    return { state: "in-doubt", reason: `${begun}; it would run again, which does no harm` };
  const look = await once(ready, input, () => lookAt(planning.world, step, input, place));
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
