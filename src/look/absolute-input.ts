import type { Action } from "../action/define-action.ts";
import { isJsonObject, type Json } from "../schema/json.ts";
import { absolutePath } from "./contexts.ts";

/** An action's input with its paths made absolute: what a relative one means must not depend on where a resume is typed. */
export function absoluteInput(action: Action, input: Json, cwd: string): Json {
  if (!action.paths || !isJsonObject(input)) return input;
  const absolute = { ...input };
  for (const key of action.paths) {
    const value = absolute[key];
    if (typeof value === "string" && value !== "") absolute[key] = absolutePath(cwd, value);
    else if (Array.isArray(value))
      absolute[key] = value.map((one) => (typeof one === "string" ? absolutePath(cwd, one) : one));
  }
  return absolute;
}
