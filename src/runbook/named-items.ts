import type { Json } from "../schema/json.ts";

/** An item of what `forEach` repeats, and its name. */
export interface NamedItem {
  readonly key: string;
  readonly value: Json;
}

const longestName = 120;

/** In an object, these are no names like any other. */
const trapNames = new Set(["__proto__", "constructor", "prototype"]);

/** The instances of a list, or one sentence that says why there are none. `nameOf` gives what names an item. */
export function namedItems(
  list: Json,
  nameOf: (value: Json, index: number) => Json,
): readonly NamedItem[] | { readonly problem: string } {
  if (!Array.isArray(list)) return { problem: "`forEach` did not give a list" };
  const seen = new Set<string>();
  const found: NamedItem[] = [];
  for (const [index, value] of list.entries()) {
    const name = nameOf(value, index);
    if (typeof name === "object")
      return { problem: `item ${index + 1} has no name: say with \`key\` how it is called` };
    const key = String(name);
    if (key === "") return { problem: `item ${index + 1} has an empty name` };
    if (trapNames.has(key)) return { problem: `${JSON.stringify(key)} can't name an instance: it is a reserved word` };
    if (!/^[^[\]\p{Cc}]+$/u.test(key) || key.length > longestName)
      return {
        problem: `${JSON.stringify(key)} can't name an instance: at most ${longestName} characters, no brackets, no control characters`,
      };
    if (seen.has(key)) return { problem: `two items have the name ${JSON.stringify(key)}` };
    seen.add(key);
    found.push({ key, value });
  }
  return found;
}
