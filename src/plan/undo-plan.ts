import { renderTemplate } from "../expression/template.ts";
import { canLook, type LookResult, lookAt, sentence } from "../look/look.ts";
import { lookAtWayBack, type WayBack, wayBack, wayBackInput } from "../look/way-back.ts";
import { type Place, scopeOf, type World } from "../look/world.ts";
import { undoWords } from "../runbook/effect.ts";
import type { Step } from "../runbook/runbook.ts";
import { isJsonObject, type Json } from "../schema/json.ts";
import type { Target } from "./plan.ts";
import { pathsOf, type Touched, touchedBy, workedOn } from "./touched.ts";

/**
 * What the world says of a change that is to be undone:
 * - `as-left`: it is as the run left it · `changed`: it is not · `already-undone`: nothing of it is there
 * - `unknown`: nobody can tell · `later`: what is undone before it works on the same, so it is judged then
 * - `stays`: it is not undone, so it is not looked at
 */
type UndoLook = "as-left" | "changed" | "already-undone" | "unknown" | "later" | "stays";

/** A change of a run, and what would be done about it. */
export interface UndoPlanStep {
  readonly id: string;
  readonly title: string;
  /** How the step ended: `done`, `failed`, … */
  readonly status: string;
  /** By its action, by what the runbook names, by a person; or not, for nothing needs to be, or nothing can. */
  readonly how: "action" | "runbook" | "by-hand" | "not-needed" | "cannot";
  /** How, in a few words. */
  readonly words: string;
  readonly state: UndoLook;
  /** What was seen, in one line; empty where nothing was looked at. */
  readonly seen: string;
  /** The step that is undone before, and may make it look otherwise; of `later`, one that works on the same. */
  readonly after?: string;
  /** Why it can't be undone, or need not be. */
  readonly reason?: string;
  /** A person is asked before it is undone. */
  readonly asks: boolean;
  /** `with` of the action that the runbook names. */
  readonly input?: Json;
  readonly notes?: string;
}

/** What undoing a run, or all that came from a step on, would do. */
export interface UndoPlan {
  readonly format: 1;
  readonly run: string;
  readonly madeAt: string;
  readonly runbook: { readonly name: string; readonly version: string; readonly title: string };
  readonly target: Target;
  /** Back to this step; absent: everything. */
  readonly to?: string;
  /** It was begun: what is listed is what is left of it. */
  readonly begun: boolean;
  /** The newest change first: the order in which they are undone. */
  readonly steps: readonly UndoPlanStep[];
  /** Changes that are not undone: those of `finally`, what was found done, what an earlier turn is through with. */
  readonly stay: {
    readonly finally: readonly string[];
    readonly found: readonly string[];
    readonly through: readonly string[];
  };
  readonly counts: {
    /** Of those listed: how many are undone, by a person among them, and how many stay. */
    readonly undo: number;
    readonly byHand: number;
    readonly asks: number;
    readonly notNeeded: number;
    readonly cannot: number;
  };
}

/** A change that is to be undone, in the frame that it stands in. */
export interface UndoSubject {
  readonly id: string;
  readonly status: string;
  /** Absent where the runbook has no such step any more. */
  readonly found?: {
    readonly step: Step;
    readonly world: World;
    /** With its secrets; or why it can't be had. */
    readonly input: { readonly value: Json } | { readonly problem: string };
    readonly result: Json;
  };
}

/** Looks at what is to be undone, the newest first. Writes nothing. */
export async function planUndo(
  subjects: readonly UndoSubject[],
  signal: AbortSignal,
): Promise<Pick<UndoPlan, "steps" | "counts">> {
  const steps: UndoPlanStep[] = [];
  const touched: Touched[] = [];
  for (const subject of subjects) steps.push(await planOne(subject, touched, signal));
  const many = (wanted: (step: UndoPlanStep) => boolean) => steps.filter(wanted).length;
  return {
    steps,
    counts: {
      undo: many(({ how }) => how === "action" || how === "runbook" || how === "by-hand"),
      byHand: many(({ how }) => how === "by-hand"),
      asks: many(({ asks }) => asks),
      notNeeded: many(({ how }) => how === "not-needed"),
      cannot: many(({ how }) => how === "cannot"),
    },
  };
}

