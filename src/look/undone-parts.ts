import type { ChangeAction } from "../action/define-action.ts";
import { isJsonObject, type Json } from "../schema/json.ts";
import type { OwnUndoLook, UndonePart } from "./look-at-undo.ts";

/** What a step's attempts with other inputs left: the state's `earlier`. */
export interface EarlierAttempt {
  readonly key: string;
  readonly input?: Json;
  readonly captured?: Json;
  readonly remembered: ReadonlyMap<string, Json>;
}

/** What is undone of a step, the newest first: its attempts with the input of now, then those with other ones. */
export function undoneParts(
  newest: UndonePart,
  earlier: readonly EarlierAttempt[] | undefined,
  unsealed: (captured: Json) => Json,
): UndonePart[] {
  const old = [...(earlier ?? [])]
    .reverse()
    .flatMap(({ input, captured, remembered }): UndonePart[] =>
      captured === undefined
        ? []
        : [{ input: input ?? null, captured: unsealed(captured), recall: (name) => remembered.get(name) }],
    );
  return [newest, ...old];
}

/**
 * What the looks at a step's parts come to. A part that looks changed while an older one works on the same things is
 * judged by that one: an undo that was stopped half-way had put it back already.
 */
export function judgeParts(
  action: ChangeAction,
  parts: readonly UndonePart[],
  looks: readonly OwnUndoLook[],
): OwnUndoLook & { readonly skip: ReadonlySet<UndonePart> } {
  const skip = new Set<UndonePart>();
  const counted = looks.filter((look, at) => {
    const part = parts[at];
    if (look.state !== "changed" || !part) return true;
    const older = parts.findIndex((one, other) => other > at && shares(action, one.input, part.input));
    if (older === -1 || looks[older]?.state === "changed") return true;
    skip.add(part);
    return false;
  });
  for (const state of ["changed", "unknown", "to-undo"] as const) {
    const found = counted.find((look) => look.state === state);
    if (found) return { ...found, skip };
  }
  return { ...(counted[0] ?? { state: "undone", seen: "nothing of it is left to take back" }), skip };
}

function shares({ paths = [] }: ChangeAction, one: Json, other: Json): boolean {
  if (!isJsonObject(one) || !isJsonObject(other)) return false;
  const values = paths.map((key) => other[key]);
  return paths.some((key) => typeof one[key] === "string" && values.includes(one[key]));
}
