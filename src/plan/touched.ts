import { dirname } from "node:path";
import type { Action } from "../action/define-action.ts";
import { vouchable } from "../runbook/effect.ts";
import { isJsonObject, type Json } from "../schema/json.ts";

/** A step that would change the world before others look at it. Without paths, it may touch anything. */
export interface Touched {
  readonly id: string;
  readonly paths?: readonly string[];
}

/** The absolute paths that an action's input names; undefined when it does not work on paths alone. */
export function pathsOf(action: Action, input: Json): readonly string[] | undefined {
  // A program may touch anything, whatever folder it is started in.
  if (!action.paths || !isJsonObject(input) || vouchable(action)) return undefined;
  const named = action.paths.flatMap((key) => {
    const value = input[key];
    return Array.isArray(value) ? value.map(String) : typeof value === "string" ? [value] : [];
  });
  // A read may look around what it is given: a manifest's sums are of the files beside it.
  return action.effect === "read" ? [...named, ...named.map((path) => dirname(path))] : named;
}

const inside = (path: string, folder: string) =>
  path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);

/** The first earlier step that is known to work on one of these paths. */
export function workedOnBefore(touched: readonly Touched[], paths: readonly string[] | undefined): string | undefined {
  return touchedBefore(
    touched.filter((one) => one.paths !== undefined),
    paths ?? [],
  );
}

/** The first earlier step that may change what is looked at here; undefined when none can. */
export function touchedBefore(touched: readonly Touched[], paths: readonly string[] | undefined): string | undefined {
  const meets = (other: readonly string[] | undefined) =>
    paths === undefined ||
    other === undefined ||
    paths.some((path) => other.some((one) => inside(path, one) || inside(one, path)));
  return touched.find((one) => meets(one.paths))?.id;
}