async function planOne(
  { id, status, found }: UndoSubject,
  touched: Touched[],
  signal: AbortSignal,
): Promise<UndoPlanStep> {
  if (!found) {
    const reason = "the runbook that the run goes by now has no such step";
    return {
      id,
      status,
      title: id,
      how: "cannot",
      words: "can't be undone",
      reason,
      state: "stays",
      seen: "",
      asks: false,
    };
  }
  const { step, world } = found;
  const way = wayBack(step);
  const base = { id, status, title: titleOf(step, world), ...(step.notes === undefined ? {} : { notes: step.notes }) };
  if (way.kind === "none")
    return {
      ...base,
      how: "cannot",
      words: "can't be undone",
      reason: way.reason,
      state: "stays",
      seen: "",
      asks: false,
    };
  if (way.kind === "not-needed")
    return {
      ...base,
      how: "not-needed",
      words: "nothing to take back",
      reason: way.reason,
      state: "stays",
      seen: "",
      asks: false,
    };
  const byHand = way.kind === "runbook" && way.step.action.effect === "manual";
  const undoInput = inputOf(way, found);
  const place: Place = { id, key: id, signal, ...(step.on === undefined ? {} : { on: step.on }) };
  const judged = await judge(found, status, way, undoInput, touched, place);
  if (judged.state !== "already-undone") touched.push({ id, ...touches(found, way, undoInput) });
  return {
    ...base,
    how: byHand ? "by-hand" : way.kind,
    words: wordsOf(step, way, undoInput),
    ...judged,
    ...(undoInput === undefined ? {} : { input: "value" in undoInput ? undoInput.value : undoInput.problem }),
  };
}

type Input = NonNullable<UndoSubject["found"]>["input"];
type Judged = Pick<UndoPlanStep, "state" | "seen" | "after" | "asks">;

async function judge(
  { step, world, input }: NonNullable<UndoSubject["found"]>,
  status: string,
  way: WayBack,
  undoInput: Input | undefined,
  touched: readonly Touched[],
  place: Place,
): Promise<Judged> {
  const other = way.kind === "runbook";
  if (undoInput && "problem" in undoInput) return { state: "unknown", seen: undoInput.problem, asks: true };
  if ("problem" in input && !step.check) return { state: "unknown", seen: input.problem, asks: true };
  const value = "value" in input ? input.value : null;
  const look = canLook(step) ? await lookAt(world, step, value, place) : undefined;
  const undone =
    other && undoInput && look?.state !== "not-done"
      ? await lookAtWayBack(world, way, undoInput.value, { ...place, ...(way.step.on ? { on: way.step.on } : {}) })
      : undefined;
  const paths = step.check ? undefined : pathsOf(step.action, value);
  const looked = paths ? { paths } : {};
  // What a later step made of the same things says nothing of what this one made of them.
  const before = workedOn(touched, looked);
  if (look && before) return { state: "later", seen: look.seen, after: before.id, asks: false };
  // A program that is undone before may change anything.
  const program = look?.state === "done" ? undefined : touchedBy(touched, looked);
  const after = program ? { after: program.id } : {};
  if (undone?.state === "done") return { state: "already-undone", seen: undone.seen, ...after, asks: false };
  if (!look) {
    const seen = "there is nothing to look with";
    return { state: "unknown", seen, asks: other && status !== "done" };
  }
  const state = states[look.state];
  return { state, seen: look.seen, ...after, asks: other && (state === "changed" || state === "unknown") };
}

const states: { readonly [S in LookResult["state"]]: UndoLook } = {
  done: "as-left",
  partial: "changed",
  "not-done": "already-undone",
  unknown: "unknown",
};

function inputOf(way: WayBack, { world, result }: NonNullable<UndoSubject["found"]>): Input | undefined {
  if (way.kind !== "runbook") return undefined;
  try {
    return { value: wayBackInput(world, way, result) };
  } catch (error) {
    return { problem: sentence(error) };
  }
}

/** The paths that undoing a step works on; none are known of a program. */
function touches(
  { step, input }: NonNullable<UndoSubject["found"]>,
  way: WayBack,
  undoInput: Input | undefined,
): Pick<Touched, "paths"> {
  const own = "value" in input ? pathsOf(step.action, input.value) : undefined;
  if (way.kind !== "runbook") return own ? { paths: own } : {};
  const others = undoInput && "value" in undoInput ? pathsOf(way.step.action, undoInput.value) : undefined;
  return others ? { paths: others } : {};
}

function titleOf(step: Step, world: World): string {
  try {
    return String(renderTemplate(step.title, scopeOf(world.values)));
  } catch {
    return step.plainTitle;
  }
}

/** How it is undone: what runs, where that is known. */
function wordsOf(step: Step, way: WayBack, undoInput: Input | undefined): string {
  const words = undoWords(step) ?? "";
  if (way.kind !== "runbook" || !undoInput || "problem" in undoInput || !isJsonObject(undoInput.value)) return words;
  const { argv, script, method, url, instructions } = undoInput.value;
  if (Array.isArray(argv)) return `runs ${argv.map(String).join(" ")}`;
  if (typeof script === "string") {
    const [first = "", ...more] = script.trim().split("\n");
    return more.length === 0 && first.length <= 100
      ? `runs the script ${first}`
      : `runs a script of ${more.length + 1} lines`;
  }
  if (typeof url === "string") return `sends ${typeof method === "string" ? method : "GET"} to ${url}`;
  if (typeof instructions === "string") return `by hand: ${instructions.trim()}`;
  const named = pathsOf(way.step.action, undoInput.value) ?? [];
  return named.length > 0 ? `${words}: ${named.join(", ")}` : words;
}
