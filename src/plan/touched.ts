import { dirname } from "node:path";
import type { Action } from "../action/define-action.ts";
import { vouchable } from "../runbook/effect.ts";
import { isJsonObject, type Json, type JsonObject } from "../schema/json.ts";

/** A step that would change the world while others look at it. Without paths, it may touch anything. */
export interface Touched {
  readonly id: string;
  readonly paths?: readonly string[];
  /** The machine that the paths are on; absent where nobody knows which one it is. */
  readonly machine?: string;
  /** It works at the same time as what looks. */
  readonly meanwhile?: boolean;
}

/** What is looked at: these paths of this machine, or anything. */
export type Looked = Pick<Touched, "paths" | "machine">;

/** The absolute paths that an action's input names; undefined when it does not work on paths alone. */
export function pathsOf(action: Action, input: Json): readonly string[] | undefined {
  if (!action.paths || !isJsonObject(input) || startsPrograms(action)) return undefined;
  const named = valuesOf(action.paths, input);
  // A read may look around what it is given: a manifest's sums are of the files beside it.
  return action.effect === "read" ? [...named, ...named.map((path) => dirname(path))] : named;
}

/** Those of them that it changes. */
export function changedPaths(action: Action, input: Json): readonly string[] | undefined {
  if (pathsOf(action, input) === undefined || !isJsonObject(input)) return undefined;
  const kept = action.onlyReads ?? [];
  return valuesOf(
    (action.paths ?? []).filter((key) => !kept.includes(key)),
    input,
  );
}

/** A program may touch anything, whatever folder it is started in. */
function startsPrograms(action: Action): boolean {
  return vouchable(action) || Object.hasOwn(action.input.properties ?? {}, "argv");
}

function valuesOf(keys: readonly string[], input: JsonObject): string[] {
  return keys.flatMap((key) => {
    const value = input[key];
    return Array.isArray(value) ? value.map(String) : typeof value === "string" ? [value] : [];
  });
}

const inside = (path: string, folder: string) =>
  path === folder || path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);

/** The first step that is known to work on what is looked at. */
export function workedOn(touched: readonly Touched[], looked: Looked): Touched | undefined {
  return touchedBy(
    touched.filter((one) => one.paths !== undefined),
    { ...looked, paths: looked.paths ?? [] },
  );
}

/** The first step that may change what is looked at; undefined when none can. */
export function touchedBy(touched: readonly Touched[], { paths, machine }: Looked): Touched | undefined {
  return touched.find((one) => {
    if (paths === undefined || one.paths === undefined) return true;
    if (machine !== undefined && one.machine !== undefined && machine !== one.machine) return false;
    return paths.some((path) => one.paths?.some((other) => inside(path, other) || inside(other, path)));
  });
}

/** `after X`, or that it works at the same time. */
export function whenTouched({ id, meanwhile }: Touched): string {
  return meanwhile ? `at the same time as ${id}` : `after ${id}`;
}
