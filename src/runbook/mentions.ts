import type { JsonObject } from "../schema/json.ts";
import { nearest } from "../source/nearest.ts";

/** Whether a map has one of these keys, or one that is probably meant to be it: a misspelt answer is an answer. */
export function mentions(raw: JsonObject, keys: readonly string[]): boolean {
  return Object.keys(raw).some((key) => keys.includes(key) || nearest(key, keys) !== undefined);
}
