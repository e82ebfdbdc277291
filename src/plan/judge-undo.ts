import type { ChangeAction } from "../action/define-action.ts";
import type { ContextSource } from "../look/contexts.ts";
import { canLook, type LookResult, lookAt, sentence } from "../look/look.ts";
import { lookAtOwnUndo, type OwnUndoLook, type UndonePart } from "../look/look-at-undo.ts";
import { type EarlierAttempt, judgeParts, undoneParts } from "../look/undone-parts.ts";
import { lookAtWayBack, type WayBack, wayBackInput } from "../look/way-back.ts";
import type { Place, World } from "../look/world.ts";
import type { Step } from "../runbook/runbook.ts";
import type { Json } from "../schema/json.ts";
import { pathsOf, type Touched, touchedBy, workedOn } from "./touched.ts";

/**
 * What the world says of a change that is to be undone:
 * - `as-left`: it is as the run left it · `changed`: it is not, so its undo may refuse · `already-undone`: it is certain
 *   that nothing of it is there
 * - `unknown`: nobody can tell · `later`: what is undone before it works on the same, so it is judged then
 * - `stays`: it is not undone, so it is not looked at
 */
export type UndoLook = "as-left" | "changed" | "already-undone" | "unknown" | "later" | "stays";

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
    /** What its action's own undo needs, to be looked at. */
    readonly own: Omit<UndonePart, "input" | "result"> & {
      readonly source: ContextSource;
      readonly trashFolder: string;
      readonly earlier?: readonly EarlierAttempt[];
      unsealed(captured: Json): Json;
    };
  };
  /** How an undoing of it stands that was begun before. */
  readonly begun?: string;
}

export type UndoInput = NonNullable<UndoSubject["found"]>["input"];
export interface JudgedUndo {
  readonly state: UndoLook;
  /** What was seen, in one line. */
  readonly seen: string;
  /** The step that is undone before, and may make it look otherwise; of `later`, one that works on the same. */
  readonly after?: string;
  readonly asks: boolean;
}

/** What the world says of a change, and whether a person is asked before it is undone. */
export async function judgeUndo(
  { step, world, input, result, own }: NonNullable<UndoSubject["found"]>,
  status: string,
  way: WayBack,
  undoInput: UndoInput | undefined,
  touched: readonly Touched[],
  place: Place,
): Promise<JudgedUndo> {
  const other = way.kind === "runbook";
  if (undoInput && "problem" in undoInput) return { state: "unknown", seen: undoInput.problem, asks: true };
  if ("problem" in input && (way.kind === "action" || !step.check))
    return { state: "unknown", seen: input.problem, asks: true };
  const value = "value" in input ? input.value : null;
  const look =
    way.kind === "action"
      ? await lookAtOwn(way.action, { step, world, input, result, own }, value, place)
      : canLook(step)
        ? await lookAt(world, step, value, place)
        : undefined;
  const undone =
    other && undoInput && look?.state !== "not-done"
      ? await lookAtWayBack(world, way, undoInput.value, { ...place, ...(way.step.on ? { on: way.step.on } : {}) })
      : undefined;
  const paths = step.check ? undefined : pathsOf(step.action, value);
  const looked = paths ? { paths } : {};
  // What a later step made of the same things says nothing of what this one made of them.
  const before = workedOn(touched, looked);
  const mended = look?.state === "not-done" && look.assumed !== true;
  if (look && before) return { state: "later", seen: look.seen, after: before.id, asks: false };
  // A program that is undone before may change anything.
  const program = look?.state === "done" ? undefined : touchedBy(touched, looked);
  const after = program ? { after: program.id } : {};
  if (undone?.state === "done") return { state: "already-undone", seen: undone.seen, ...after, asks: false };
  if (!look) {
    const seen = "there is nothing to look with";
    return { state: "unknown", seen, asks: other && status !== "done" };
  }
  if (look.state === "not-done" && !mended) {
    const seen = `${look.seen}; its check does not say whether nothing of it is there`;
    return { state: "changed", seen, ...after, asks: !(way.kind === "runbook" && way.step.repeatable) };
  }
  const state = states[look.state];
  return { state, seen: look.seen, ...after, asks: other && (state === "changed" || state === "unknown") };
}

/** What the undo of the action would find, in the words of a look. */
async function lookAtOwn(
  action: ChangeAction,
  { step, world, result, own }: NonNullable<UndoSubject["found"]>,
  input: Json,
  place: Place,
): Promise<LookResult> {
  const newest: UndonePart = { input, result, captured: own.captured, recall: own.recall };
  const parts = undoneParts(newest, own.earlier, own.unsealed);
  const looks: OwnUndoLook[] = [];
  for (const part of parts) looks.push(await lookAtOwnUndo(action, own.source, place, part, own.trashFolder));
  const { state, seen } = judgeParts(action, parts, looks);
  if (state === "changed") return { state: "partial", seen };
  if (state === "undone") return { state: "not-done", seen };
  if (state === "unknown" || !canLook(step)) return { state: state === "unknown" ? "unknown" : "done", seen };
  // Nothing keeps the undo from it; what the step's own look says is told with it.
  const now = await lookAt(world, step, input, place);
  return { state: "done", seen: now.state === "done" ? now.seen : seen };
}

const states: { readonly [S in LookResult["state"]]: UndoLook } = {
  done: "as-left",
  partial: "changed",
  "not-done": "already-undone",
  unknown: "unknown",
};

/** The input of the action that the runbook names. */
export function undoInputOf(way: WayBack, { world, result }: NonNullable<UndoSubject["found"]>): UndoInput | undefined {
  if (way.kind !== "runbook") return undefined;
  try {
    return { value: wayBackInput(world, way, result) };
  } catch (error) {
    return { problem: sentence(error) };
  }
}
