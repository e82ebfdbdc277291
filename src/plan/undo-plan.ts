import { renderTemplate } from "../expression/template.ts";
import { type WayBack, wayBack } from "../look/way-back.ts";
import { type Place, scopeOf, type World } from "../look/world.ts";
import { undoWords } from "../runbook/effect.ts";
import type { Step } from "../runbook/runbook.ts";
import { isJsonObject, type Json } from "../schema/json.ts";
import { judgeUndo, type UndoInput, type UndoLook, type UndoSubject, undoInputOf } from "./judge-undo.ts";
import type { Target } from "./plan.ts";
import { pathsOf, type Touched } from "./touched.ts";

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
  /** It stays, and runs a second time when the run goes on. */
  readonly runsTwice?: true;
  /** Its undoing was begun, and how that ended is not known; or it failed. In one line. */
  readonly begun?: string;
  /** How many attempts with other inputs are undone with it. */
  readonly earlier?: number;
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
    /** Of `through`: left on purpose, and run a second time when the run goes on. */
    readonly runTwice?: readonly string[];
    /** Changes that stayed when the run was taken back earlier, and why. */
    readonly kept?: readonly { readonly id: string; readonly why: string }[];
  };
  readonly counts: {
    /** Of those listed: how many would be undone, by a person among them, and how many stay. */
    readonly undo: number;
    /** Changed since, so that their undo may refuse; they are not counted as undone. */
    readonly changed: number;
    /** Certainly undone already. */
    readonly undone: number;
    readonly byHand: number;
    readonly asks: number;
    readonly notNeeded: number;
    readonly cannot: number;
  };
}

/** Looks at what is to be undone, the newest first. Writes nothing. */
export async function planUndo(
  subjects: readonly UndoSubject[],
  signal: AbortSignal,
  goesOn = false,
): Promise<Pick<UndoPlan, "steps" | "counts">> {
  const steps: UndoPlanStep[] = [];
  const touched: Touched[] = [];
  for (const subject of subjects) {
    const planned = await planOne(subject, touched, signal);
    const { earlier } = subject.found?.own ?? {};
    steps.push({
      ...planned,
      ...(goesOn && planned.how === "cannot" ? { runsTwice: true } : {}),
      ...(subject.begun === undefined ? {} : { begun: subject.begun }),
      ...(earlier && earlier.length > 0 && planned.how !== "cannot" ? { earlier: earlier.length } : {}),
    });
  }
  const many = (wanted: (step: UndoPlanStep) => boolean) => steps.filter(wanted).length;
  return {
    steps,
    counts: {
      undo: many((step) => isUndone(step) && step.state !== "changed" && step.state !== "already-undone"),
      changed: many((step) => isUndone(step) && step.state === "changed"),
      undone: many((step) => isUndone(step) && step.state === "already-undone"),
      byHand: many(({ how }) => how === "by-hand"),
      asks: many(({ asks }) => asks),
      notNeeded: many(({ how }) => how === "not-needed"),
      cannot: many(({ how }) => how === "cannot"),
    },
  };
}

const isUndone = ({ how }: UndoPlanStep) => how === "action" || how === "runbook" || how === "by-hand";

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
  const undoInput = undoInputOf(way, found);
  const place: Place = { id, key: id, signal, ...(step.on === undefined ? {} : { on: step.on }) };
  const judged = await judgeUndo(found, status, way, undoInput, touched, place);
  if (judged.state !== "already-undone") touched.push({ id, ...touches(found, way, undoInput) });
  return {
    ...base,
    how: byHand ? "by-hand" : way.kind,
    words: wordsOf(step, way, undoInput),
    ...judged,
    ...(undoInput === undefined ? {} : { input: "value" in undoInput ? undoInput.value : undoInput.problem }),
  };
}

/** The paths that undoing a step works on; none are known of a program. */
function touches(
  { step, input }: NonNullable<UndoSubject["found"]>,
  way: WayBack,
  undoInput: UndoInput | undefined,
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
function wordsOf(step: Step, way: WayBack, undoInput: UndoInput | undefined): string {
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
